"""Every error of the engine, and the problem that each of them reports.

EngineError
├── UsageError     the command or a path was given wrongly
├── RulesError     rules or configuration are wrong; carries every problem of every file
├── DataError      the data of a source are wrong or out of reach; carries its problems
│   └── Unreachable    a server does not answer now, and may answer when it is asked again
└── PluginError    a plugin failed; names its provider and the stage it failed in
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """Where something is written: a file, and the line and column (from 1; 0 when unknown)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


class Problem(NamedTuple):
    """One thing that is wrong: where, what, what was expected instead, and a hint."""

    message: str
    place: Place | None = None
    expected: str = ""
    hint: str = ""

    @property
    def headline(self) -> str:
        """Where and what, in a line."""
        return f"{self.place}: {self.message}" if self.place else self.message

    def __str__(self) -> str:
        text = self.headline
        if self.expected:
            text += f"\n    expected: {self.expected}"
        if self.hint:
            text += f"\n    hint: {self.hint}"
        return text


class EngineError(Exception):
    """Base of all errors that the engine raises on purpose; `problems` says what is wrong."""

    def __init__(self, problems: Iterable[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = Problem(message=problems)
        if isinstance(problems, Problem):
            problems = (problems,)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(EngineError):
    """The command, a path or an option was given wrongly."""


class RulesError(EngineError):
    """Rules or configuration are wrong. All problems of all files are collected first."""


class DataError(EngineError):
    """The data of a source are wrong, or the source is out of reach."""


class Unreachable(DataError):  # noqa: N818 - it says how the source is
    """The server of a source does not answer, or has gone in the middle of a read. It is asked again a few times."""


class PluginError(EngineError):
    """A plugin failed in `stage`; `provider` says where the plugin comes from."""

    def __init__(self, provider: str, stage: str, reason: str) -> None:
        self.provider = provider
        self.stage = stage
        self.reason = reason
        super().__init__(f"{provider} failed ({stage}): {reason}")


def nearest(name: str, names: Iterable[str], otherwise: str | None = None) -> str:
    """A hint that names what `name` probably meant.

    When nothing is near it is `otherwise`; if that is not given, all names when they are few.
    """
    import difflib  # only mistakes need it

    known = sorted(set(names))
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    if otherwise is not None:
        return otherwise
    return f"known: {listed(known)}" if known and len(known) <= 12 else ""


def listed(names: Sequence[str]) -> str:
    """The names between quotation marks, with commas: 'a', 'b'."""
    return ", ".join(f"'{name}'" for name in names)
