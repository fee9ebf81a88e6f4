"""The contract of combiners: the laws that every way to combine statuses keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from engine.contracts import Member
from engine.evaluate.combining import Standing, combine
from engine.model import Reason, Status, Unknown
from engine.registry import Plugin, Registry
from engine.rules import Choice
from engine.testing.plans import Options, expect, params_of
from engine.testing.strategies import members, statuses

MISSING = Unknown.missing("there is no value")
NOT_DUE = Unknown.not_due("it is too early")
Combine = Callable[[Sequence[Standing]], Status | None]


def combiner_checks(
    plugin: Plugin, registry: Registry, options: Sequence[Options]
) -> Iterator[tuple[str, Callable[[], None]]]:
    """The checks of a combiner, with the options given or invented ones."""
    laws = {
        "is a pure function": _pure,
        "does not depend on order": _order,
        "a better member never makes the whole worse": _monotone,
        "members of one status give that status": _unanimous,
        "a required member that is not met makes the whole not met": _required,
        "unknown members count as at worst and at best": _unknown,
    }
    for number, table in enumerate(options or (None,), start=1):
        named = f" with options {number}" if len(options) > 1 else ""
        for title, law in laws.items():
            yield f"{title}{named}", partial(_law, law, plugin, table)


def _law(law: Callable[[Plugin, Choice], None], plugin: Plugin, options: Options | None) -> None:
    law(plugin, Choice(name=plugin.name, params=params_of(plugin.schema, options), plugin=plugin))


def _status(choice: Choice, standings: Sequence[Standing]) -> Status:
    """The status of members that all have one."""
    status, unknown = combine(choice, standings)
    if status is None:
        raise AssertionError(f"there is no status: {unknown.note if unknown else ''}")
    return status


def _known(found: Sequence[Member], *, required: bool = False) -> list[Standing]:
    return [Standing(member.status, None, required, member.weight) for member in found]


def _pure(plugin: Plugin, choice: Choice) -> None:
    from hypothesis import given, settings

    @settings(deadline=None)
    @given(members())
    def law(found: list[Member]) -> None:
        before = list(found)
        status = plugin.descriptor.combine(choice.params, found)
        expect(found == before, "combine changed its members")
        expect(isinstance(status, Status), f"combine returned {status!r}, not a status")
        expect(
            status == plugin.descriptor.combine(choice.params, found), "combine gives another result the second time"
        )

    law()


def _order(plugin: Plugin, choice: Choice) -> None:
    from hypothesis import given, settings
    from hypothesis import strategies as st

    @settings(deadline=None)
    @given(members().flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
    def law(pair: tuple[list[Member], list[Member]]) -> None:
        one, other = (_status(choice, _known(found)) for found in pair)
        expect(one == other, f"{one} in one order, {other} in another: {pair[0]}")

    law()


def _monotone(plugin: Plugin, choice: Choice) -> None:
    from hypothesis import given, settings

    @settings(deadline=None)
    @given(members(), statuses())
    def law(found: list[Member], status: Status) -> None:
        worse, better = sorted((found[0].status, status), key=lambda one: one.rank)
        low = _status(choice, _known([found[0]._replace(status=worse), *found[1:]]))
        high = _status(choice, _known([found[0]._replace(status=better), *found[1:]]))
        expect(low.rank <= high.rank, f"{low} becomes {high} when the first member is {better}, not {worse}: {found}")

    law()


def _unanimous(plugin: Plugin, choice: Choice) -> None:
    from hypothesis import given, settings

    @settings(deadline=None)
    @given(members(), statuses())
    def law(found: list[Member], status: Status) -> None:
        same = [member._replace(status=status) for member in found]
        own = plugin.descriptor.combine(choice.params, same)
        expect(own == status, f"all members are {status}, the whole is {own}")

    law()


...
