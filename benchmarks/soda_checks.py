"""The national benchmark in Soda Core: a check for each indicator and area, or for each month of them.

    PYTHON benchmarks/soda_checks.py cases.parquet [INDICATORS] [expression|query|months]

PYTHON is that of an environment with `soda-core-duckdb`. A share is a metric of one's own in Soda, which a check
compares with its threshold. As an `expression`, Soda puts those of a table into statements of many columns; as a
`query`, each is one. `months` are expressions, too.
"""

import sys
from collections.abc import Iterator

import duckdb
from hand_written import INDICATORS, PERIOD
from soda.scan import Scan


def checks(areas: list[str], number: int, way: str) -> Iterator[str]:
    """The lines of the checks."""
    yield "checks for cases:"
    for indicator, counts in list(INDICATORS.items())[:number]:
        for area in areas:
            for name, here in _segments(f"{indicator}_{area}".replace("-", "_"), area, way):
                hits, population = (
                    f"count(CASE WHEN {here}{counts[one]} THEN 1 END)" for one in ("numerator", "denominator")
                )
                share = f"100.0 * {hits} / {population}"
                metric = f"query: {_query(name, share, area)}" if way == "query" else f"expression: {share}"
                yield f"  - {name} >= 75:"
                yield f"      {name} {metric}"


def _segments(name: str, area: str, way: str) -> list[tuple[str, str]]:
    """The names of the shares of an area, and the conditions of the rows that each is of."""
    if way == "months":
        return [(f"{name}_{month}", f"area = '{area}' AND month(opened) = {month} AND ") for month in range(1, 13)]
    return [(name, "" if way == "query" else f"area = '{area}' AND ")]


def _query(name: str, share: str, area: str) -> str:
    return f"SELECT {share} AS {name} FROM cases WHERE area = '{area}'"


def main(path: str, number: str = "11", way: str = "expression") -> None:
    """Run all checks, and print how many there were."""
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW cases AS SELECT * FROM '{path}' WHERE {PERIOD}")
    areas = [area for (area,) in connection.execute("SELECT DISTINCT area FROM cases ORDER BY area").fetchall()]
    scan = Scan()
    scan.add_duckdb_connection(connection, "national")
    scan.set_data_source_name("national")
    scan.disable_telemetry()
    scan.add_sodacl_yaml_str("\n".join(checks(areas, int(number), way)))
    scan.execute()
    sys.stdout.write(f"{len(scan.get_scan_results()['checks'])} checks\n{scan.get_error_logs_text() or ''}")


if __name__ == "__main__":
    main(*sys.argv[1:])
