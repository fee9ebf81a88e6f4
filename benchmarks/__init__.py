"""Whole processes of the engine, measured against a named other way in the same run."""
