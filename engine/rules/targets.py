"""What a target and its `partly` must be for a metric, beyond being written as targets are."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from engine.contracts import Metric
from engine.grading import partial_interval
from engine.rules.choices import Report
from engine.schema import Fault
from engine.target import Interval, Target, parse_target

SHARES = Interval(low=Fraction(0), high=Fraction(100))


def read_target(
    read: Mapping[str, Any], metric: Metric | None, params: Mapping[str, Any], report: Report
) -> Target | None:
    """The target of a part; None, and a fault, when it has none that its metric can be held against."""
    target = read.get("target")
    if target is None and metric and metric.target:
        target = parse_target(metric.target)
    if target is None:
        report(Fault(path=(), message="'target' is missing", expected='a target such as ">= 75 %"'))
        return None
    fault = (_unit_fault(target, metric, params) or _share_fault(target, metric)) if metric else None
    if fault:
        report(fault)
        return None
    return target  # type: ignore[no-any-return]


def read_partly(
    read: Mapping[str, Any], own_grading: bool, metric: Metric | None, target: Target, report: Report
) -> Target | None:
    """The second target, from which on it is partly met; a metric's own one gives way to a grading."""
    partly = read.get("partly")
    if partly is None:
        own = "" if metric is None or own_grading else metric.partly
        partly = parse_target(own) if own else None
        return partly if partly and _weaker(partly, target) else None
    if partly.unit != target.unit:
        message = f"'partly' is in {partly.unit or 'no unit'}, the target in {target.unit or 'no unit'}"
        report(Fault(path=("partly",), message=message))
    elif not _weaker(partly, target):
        message = f"'partly' ({partly}) can never be reached without the target ({target}) being met"
        report(Fault(path=("partly",), message=message, expected="a weaker target in the same direction"))
    return partly  # type: ignore[no-any-return]


def check_grading(table: Mapping[str, Any], target: Target, grading: str, report: Report) -> None:
    """A grading that a part names itself must be one that applies to its target."""
    if table.get("grading") == "points_5" and target.unit != "%" and partial_interval(target, grading) is None:
        message = f"'points_5' is for targets in %, and this one is in {target.unit or 'no unit'}"
        report(Fault(path=("grading",), message=message, hint="write 'strict', 'attainment_80' or 'relative_10'"))


def _weaker(partly: Target, target: Target) -> bool:
    return partly.interval.encloses(target.interval) and partly.interval != target.interval


def _unit_fault(target: Target, metric: Metric, params: Mapping[str, Any]) -> Fault | None:
    option, by_value = metric.unit_by
    unit = by_value.get(params.get(option))
    allowed = (unit,) if unit else metric.units
    if "*" in allowed or target.unit in allowed:
        return None
    units = " or ".join(allowed)
    if not target.unit:
        message = f"the target '{target}' has no unit"
        return Fault(
            path=("target",), message=message, expected=f"a target in {units}", hint=f"write '{target} {units}'"
        )
    how = f" with {option} = '{params[option]}'" if unit else ""
    message = f"'{metric.name}'{how} cannot be measured in '{target.unit}'"
    return Fault(path=("target",), message=message, expected=f"a target in {units}")


def _share_fault(target: Target, metric: Metric) -> Fault | None:
    """A share lies between 0 and 100 per cent, so a target must leave something to reach there."""
    if metric.units != ("%",):
        return None
    bounds = [bound for bound in (target.interval.low, target.interval.high) if bound is not None]
    outside = [bound for bound in bounds if bound not in SHARES]
    never = (target.operator == ">" and target.number == 100) or (target.operator == "<" and target.number == 0)
    if not outside and not never:
        return None
    return Fault(
        path=("target",),
        message=f"no share can be '{target}'" if never else f"'{target}' is not between 0 and 100 %",
        expected="a target between 0 and 100 %",
    )
