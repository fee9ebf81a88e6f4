"""The rows and rules of the national benchmark, alike on every machine.

    python benchmarks/national_data.py FOLDER ROWS AREAS INDICATORS RANGES

In the folder are then five folders with a `config.toml` each: `national` with all rows, and with a fifth of them
`fifth`, `same` (every indicator twice), `new` (twice as many indicators) and `ranges` (indicators that are ranges).

A row is a case of a person: its area, kind and channel, and the days on which it was opened, answered and closed. A
few are of another year, and one in a thousand was closed before it was opened. Rows lie in no order.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.hand_written import range_conditions

SEED = 2025
CASES = """
COPY (
    SELECT
        'area-' || lpad(draw(row, 1, {areas})::VARCHAR, 3, '0') AS area,
        ['initial_interview', 'discussion', 'discussion', 'service', 'appeal', 'review'][1 + draw(row, 2, 6)] AS kind,
        ['office', 'office', 'video', 'phone', NULL][1 + draw(row, 3, 5)] AS channel,
        ['employed', 'training', 'entrepreneur', 'none', NULL, NULL][1 + draw(row, 4, 6)] AS outcome,
        ['fi', 'fi', 'fi', 'fi', 'sv', 'other'][1 + draw(row, 5, 6)] AS language,
        16 + draw(row, 6, 52) AS age,
        draw(row, 7, 40) AS hours,
        day AS opened,
        CASE WHEN draw(row, 9, 10) > 0 THEN day + draw(row, 10, 25) END AS contacted,
        CASE WHEN draw(row, 11, 1000) = 0 THEN day - 1
             WHEN draw(row, 12, 10) > 1 THEN day + draw(row, 13, 150) END AS closed
    FROM (SELECT row, DATE '2024-12-25' + draw(row, 8, 375) AS day FROM range({rows}) AS every(row))
) TO '{path}' (FORMAT parquet)
"""
RANGES = """
COPY (
    SELECT {columns}, DATE '2024-12-25' + draw(row, 8, 375) AS opened FROM range({rows}) AS every(row)
) TO '{path}' (FORMAT parquet)
"""
CONFIG = """
[engine]
rules = "rules"
language = "en"

[sources.cases]
type = "parquet"
content = "records"
path = "{path}"
from = 2025-01-01
until = 2025-12-31
persons = false
"""
PLAN = """
[plan]
title = "A national body"
period = {{ start = 2025-01-01, end = 2025-12-31 }}
as_of = 2025-12-31
source = "cases"
date = "opened"
{by}
"""
SHARE = """
[objective.national.indicator.{name}]
metric = "percentage_share"
of = {{ {of} }}
where = {{ {where} }}
target = ">= {target} %"
"""
DEADLINE = """
[objective.national.indicator.{name}]
metric = "deadline_compliance"
where = {{ {of} }}
start = "opened"
end = "{end}"
within = "<= {within}"
target = ">= {target} %"
"""
INDICATORS = (
    {"name": "interviews", "of": 'kind = "initial_interview"', "where": 'channel = "office"'},
    {"name": "discussions", "of": 'kind = "discussion"', "where": 'channel = ["office", "video"]'},
    {"name": "young", "of": "age = { below = 25 }", "where": 'outcome = ["employed", "training"]'},
    {"name": "older", "of": "age = { at_least = 55 }", "where": 'outcome = "employed"'},
    {"name": "services", "of": 'kind = "service"', "where": "hours = { at_least = 10 }"},
    {"name": "languages", "of": 'language = { not = "fi" }', "where": 'channel = "office"'},
    {"name": "reached", "of": "", "where": "contacted = { missing = false }"},
    {
        "name": "results",
        "of": 'outcome = { not = "none" }',
        "where": 'any = [{ hours = { at_least = 20 } }, { outcome = "entrepreneur" }]',
    },
    {"name": "contact-in-time", "of": "", "end": "contacted", "within": "14 d"},
    {"name": "services-in-time", "of": 'kind = "service"', "end": "closed", "within": "30 d"},
    {"name": "appeals-in-time", "of": 'kind = "appeal"', "end": "closed", "within": "3 months"},
)
OTHER_INDICATORS = (
    {"name": "reviews", "of": 'kind = "review"', "where": 'channel = "video"'},
    {"name": "appeals", "of": 'kind = "appeal"', "where": 'channel = ["video", "phone"]'},
    {"name": "under-20", "of": "age = { below = 20 }", "where": 'outcome = "training"'},
    {"name": "over-60", "of": "age = { at_least = 60 }", "where": 'outcome = ["employed", "entrepreneur"]'},
    {"name": "few-hours", "of": 'kind = ["service", "review"]', "where": "hours = { below = 5 }"},
    {"name": "swedish", "of": 'language = "sv"', "where": 'channel = "phone"'},
    {"name": "closed", "of": "", "where": "closed = { missing = false }"},
    {
        "name": "nothing-done",
        "of": 'outcome = { not = "employed" }',
        "where": 'any = [{ hours = { below = 8 } }, { outcome = "none" }]',
    },
    {"name": "contact-in-a-week", "of": "", "end": "contacted", "within": "7 d"},
    {"name": "reviews-in-time", "of": 'kind = "review"', "end": "closed", "within": "60 d"},
    {"name": "interviews-in-time", "of": 'kind = "initial_interview"', "end": "closed", "within": "2 months"},
)


def write_rules(folder: Path, data: str, indicators: Iterable[str], breakdown: bool = True) -> None:
    """Write a configuration, and a plan of these indicators over a file of rows."""
    rules = folder / "rules" / "national"
    rules.mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG.format(path=f"../{data}"), encoding="utf-8")
    plan = PLAN.format(by='by = ["area"]' if breakdown else "")
    (rules / "plan.toml").write_text("".join((plan, *indicators)), encoding="utf-8")


def national(number: int) -> list[str]:
    """The rules of so many indicators."""
    return [_indicator(one, 75) for one in INDICATORS[:number]]


def same_conditions(number: int) -> list[str]:
    """Every indicator twice, with two targets."""
    again = ({**one, "name": f"{one['name']}-again"} for one in INDICATORS[:number])
    return national(number) + [_indicator(one, 60) for one in again]


def new_conditions(number: int) -> list[str]:
    """Twice as many indicators, each with conditions of its own."""
    return national(number) + [_indicator(one, 75) for one in OTHER_INDICATORS[:number]]


def ranges(number: int) -> list[str]:
    """The share of the rows in each of so many ranges."""
    return [
        _indicator(
            {"name": f"range-{place}", "of": "", "where": f"{column} = {{ at_least = {low}, below = {high} }}"}, 75
        )
        for place, (column, low, high) in enumerate(range_conditions(number))
    ]


def _indicator(one: dict[str, str], target: int) -> str:
    return (DEADLINE if "end" in one else SHARE).format(target=target, **one)


def _write(path: Path, statement: str, rows: int, **options: object) -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE MACRO draw(row, place, most) AS (hash(row, place, {SEED}) % most)::INTEGER")
    connection.execute(statement.format(path=path, rows=rows, **options))
    connection.close()


def main(folder: str, rows: str, areas: str, indicators: str, ranged: str) -> None:
    """Write all files."""
    whole, fifth, number = Path(folder), int(rows) // 5, int(indicators)
    whole.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"draw(row, {place}, 10000) AS r{place}" for place in range(5))
    _write(whole / "cases.parquet", CASES, int(rows), areas=areas)
    _write(whole / "fifth.parquet", CASES, fifth, areas=areas)
    _write(whole / "ranges.parquet", RANGES, fifth, columns=columns)
    write_rules(whole / "national", "cases.parquet", national(number))
    write_rules(whole / "fifth", "fifth.parquet", national(number))
    write_rules(whole / "same", "fifth.parquet", same_conditions(number))
    write_rules(whole / "new", "fifth.parquet", new_conditions(number))
    write_rules(whole / "ranges", "ranges.parquet", ranges(int(ranged)), breakdown=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
