"""Mutation tests: is every decision of the core noticed by a test? `python -m mutation`, see docs/mutation.md."""
