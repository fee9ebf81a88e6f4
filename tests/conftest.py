"""What holds for all tests: examples are found without a time limit, since machines differ."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("engine", deadline=None)
settings.load_profile("engine")
