"""The weighted share of members that are met; a partly met member counts as one that is not."""

from decimal import Decimal
from fractions import Fraction

from engine import Combiner, Status, hookimpl

SCHEMA = {
    "met_from": {"type": "number", "min": 0, "max": 1, "default": 1, "meta": "the share from which it is met"},
    "partly_from": {
        "type": "number",
        "min": 0,
        "max": 1,
        "default": Decimal("0.5"),
        "meta": "the share from which it is partly met",
    },
}


def combine(params, members):
    total = sum(member.weight for member in members)
    share = Fraction(sum(member.weight for member in members if member.status == Status.MET), total)
    if share >= params["met_from"]:
        return Status.MET
    return Status.PARTLY_MET if share >= params["partly_from"] else Status.NOT_MET


@hookimpl
def engine_combiner():
    return Combiner(name="share_met", combine=combine, schema=SCHEMA)
