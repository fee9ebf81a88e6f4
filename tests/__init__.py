"""Tests of the engine and of the plugins that come with it."""
