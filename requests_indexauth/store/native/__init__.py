"""The system's own password store, one file for each system."""
