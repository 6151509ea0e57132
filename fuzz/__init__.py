"""Fuzzing the parsers; see `__main__.py`."""
