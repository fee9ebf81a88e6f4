"""The whole has the status of its worst member. The default for the parts of an indicator."""

from engine import Combiner, hookimpl


def combine(params, members):
    return min((member.status for member in members), key=lambda status: status.rank)


@hookimpl
def engine_combiner():
    return Combiner(name="worst", combine=combine)
