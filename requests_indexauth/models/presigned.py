"""Whether a URL is pre-signed: it carries its own authorisation, and takes no credential."""

from __future__ import annotations

# The parameters by which a signed URL is known, some only beside another. From the providers' documentation: S3 and
# Google Cloud Storage (versions 2 and 4), CloudFront, Alibaba OSS (1 and 4), Huawei OBS, Tencent COS, Azure's shared
# access signatures (with ``si`` the expiry stands in a stored policy).
_SIGNATURES = frozenset({"x-amz-signature", "x-goog-signature", "x-oss-signature", "q-signature"})
_SIGNATURES_BESIDE = {
    "signature": frozenset({"awsaccesskeyid", "googleaccessid", "key-pair-id", "ossaccesskeyid", "accesskeyid"}),
    "sig": frozenset({"se", "si", "sv"}),
}


def is_presigned(url: str) -> bool:
    """Whether a URL carries its own authorisation: a storage's signature in its query.

    Only the names of parameters count, in any case and order. Takes time linear in the URL's length.

    >>> is_presigned("https://h/f?se=2030&sig=abc")
    True
    """
    query = url.partition("#")[0].partition("?")[2]
    if not query:
        return False
    names = {name for name, equals, _ in (part.partition("=") for part in query.lower().split("&")) if equals}
    if not names.isdisjoint(_SIGNATURES):
        return True
    return any(name in names and not names.isdisjoint(beside) for name, beside in _SIGNATURES_BESIDE.items())
