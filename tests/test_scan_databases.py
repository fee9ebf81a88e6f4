"""The scan gives what counting row by row gives on the engines of databases, too: PostgreSQL and SQLite."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.aggregates import Count, Distinct, Max, Min, Sum
from engine.filters import AllOf, Filter
from engine.scan import Request, check, scan
from plugins.sources.sql import open_sql
from plugins.sources.sqlite import open_sqlite
from tests import naive
from tests import scan_strategies as strategies
from tests.scan_strategies import COLUMNS, TEXTS, ZONES, Row
from tests.servers import Postgres, running_postgres
from tests.test_scan import dated

POSTGRES_TYPES = {name: kind.replace("DOUBLE", "DOUBLE PRECISION") for name, kind in COLUMNS.items()}


class Store:
    """Where rows are kept, and opened as the engine opens them."""

    def keep(self, rows: Sequence[Row]) -> None:
        """Replace the rows that are kept."""
        raise NotImplementedError

    def opened(self, time_zone: str) -> AbstractContextManager[Any]:
        """The rows as a frame."""
        raise NotImplementedError


class InPostgres(Store):
    """A table of PostgreSQL whose text is not sorted by code points of its own accord."""

    def __init__(self, server: Postgres) -> None:
        self.server = server

    def keep(self, rows: Sequence[Row]) -> None:
        types = {name: kind.replace("VARCHAR", 'TEXT COLLATE "unicode"') for name, kind in POSTGRES_TYPES.items()}
        self.server.create("rows", types, list(rows))

    def opened(self, time_zone: str) -> AbstractContextManager[Any]:
        options = {"url": self.server.url, "table": "rows", "content": "records", "time_zone": time_zone}
        return open_sql({**options, "time_limit": 60}, None)


class InSqlite(Store):
    """A table of SQLite, written as its users write one."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rows.sqlite"

    def keep(self, rows: Sequence[Row]) -> None:
        self.path.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.path)) as file, file:
            file.execute(f"CREATE TABLE rows ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
            values = [[as_sqlite(row[name]) for name in COLUMNS] for row in rows]
            file.executemany(f"INSERT INTO rows VALUES ({', '.join('?' * len(COLUMNS))})", values)

    def opened(self, time_zone: str) -> AbstractContextManager[Any]:
        paths = {"path": str(self.path), "shown_path": self.path.name}
        return open_sqlite(
            {**paths, "table": "rows", "columns": [], "content": "records", "time_zone": time_zone}, None
        )


def as_sqlite(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(params=["postgres", "sqlite"], scope="module")
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Each of the databases in turn."""
    if request.param == "postgres":
        yield InPostgres(running_postgres())
    else:
        with _folder() as folder:
            yield InSqlite(folder)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    strategies.rows(),
    st.lists(strategies.requests(), min_size=1, max_size=8),
    strategies.breakdowns(),
    st.sampled_from(ZONES),
)
def test_the_scan_is_the_naive_count(
    store: Store, rows: list[Row], requests: list[Request], by: Sequence[str], time_zone: str
) -> None:
    store.keep(rows)
    with store.opened(time_zone) as frame:
        assert check(frame, requests, by) == []
        assert scan(frame, requests, time_zone=time_zone, by=by) == naive.scan(rows, requests, time_zone, by)


def test_more_conditions_than_a_key_has_bits(store: Store) -> None:
    requests = dated(
        *(
            Count(AllOf((Filter("kind", "in", (kind,)), Filter("flag", "in", (flag,)), Filter("age", "in", (age, 40)))))
            for kind, flag, age in product(TEXTS, (True, False), strategies.WHOLES)
        ),
        by=None,
    )
    empty = dict.fromkeys(COLUMNS)
    rows = [
        {**empty, "kind": kind, "flag": flag, "age": age} for kind, flag, age in product(TEXTS, (True, None), (17, 40))
    ]
    store.keep(rows)
    with store.opened("UTC") as frame:
        assert scan(frame, requests, time_zone="UTC", by=["kind"]) == naive.scan(rows, requests, "UTC", ["kind"])


def test_an_hour_that_clocks_show_twice(store: Store) -> None:
    empty = dict.fromkeys(COLUMNS)
    moments = [
        datetime.fromisoformat(f"2024-10-27T{time}+00:00") for time in ("00:30", "01:30", "20:59", "21:59", "22:00")
    ]
    rows = [{**empty, "closed": moment} for moment in moments]
    requests = [
        *dated(Distinct("closed"), Min("closed"), Max("closed"), by=None),
        *dated(Count(Filter("closed", "at_least", moments[1])), Count(Filter("closed", "below", moments[1])), by=None),
        *dated(Count(Filter("closed", "in", (date(2024, 10, 27),))), Count(), by="closed"),
    ]
    store.keep(rows)
    with store.opened("Europe/Helsinki") as frame:
        assert scan(frame, requests, time_zone="Europe/Helsinki") == naive.scan(rows, requests, "Europe/Helsinki")


def test_sums_that_64_bits_do_not_hold(store: Store) -> None:
    empty = dict.fromkeys(COLUMNS)
    rows = [{**empty, "huge": 2**63 - 1, "amount": Decimal("9999999999.99")} for _ in range(1500)]
    requests = dated(Sum("huge"), Sum("amount"), by=None)
    store.keep(rows)
    with store.opened("UTC") as frame:
        assert scan(frame, requests, time_zone="UTC") == naive.scan(rows, requests, "UTC")


def test_text_is_in_the_order_of_its_code_points(store: Store) -> None:
    words = ["a", "B", "Z", "b", "Ä", "ä", "_", "€", "😀"]
    empty = dict.fromkeys(COLUMNS)
    rows = [{**empty, "kind": word} for word in words]
    requests = dated(
        Min("kind"), Max("kind"), *(Count(Filter("kind", "below", word)) for word in words),
        *(Count(Filter("kind", "in", (word,))) for word in words), by=None,
    )  # fmt: skip
    store.keep(rows)
    with store.opened("UTC") as frame:
        assert scan(frame, requests, time_zone="UTC") == naive.scan(rows, requests, "UTC")
