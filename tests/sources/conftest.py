"""What the tests of the sources share."""

from __future__ import annotations

from support.vaults import put_in, scripted

__all__ = ["put_in", "scripted"]
