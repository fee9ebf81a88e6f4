"""The numbers of the national benchmark as somebody who writes SQL by hand would get them.

    python benchmarks/hand_written.py filter|sum_case|signature|query_each cases.parquet [INDICATORS]
    python benchmarks/hand_written.py ranges ranges.parquet [INDICATORS]

One whole process: it imports DuckDB, connects, asks, and prints the numbers as JSON: numerator and denominator of
each indicator as a whole, by month and by area, and for deadlines the cases and those done in time, which bound what
the share can still become. It needs nothing but DuckDB, which keeps all its settings.
"""

import json
import sys

import duckdb

PERIOD = "opened BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'"
LAST = "DATE '2025-12-31'"


def share(of, where):
    return {"denominator": of, "numerator": f"({of}) AND ({where})"}


def deadline(of, end, limit):
    case = f"{of} AND ({end} IS NULL OR {end} >= opened)"
    in_time = f"{of} AND {end} >= opened AND {end} <= opened + {limit} AND {end} <= {LAST}"
    passed = f"opened + {limit} <= {LAST}"
    return {
        "denominator": f"{case} AND {passed}",
        "numerator": f"{in_time} AND {passed}",
        "cases": case,
        "in_time": in_time,
    }


INDICATORS = {
    "interviews": share("kind = 'initial_interview'", "channel = 'office'"),
    "discussions": share("kind = 'discussion'", "channel IN ('office', 'video')"),
    "young": share("age < 25", "outcome IN ('employed', 'training')"),
    "older": share("age >= 55", "outcome = 'employed'"),
    "services": share("kind = 'service'", "hours >= 10"),
    "languages": share("language IS DISTINCT FROM 'fi'", "channel = 'office'"),
    "reached": share("TRUE", "contacted IS NOT NULL"),
    "results": share("outcome IS DISTINCT FROM 'none'", "hours >= 20 OR outcome = 'entrepreneur'"),
    "contact-in-time": deadline("TRUE", "contacted", "14"),
    "services-in-time": deadline("kind = 'service'", "closed", "30"),
    "appeals-in-time": deadline("kind = 'appeal'", "closed", "INTERVAL 3 MONTH"),
}


def conditions(number):
    """The conditions to count, by indicator and name."""
    chosen = list(INDICATORS.items())[:number]
    return {(indicator, name): condition for indicator, counts in chosen for name, condition in counts.items()}


def grouped(path, columns, keys="area, month(opened)"):
    return f"SELECT {keys}, {columns} FROM '{path}' WHERE {PERIOD} GROUP BY ALL"


def filter_each(path, asked):
    """One statement with FILTER for each count."""
    return duckdb.execute(grouped(path, ", ".join(f"count(*) FILTER ({one})" for one in asked))).fetchall()


def sum_case(path, asked):
    """One statement with SUM(CASE) for each count."""
    return duckdb.execute(
        grouped(path, ", ".join(f"sum(CASE WHEN {one} THEN 1 ELSE 0 END)" for one in asked))
    ).fetchall()


def signature(path, asked):
    """One statement that groups by the truth of all conditions, whose rows are added up here."""
    bits = " + ".join(f"CASE WHEN {one} THEN {1 << bit}::BIGINT ELSE 0 END" for bit, one in enumerate(asked))
    found = {}
    for area, month, signs, rows in duckdb.execute(
        grouped(path, "count(*)", f"area, month(opened), {bits}")
    ).fetchall():
        counts = found.setdefault((area, month), [0] * len(asked))
        while signs:
            bit = signs.bit_length() - 1
            counts[bit] += rows
            signs -= 1 << bit
    return [(*key, *counts) for key, counts in found.items()]


def query_each(path, asked):
    """A query for each count."""
    found = {}
    for place, one in enumerate(asked):
        query = f"SELECT area, month(opened), count(*) FROM '{path}' WHERE {PERIOD} AND ({one}) GROUP BY ALL"
        for area, month, rows in duckdb.execute(query).fetchall():
            found.setdefault((area, month), [0] * len(asked))[place] = rows
    return [(*key, *counts) for key, counts in found.items()]


def numbers(asked, rows):
    """The numbers as a whole, by month and by area."""
    found = {"whole": {}, "months": {}, "areas": {}}
    for area, month, *counts in rows:
        for (indicator, name), count in zip(asked, counts, strict=True):
            for table, key in (("whole", ""), ("months", str(month)), ("areas", area)):
                summed = found[table].setdefault(key, {}).setdefault(indicator, {})
                summed[name] = summed.get(name, 0) + int(count)
    return found


def range_conditions(number):
    """So many ranges of five columns: in each, every range begins where the one before has its middle."""
    ranges = []
    for place in range(number):
        column, low = place % 5, 10_000 * (place // 5) // (number // 5 + 2)
        ranges.append((f"r{column}", low, low + 2 * 10_000 // (number // 5 + 2)))
    return ranges


def ranges(path, number):
    """The share of every range, as a whole and by month, with a query for each count."""
    rows = f"SELECT month(opened), count(*) FROM '{path}' WHERE {PERIOD}"
    found = {"whole": {"": {}}, "months": {}}
    for place, (column, low, high) in enumerate(range_conditions(number)):
        population = dict(duckdb.execute(f"{rows} GROUP BY ALL").fetchall())
        hits = dict(duckdb.execute(f"{rows} AND {column} >= {low} AND {column} < {high} GROUP BY ALL").fetchall())
        name = f"range-{place}"
        found["whole"][""][name] = {"denominator": sum(population.values()), "numerator": sum(hits.values())}
        for month, every in population.items():
            numbers = {"denominator": every, "numerator": hits.get(month, 0)}
            found["months"].setdefault(str(month), {})[name] = numbers
    return found


def main(way, path, number="11"):
    asked = conditions(int(number))
    ways = {"filter": filter_each, "sum_case": sum_case, "signature": signature, "query_each": query_each}
    one = ways.get(way)
    found = numbers(asked, one(path, list(asked.values()))) if one else ranges(path, int(number))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
