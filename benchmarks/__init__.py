"""What the package costs, beside its peers: ``python -m benchmarks`` prints a table of ratios."""
