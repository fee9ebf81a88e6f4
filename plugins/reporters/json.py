"""All results as JSON, version 1, for other programs. Exact numbers are strings, such as `17900/199`."""

import json

from engine import Reporter, hookimpl


def render(params, report):
    yield json.dumps(report.data, ensure_ascii=False, indent=2)
    yield "\n"


@hookimpl
def engine_reporter():
    return Reporter(name="json", render=render)
