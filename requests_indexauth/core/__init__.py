"""What is sent next, and what a session remembers; without I/O of its own."""
