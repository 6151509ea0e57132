"""Distributions made in memory: the least that pip and uv will install."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BACKEND = "tiny-backend"


@dataclass(frozen=True)
class Distribution:
    """One file of one version of one package."""

    name: str
    version: str
    filename: str
    content: bytes
    metadata: bytes

    @property
    def sha256(self) -> str:
        """Return the digest that index pages carry."""
        return hashlib.sha256(self.content).hexdigest()


def normalized(name: str) -> str:
    """Return the name as index pages spell it."""
    return name.lower().replace("_", "-").replace(".", "-")


def build_wheel(
    name: str,
    version: str = "1.0",
    *,
    requires: Iterable[str] = (),
    files: Mapping[str, str] | None = None,
    padding: int = 0,
) -> Distribution:
    """Build a wheel whose module holds `__version__`; `files` adds more, `padding` bytes make it larger."""
    module = name.replace("-", "_").replace(".", "_")
    info = f"{module}-{version}.dist-info"
    metadata = _metadata(name, version, requires)
    contents = {
        f"{module}/__init__.py": f"__version__ = {version!r}\n".encode(),
        **{path: source.encode() for path, source in (files or {}).items()},
        **({f"{module}/padding.bin": b"\0" * padding} if padding else {}),
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_record_hash(data)},{len(data)}\n" for path, data in contents.items())
    contents[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    return Distribution(name, version, f"{module}-{version}-py3-none-any.whl", _zip(contents), metadata)


def build_sdist(name: str, version: str = "1.0", *, build_requires: Iterable[str] = (BACKEND,)) -> Distribution:
    """Build a source distribution that needs `backend_wheel()` from the index while it is built."""
    module = name.replace("-", "_").replace(".", "_")
    requires = ", ".join(f'"{requirement}"' for requirement in build_requires)
    project = f'[build-system]\nrequires = [{requires}]\nbuild-backend = "tiny_backend"\n'
    metadata = _metadata(name, version, ())
    top = f"{module}-{version}"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, data in {"pyproject.toml": project.encode(), "PKG-INFO": metadata}.items():
            entry = tarfile.TarInfo(f"{top}/{path}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return Distribution(name, version, f"{top}.tar.gz", packed.getvalue(), metadata)


def backend_wheel() -> Distribution:
    """Build the build backend of `build_sdist`: it makes an empty wheel from the name and version in PKG-INFO."""
    return build_wheel(BACKEND, files={"tiny_backend/__init__.py": _BACKEND_SOURCE})


def _metadata(name: str, version: str, requires: Iterable[str]) -> bytes:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    return "\n".join([*lines, *(f"Requires-Dist: {requirement}" for requirement in requires), ""]).encode()


def _record_hash(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _zip(contents: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, data in contents.items():
            # A fixed date: the same wheel has the same digest in every process of a parallel run.
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), data)
    return packed.getvalue()


_BACKEND_SOURCE = """\
import email, os, zipfile


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with open("PKG-INFO", "rb") as file:
        metadata = file.read()
    head = email.message_from_bytes(metadata)
    stem = head["Name"].replace("-", "_") + "-" + head["Version"]
    info, filename = stem + ".dist-info/", stem + "-py3-none-any.whl"
    tags = "Wheel-Version: 1.0\\nGenerator: tests\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    with zipfile.ZipFile(os.path.join(wheel_directory, filename), "w") as wheel:
        wheel.writestr(info + "METADATA", metadata)
        wheel.writestr(info + "WHEEL", tags)
        wheel.writestr(info + "RECORD", "".join(info + name + ",,\\n" for name in ("METADATA", "WHEEL", "RECORD")))
    return filename
"""
