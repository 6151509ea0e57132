"""Which URLs carry their own authorisation."""

from __future__ import annotations

import os

import pytest

from requests_indexauth.models.presigned import is_presigned
from support.forking import in_forked_child

URL = "https://h/file.whl"


@pytest.mark.parametrize(
    ("question", "signed"),
    [
        pytest.param("?X-Amz-Algorithm=AWS4&X-Amz-Signature=ab", True, id="S3"),
        pytest.param("?x-amz-signature=ab", True, id="S3, lower case"),
        pytest.param("?X-Goog-Algorithm=x&X-Goog-Signature=ab", True, id="Google"),
        pytest.param("?Expires=1&Signature=ab&Key-Pair-Id=k", True, id="CloudFront"),
        pytest.param("?Key-Pair-Id=k&Signature=ab", True, id="CloudFront, another order"),
        pytest.param("?sv=2020&se=2030&sig=ab%3D", True, id="Azure"),
        pytest.param("?sig=ab&SE=2030", True, id="Azure, another order and case"),
        pytest.param("?sv=2019-12-12&sr=b&si=policy&sig=ab%3D", True, id="Azure, a stored policy"),
        pytest.param("?sig=ab&sv=2019", True, id="Azure, sig with sv"),
        pytest.param("?sig=ab&si=policy", True, id="Azure, sig with si"),
        pytest.param("?AWSAccessKeyId=k&Signature=a%2Fb%3D&Expires=1", True, id="S3, version 2"),
        pytest.param("?GoogleAccessId=x%40y&Expires=1&Signature=ab", True, id="Google, version 2"),
        pytest.param("?OSSAccessKeyId=k&Expires=1&Signature=ab", True, id="OSS"),
        pytest.param("?x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-signature=ab", True, id="OSS, version 4"),
        pytest.param("?AccessKeyId=k&Expires=1&Signature=ab", True, id="OBS"),
        pytest.param("?q-sign-algorithm=sha1&q-ak=k&q-sign-time=1;2&q-signature=ab", True, id="COS"),
        pytest.param("?sig=&se=", True, id="empty values"),
        pytest.param("?X-Amz-Signature=ab#fragment", True, id="with a fragment"),
        pytest.param("?Signature=ab", False, id="Signature without its key"),
        pytest.param("?Key-Pair-Id=k", False, id="a key without Signature"),
        pytest.param("?sig=ab", False, id="sig without se"),
        pytest.param("?se=2030", False, id="se without sig"),
        pytest.param("?se=2030&si=policy&sv=2019", False, id="Azure's others without sig"),
        pytest.param("?AWSAccessKeyId=k&Expires=1", False, id="a key of S3 without Signature"),
        pytest.param("?Signature&Key-Pair-Id=k", False, id="a name without a value"),
        pytest.param("?a=1?Signature=ab&Key-Pair-Id=k", False, id="behind a second question mark"),
        pytest.param("?design=1&sig=ab&base=2", False, id="names that end alike"),
        pytest.param("?xsig=1&se=2", False, id="a name that ends in sig"),
        pytest.param("?q=X-Amz-Signature", False, id="a value"),
        pytest.param("?q=1#&X-Amz-Signature=ab", False, id="in the fragment"),
        pytest.param("#?X-Amz-Signature=ab", False, id="in a fragment with a question mark"),
        pytest.param("/X-Amz-Signature=ab", False, id="in the path"),
        pytest.param("", False, id="no query"),
        pytest.param("?sig=1&Signature=2&se=3", True, id="the first without its partner, the second with"),
        pytest.param("?Signature=2&sig=1&se=3", True, id="one without its partner before one with it"),
    ],
)
def test_presigned_urls(question: str, signed: bool) -> None:  # noqa: FBT001
    """A URL that carries its own authorisation is known by its parameters' names."""
    assert is_presigned(f"{URL}{question}") is signed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the limit is a child's")
@pytest.mark.parametrize("piece", ["&Signature=", "&sig=a", "?sig=", "&", "=", "&a=b", "&x-amz-signature"])
def test_a_long_query_costs_a_moment(piece: str) -> None:
    """A megabyte of it: with a second search for each signature it would be hours."""
    assert in_forked_child(lambda: is_presigned(f"{URL}?{piece * (2**20 // len(piece))}")) is False
