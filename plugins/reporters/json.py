"""The report as JSON with a version number, for programs. Exact numbers are text: `62`, or `17900/199`.

Every indicator and every segment has lines of its own, so that two reports can be compared line by line.
"""

import json

from engine import Reporter, hookimpl

DEEP = 8  # down to the segments of an indicator; what is deeper stands in one line, which is much faster to write
ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def render(params, report):
    yield _lines(report.data, DEEP, "\n")
    yield "\n"


def _lines(value, deep, margin):
    if not deep or not value or not isinstance(value, (dict, list)):
        return ENCODE(value)
    inner = margin + "  "
    if isinstance(value, dict):
        members = [f"{inner}{ENCODE(key)}: {_lines(member, deep - 1, inner)}" for key, member in value.items()]
        return f"{{{','.join(members)}{margin}}}"
    members = [f"{inner}{_lines(member, deep - 1, inner)}" for member in value]
    return f"[{','.join(members)}{margin}]"


@hookimpl
def engine_reporter():
    return Reporter(name="json", render=render)
