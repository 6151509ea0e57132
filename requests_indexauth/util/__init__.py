"""Small helpers that know nothing of credentials: files, paths, terminals, time limits."""
