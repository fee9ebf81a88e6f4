"""Names of segments as the lists of units have them, when only spaces, case or Unicode form differ."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence

from engine.evaluate.records import Segment


def speller(by: Sequence[str], units: Mapping[str, Sequence[str]]) -> Callable[[Segment], Segment]:
    """What gives a segment with each name as the list of units of its column has it, and other names as they are."""
    known = [_known(units.get(column, ())) for column in by]

    def spelt(segment: Segment) -> Segment:
        return tuple(
            name if name is None else names.get(name) or names.get(_plain(name), name)
            for name, names in zip(segment, known, strict=True)
        )

    return spelt


def _known(names: Sequence[str]) -> dict[str, str]:
    """The listed names by themselves, and by what is left of them without spaces, case and Unicode form."""
    return {_plain(name): name for name in names} | {name: name for name in names}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()
