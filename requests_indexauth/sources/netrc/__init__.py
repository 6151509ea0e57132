"""The netrc files as a source, and their parser."""
