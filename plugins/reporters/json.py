"""The report as JSON with a version number, for programs. Exact numbers are text: `62`, or `17900/199`.

Every indicator and every segment has lines of its own, so that two reports can be compared line by line.
"""

import json

from engine import Reporter, hookimpl

DEEP = 8  # down to the segments of an indicator; what is deeper stands in one line, which is much faster to write


def render(params, report):
    yield from _lines(report.data, DEEP)
    yield "\n"


def _lines(value, deep, margin="\n"):
    if not deep or not value or not isinstance(value, (dict, list)):
        yield json.dumps(value, ensure_ascii=False)
        return
    inner, named = margin + "  ", isinstance(value, dict)
    yield "{" if named else "["
    for place, member in enumerate(value):
        yield f"{',' * bool(place)}{inner}"
        if named:
            yield f"{json.dumps(member, ensure_ascii=False)}: "
        yield from _lines(value[member] if named else member, deep - 1, inner)
    yield margin + ("}" if named else "]")


@hookimpl
def engine_reporter():
    return Reporter(name="json", render=render)
