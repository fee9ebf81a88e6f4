"""The follow-up table for a terminal: the five columns, with the status as a word and a symbol."""

import io

from engine import Reporter, hookimpl

COLOURS = {"met": "green", "partly_met": "yellow", "not_met": "red"}


def render(params, report):
    from rich.console import Console
    from rich.text import Text

    output = io.StringIO()
    console = Console(
        file=output,
        width=params["width"],
        force_terminal=params["colour"],
        color_system="standard" if params["colour"] else None,
        highlight=False,
        legacy_windows=False,
    )
    for number, plan in enumerate(report.plans):
        if number:
            console.print()
        console.print(Text(plan.title, style="bold"))
        for line in plan.introduction:
            console.print(Text(line))
        console.print(_table(plan, params["width"]))
        for line in plan.remarks:
            console.print(Text(line))
    # rich fills every line to the width, which a file does not need
    yield "".join(line.rstrip() + "\n" for line in output.getvalue().splitlines())


def _table(plan, width):
    from rich import box
    from rich.table import Table
    from rich.text import Text

    # the box of plain lines keeps the rows apart in print and in black and white
    table = Table(box=box.HORIZONTALS, show_lines=False, expand=width <= 120, padding=(0, 1, 0, 0), pad_edge=False)
    for heading, ratio in zip(plan.headings, (4, 5, 3, 5, 4), strict=True):
        table.add_column(Text(heading, style="bold"), ratio=ratio, overflow="fold", vertical="top")
    objective = None
    for row in plan.rows:
        first = row.objective != objective
        if first and objective is not None:
            table.add_section()
        objective = row.objective
        title = Text(f"{row.objective}\n{row.objective_status}") if first else Text("")
        forecast = Text(row.forecast[0], style=COLOURS.get(row.status, ""))
        forecast.append("".join(f"\n{line}" for line in row.forecast[1:]), style="default")
        table.add_row(
            title,
            Text("\n".join(row.indicator)),
            Text(row.owner if first else ""),
            Text("\n".join(row.actual)),
            forecast,
        )
    return table


@hookimpl
def engine_reporter():
    return Reporter(name="table", render=render)
