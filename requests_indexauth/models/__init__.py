"""Values: credentials, URLs, indexes, questions and calls. No I/O."""
