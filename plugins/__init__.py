"""Plugins of this house: one file, one plugin."""
