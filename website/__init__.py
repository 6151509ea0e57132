"""What MkDocs calls while it builds the documentation; its settings are in ``mkdocs.yml``."""
