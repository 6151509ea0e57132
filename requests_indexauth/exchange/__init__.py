"""One request, sent as often as it takes, for any copy of ``requests``."""
