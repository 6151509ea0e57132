"""The credential store shared with uv: one TOML file, or (`native`) the system's own store."""
