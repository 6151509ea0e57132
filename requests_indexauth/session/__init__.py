"""What a user of ``requests`` holds: `mount`, `IndexAuth`, the adapter, the errors."""
