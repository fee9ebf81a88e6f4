"""The public API of plugin authors."""
