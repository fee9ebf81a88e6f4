"""The contract of combiners: the laws that every way to combine statuses keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from engine.contracts import Member
from engine.evaluate.combining import Standing, combine
from engine.model import Status, Unknown
from engine.registry import Plugin, Registry
from engine.rules import Choice
from engine.testing.laws import Named, Options, expect, for_all, params_of
from engine.testing.strategies import members, statuses

MISSING = Unknown.missing("there is no value")
NOT_DUE = Unknown.not_due("it is too early")


def combiner_checks(plugin: Plugin, registry: Registry, options: Sequence[Options]) -> Iterator[Named]:
    """The checks of a combiner, with the options given or invented ones."""
    laws = {
        "is a pure function": _pure,
        "does not depend on order": _order,
        "a better member never makes the whole worse": _monotone,
        "members of one status give that status": _unanimous,
        "a required member that is not met makes the whole not met": _required,
        "members without a status count as at worst and as at best": _without_status,
        "members that are not due are left out": _not_due,
    }
    for number, table in enumerate(options or (None,), start=1):
        ending = f", with options {number}" if len(options) > 1 else ""
        for title, law in laws.items():
            yield f"{title}{ending}", partial(_hold, law, plugin, table)


def _hold(law: Callable[[Choice], None], plugin: Plugin, options: Options | None) -> None:
    law(Choice(name=plugin.name, params=params_of(plugin, options), plugin=plugin))


def _status(choice: Choice, standings: Sequence[Standing]) -> Status:
    """The status of members that all have one."""
    status, unknown = combine(choice, standings)
    if status is None:
        raise AssertionError(str(unknown.note) if unknown else "there is neither a status nor a reason")
    return status


def _standings(found: Sequence[Member]) -> list[Standing]:
    return [Standing(member.status, weight=member.weight) for member in found]


def _pure(choice: Choice) -> None:
    function = choice.plugin.descriptor.combine

    def law(found: list[Member]) -> None:
        before = list(found)
        status = function(choice.params, found)
        expect(found == before, "combine changed its members")
        expect(isinstance(status, Status), f"combine returned {status!r}, not a status")
        expect(status == function(choice.params, found), "combine gives another result the second time")

    for_all(law, members())


def _order(choice: Choice) -> None:
    from hypothesis import strategies as st

    def law(orders: tuple[list[Member], list[Member]]) -> None:
        one, other = (_status(choice, _standings(found)) for found in orders)
        expect(one == other, f"{one} in one order and {other} in another")

    for_all(law, members().flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))


def _monotone(choice: Choice) -> None:
    def law(found: list[Member], status: Status) -> None:
        first, *others = _standings(found)
        worse, better = sorted((found[0].status, status), key=lambda one: one.rank)
        low = _status(choice, [first._replace(status=worse), *others])
        high = _status(choice, [first._replace(status=better), *others])
        expect(low.rank <= high.rank, f"{low} becomes {high} when a member is {better} and no longer {worse}")

    for_all(law, members(), statuses())


def _unanimous(choice: Choice) -> None:
    def law(found: list[Member], status: Status) -> None:
        whole = _status(choice, _standings([member._replace(status=status) for member in found]))
        expect(whole == status, f"all members are {status} and the whole is {whole}")

    for_all(law, members(), statuses())


def _required(choice: Choice) -> None:
    def law(found: list[Member]) -> None:
        lost = Standing(Status.NOT_MET, required=True)
        whole = _status(choice, [*_standings(found), lost])
        expect(whole == Status.NOT_MET, f"a required member is not met and the whole is {whole}")

    for_all(law, members())


def _without_status(choice: Choice) -> None:
    def law(found: list[Member], weight: int) -> None:
        known = _standings(found)
        worst = _status(choice, [*known, Standing(Status.NOT_MET, weight=weight)])
        best = _status(choice, [*known, Standing(Status.MET, weight=weight)])
        whole, unknown = combine(choice, [*known, Standing(None, MISSING, weight=weight)])
        if worst == best:
            expect(whole == worst, f"{worst} at worst and at best, and the whole is {whole}")
        else:
            expect(whole is None and unknown == MISSING, f"{worst} at worst, {best} at best, and the whole is {whole}")

    from hypothesis import strategies as st

    for_all(law, members(), st.integers(1, 5))


def _not_due(choice: Choice) -> None:
    def law(found: list[Member]) -> None:
        known = _standings(found)
        whole, alone = (_status(choice, [*known, *more]) for more in ((Standing(None, NOT_DUE),), ()))
        expect(whole == alone, f"{alone} becomes {whole} with a member that is not due")

    for_all(law, members())
    expect(combine(choice, [Standing(None, NOT_DUE)]) == (None, NOT_DUE), "all members are not due, the whole is not")
