"""The home of local plugins: a file `metrics/NAME.py` of a plugin folder is imported as `engine.local.metrics.NAME`."""
