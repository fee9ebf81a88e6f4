"""Combining statuses: required members, unknown members, and the laws that every combiner keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine import guard
from engine.contracts import Member
from engine.errors import PluginError
from engine.model import Reason, Status, Unknown
from engine.registry import described
from engine.rules import Choice

SEVERITY = (Reason.FAILED, Reason.MISSING, Reason.STALE, Reason.SUPPRESSED, Reason.NOT_DUE)


class Standing(NamedTuple):
    """How a member stands: its status, or why it has none, and its part in the whole."""

    status: Status | None
    unknown: Unknown | None = None
    required: bool = False
    weight: int = 1


def combine(choice: Choice, members: Sequence[Standing]) -> tuple[Status | None, Unknown | None]:
    """The status of the whole, or why there is none.

    Members that are not due are left out unless all are. With other unknown members the best and the
    worst case are taken: where both agree, the status stands.
    """
    due = [member for member in members if not (member.unknown and member.unknown.reason == Reason.NOT_DUE)]
    if not due:
        return None, members[0].unknown if members else Unknown.missing("there is nothing to combine")
    try:
        worst = _certain(choice, due, Status.NOT_MET)
        best = _certain(choice, due, Status.MET)
    except PluginError as error:
        return None, Unknown.failed("{text}", text=str(error))
    if worst == best:
        return worst, None
    return None, _gravest([member.unknown for member in due if member.unknown])


def _certain(choice: Choice, members: Sequence[Standing], instead: Status) -> Status:
    """The status of the whole with `instead` for every unknown member.

    It lies between the worst and the best member, so members of one status give that status whatever
    the combiner says.
    """
    known = [Member(member.status or instead, member.weight) for member in members]
    if any(member.required and (member.status or instead) == Status.NOT_MET for member in members):
        return Status.NOT_MET
    provider = described(choice.plugin)
    if choice.plugin.failure:
        raise choice.plugin.failure
    status = guard.call(provider, "combine", choice.plugin.descriptor.combine, choice.params, known)
    if not isinstance(status, Status):
        raise PluginError(provider, "combine", f"it returned {status!r}, not a status")
    statuses = sorted((member.status for member in known), key=lambda found: found.rank)
    return max(min(status, statuses[-1], key=lambda found: found.rank), statuses[0], key=lambda found: found.rank)


def _gravest(unknowns: Sequence[Unknown]) -> Unknown:
    """One reason for the whole, the gravest first; its words are those of the member."""
    return min(unknowns, key=lambda unknown: SEVERITY.index(unknown.reason))
