"""The keyring as a source, asked in a subprocess or in this process."""
