"""What a person at a terminal sees while sources are read: which ones, and for how long already."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

FIRST_WORDS = 1.0  # seconds after which there is something to say
MOST_NAMES = 3


class Progress:
    """A line on a terminal's stderr that is written over, and gone in the end; nothing elsewhere."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._shown = 0

    def watch(self, names: Sequence[str]) -> None:
        """Show the names of the sources that are being read; none when all are."""
        seconds = time.monotonic() - self._began
        if not sys.stderr.isatty() or (seconds < FIRST_WORDS and not self._shown):
            return
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        line = f"reading {', '.join(names[:MOST_NAMES])}{more} ({seconds:.0f} s)" if names else ""
        sys.stderr.write(f"\r{line.ljust(self._shown)}" + ("" if line else "\r"))
        sys.stderr.flush()
        self._shown = len(line)
