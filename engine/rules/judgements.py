"""Judgements: statuses that a person states, with a reason and the days on which they hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.model import Judgement, Status
from engine.rules.choices import Report
from engine.rules.schemas import JUDGEMENT, LEAF_KEYS
from engine.schema import Fault


def read_judgement(written: object, start: date, end: date, report: Report) -> Judgement | None:
    """The judgement in a part's or indicator's table; None, with faults, when it is not complete."""
    if not isinstance(written, Mapping):
        return None
    read, faults = JUDGEMENT.read(written)
    for fault in faults:
        report(_below(fault))
    if faults:
        return None
    judgement = Judgement(
        status=Status(read["status"]),
        by=read["by"],
        on=read["on"],
        reason=read["reason"],
        start=read.get("from", start),
        until=read.get("until", end),
    )
    if judgement.start > judgement.until:
        message = f"the judgement would end ({judgement.until}) before it begins ({judgement.start})"
        report(Fault(path=("judgement", "until"), message=message))
    return judgement


def _below(fault: Fault) -> Fault:
    """The fault with its path from the table around the judgement."""
    hint = fault.hint
    if fault.message.startswith("unknown key") and fault.path[-1] in LEAF_KEYS:
        hint = "a key written below [….judgement] belongs to the judgement: write it above"
    return Fault(path=("judgement", *fault.path), message=fault.message, expected=fault.expected, hint=hint)
