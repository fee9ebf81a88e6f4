"""Built-in forecasters."""
