"""What a machine may lack: a test says so and is skipped, or fails where everything must run."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

NO_SKIPS = "ENGINE_TESTS_NO_SKIPS"


def lacking(reason: str) -> NoReturn:
    """Skip the test for this reason; fail it where the environment variable ENGINE_TESTS_NO_SKIPS is 1."""
    if os.environ.get(NO_SKIPS) == "1":
        pytest.fail(f"{reason}, and {NO_SKIPS} is 1", pytrace=False)
    pytest.skip(reason)
