"""One request, made to see what the server answers: for ``explain --live`` and ``login --check``."""
