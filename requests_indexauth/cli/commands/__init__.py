"""The commands: *x* is the module ``x``, with ``HELP`` and ``run``."""
