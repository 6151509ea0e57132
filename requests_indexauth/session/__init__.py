"""The public API for users of ``requests``: `mount`, `IndexAuth`, the adapter, the errors."""
