"""What holds for all tests: examples are found without a time limit, since machines differ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.packages import site_folder

settings.register_profile("engine", deadline=None)
settings.load_profile("engine")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path of Python, for packages that a test installs."""
    with site_folder(tmp_path / "site", monkeypatch) as folder:
        yield folder
