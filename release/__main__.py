"""Build the source distribution and the wheel, the same bytes each time: `python -m release FOLDER`.

``SOURCE_DATE_EPOCH`` is the time that everything in them has, in seconds; without it that of the last commit. The wheel
is built from the source distribution. Needs ``build``, and ``setuptools`` beside it: nothing is downloaded. Another
release of setuptools or of zlib may write other bytes.
"""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(folder: Path) -> None:
    """Build both into a folder."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or _last_commit()
    os.environ["SOURCE_DATE_EPOCH"] = epoch  # setuptools has it for wheels, not for source distributions
    os.umask(0o022)  # a wheel has the modes that its files got
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        _build("--sdist", ROOT, Path(work))
        [built] = Path(work).glob("*.tar.gz")
        source = folder / built.name
        source.write_bytes(normalised(built, int(epoch)))
        with tarfile.open(source) as archive:
            archive.extractall(work)  # noqa: S202 - it is our own
        _build("--wheel", Path(work) / built.name[: -len(".tar.gz")], folder)


def normalised(path: Path, epoch: int) -> bytes:
    """Return a .tar.gz whose bytes depend on names and contents alone: no times, users or umask."""
    packed = io.BytesIO()
    with tarfile.open(path) as old, tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as new:
        for member in sorted(old.getmembers(), key=lambda member: member.name):
            one = tarfile.TarInfo(member.name)
            one.type, one.size, one.mtime = member.type, member.size, epoch
            one.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            new.addfile(one, old.extractfile(member) if member.isfile() else None)
    whole = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=whole, mtime=epoch) as file:
        file.write(packed.getvalue())
    return whole.getvalue()


def _build(kind: str, source: Path, target: Path) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", kind, "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _last_commit() -> str:
    """Return the time of the last commit, in seconds."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
