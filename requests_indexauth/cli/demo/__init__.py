"""The parts of ``indexauth demo``."""
