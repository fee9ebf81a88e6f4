"""The follow-up table for a terminal: the five columns, with the status as a word and a symbol.

It fits the width it is given; long Finnish and Swedish words are divided before a consonant and a vowel.
"""

import io

from engine import Reporter, hookimpl

COLOURS = {"met": "green", "partly_met": "yellow", "not_met": "red"}
SHARES = (15, 18, 11, 18, 14)  # of the 76 characters that a width of 80 leaves for cells
VOWELS = frozenset("aeiouyåäöAEIOUYÅÄÖ")


def render(params, report):
    from rich.console import Console

    output = io.StringIO()
    console = Console(
        file=output,
        width=params["width"],
        force_terminal=params["colour"],
        color_system="standard" if params["colour"] else None,
        highlight=False,
        markup=False,
        legacy_windows=False,
    )
    for number, plan in enumerate(report.plans):
        if number:
            console.print()
        console.print(_Cell((plan.title, *plan.introduction), params["width"], "bold"))
        console.print(_table(plan, params["width"]))
        console.print(_Cell(plan.remarks, params["width"]))
    # rich fills every line to the width, which a file does not need
    yield "".join(line.rstrip() + "\n" for line in output.getvalue().splitlines())


def _table(plan, width):
    from rich import box
    from rich.table import Table

    # lines between objectives keep them apart in print and in black and white
    table = Table(box=box.HORIZONTALS, show_edge=False, padding=0)
    widths = [share * (width - 4) // sum(SHARES) for share in SHARES]
    for heading, size in zip(plan.headings, widths, strict=True):
        table.add_column(_Cell([heading], size, "bold"), width=size)
    objective = None
    for row in plan.rows:
        first = row.objective != objective
        if objective is not None:
            table.add_section() if first else table.add_row()
        objective = row.objective
        cells = (
            (row.objective, row.objective_status) if first else (),
            row.indicator,
            (row.owner,) if first else (),
            plan.actual(row),
        )
        status = _Cell(row.forecast, widths[4], COLOURS.get(row.status, ""))
        table.add_row(*(_Cell(lines, size) for lines, size in zip(cells, widths, strict=False)), status)
        for segment in row.segments:
            cells = ((), (f"  {segment.label}",), (), (segment.actual,))
            status = _Cell((segment.forecast,), widths[4], COLOURS.get(segment.status, ""))
            table.add_row(*(_Cell(lines, size) for lines, size in zip(cells, widths, strict=False)), status)
    return table


class _Cell:
    """Lines folded to a width. The style is that of the first line, which has the status."""

    def __init__(self, lines, width, style=""):
        self.lines = [folded for line in lines[:1] for folded in _fold(line, width)]
        self.styled = len(self.lines)
        self.lines += [folded for line in lines[1:] for folded in _fold(line, width)]
        self.style = style

    def __rich_console__(self, console, options):
        from rich.segment import Segment

        style = console.get_style(self.style) if self.style else None
        for number, line in enumerate(self.lines):
            yield Segment(line, style if number < self.styled else None)
            yield Segment.line()


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
        before, after = word[place - 1], word[place : place + 2]
        if before == "-" or (after[0].isalpha() and after[0] not in VOWELS and after[1:] and after[1] in VOWELS):
            return place
    return width - 1


@hookimpl
def engine_reporter():
    return Reporter(name="table", render=render)
