"""The follow-up table as Markdown, for a web page or an agenda."""

from engine import Reporter, hookimpl


def render(params, report):
    for plan in report.plans:
        yield f"# {_plain(plan.title)}\n\n"
        yield from (f"- {_plain(line)}\n" for line in plan.introduction)
        yield "\n" + _line(plan.headings) + _line(["---"] * len(plan.headings))
        objective = None
        for row in plan.rows:
            first = row.objective != objective
            objective = row.objective
            title = (f"**{_plain(row.objective)}**", _plain(row.objective_status)) if first else ()
            cells = (title, row.indicator, (row.owner,) if first else (), plan.actual(row), row.forecast)
            yield _line(["<br>".join(cell if cell is title else map(_plain, cell)) for cell in cells])
            for segment in row.segments:
                yield _line(["", _plain(segment.label), "", _plain(segment.actual), _plain(segment.forecast)])
        yield "\n"
        yield from (f"- {_plain(line)}\n" for line in plan.remarks)
        yield "\n"


def _line(cells):
    return "| " + " | ".join(cells) + " |\n"


def _plain(text):
    """The text without anything that Markdown or HTML would take for itself."""
    for character in "\\`*_[]|":
        text = text.replace(character, f"\\{character}")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")


@hookimpl
def engine_reporter():
    return Reporter(name="markdown", render=render)
