"""What variables and configuration files say: indexes and the keyring provider."""
