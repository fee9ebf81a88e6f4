"""The follow-up table for a terminal: the five columns, with the status as a word and a symbol.

It fits the width it is given; long Finnish and Swedish words are divided before a consonant and a vowel.
"""

import io

from engine import Reporter, hookimpl

COLOURS = {"met": "green", "partly_met": "yellow", "not_met": "red"}
SHARES = (15, 19, 11, 18, 13)  # of the 76 characters that 80 leave for cells
VOWELS = frozenset("aeiouyåäöAEIOUYÅÄÖ")


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

    # plain lines keep the rows apart in print and in black and white
    table = Table(box=box.HORIZONTALS, show_edge=True, padding=(0, 1, 0, 0), pad_edge=False, collapse_padding=True)
    widths = [share * (width - 4) // sum(SHARES) for share in SHARES]
    for heading, size in zip(plan.headings, widths, strict=True):
        table.add_column(Text(_folded([heading], size), style="bold"), width=size, overflow="fold", vertical="top")
    objective = None
    for row in plan.rows:
        first = row.objective != objective
        if first and objective is not None:
            table.add_section()
        elif not first:
            table.add_row()
        objective = row.objective
        status, *rest = row.forecast
        forecast = Text(_folded([status], widths[4]), style=COLOURS.get(row.status, ""))
        forecast.append("".join(f"\n{_folded([line], widths[4])}" for line in rest), style="default")
        table.add_row(
            Text(_folded([row.objective, row.objective_status] if first else [], widths[0])),
            Text(_folded(row.indicator, widths[1])),
            Text(_folded([row.owner] if first else [], widths[2])),
            Text(_folded(row.actual, widths[3])),
            forecast,
        )
    return table


def _folded(lines, width):
    return "\n".join(folded for line in lines for folded in _fold(line, width))


def _fold(line, width):
    """The line in pieces of at most that width, with a hyphen where a word is divided."""
    pieces, here = [], ""
    for word in line.split(" "):
        while len(word) > width:
            place = _division(word, width)
            if here:
                pieces.append(here)
            pieces.append(word[:place] + ("" if word[place - 1] == "-" else "-"))
            here, word = "", word[place:]
        if here and len(here) + 1 + len(word) > width:
            pieces.append(here)
            here = word
        else:
            here = f"{here} {word}" if here else word
    return [*pieces, here]


def _division(word, width):
    """Where to divide a word: after a hyphen, or before a consonant and a vowel, as far right as fits."""
    for place in range(width - 1, 2, -1):
        if word[place - 1] == "-" or (
            word[place].isalpha() and word[place] not in VOWELS and word[place + 1] in VOWELS
        ):
            return place
    return width - 1


@hookimpl
def engine_reporter():
    return Reporter(name="table", render=render)
