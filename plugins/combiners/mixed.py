"""All met is met, none met is not met, anything else is partly met. The default for indicators of an objective."""

from engine import Combiner, Status, hookimpl


def combine(params, members):
    statuses = {member.status for member in members}
    return statuses.pop() if len(statuses) == 1 else Status.PARTLY_MET


@hookimpl
def engine_combiner():
    return Combiner(name="mixed", combine=combine)
