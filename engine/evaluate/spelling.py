"""Names of segments as the lists of units have them, when only spaces, case or Unicode form differ."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from engine.evaluate.records import Segment


def canonical(segment: Segment, by: Sequence[str], units: Mapping[str, Sequence[str]]) -> Segment:
    """The segment with each name as the list of units of its column has it, and other names as they are."""
    return tuple(
        name if name is None or column not in units else _listed(name, tuple(units[column]))
        for column, name in zip(by, segment, strict=True)
    )


@cache
def _listed(name: str, names: tuple[str, ...]) -> str:
    return name if name in names else _known(names).get(_plain(name), name)


@cache
def _known(names: tuple[str, ...]) -> dict[str, str]:
    return {_plain(name): name for name in names}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()
