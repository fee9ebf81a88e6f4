"""Tables of a PostgreSQL server: types, rights, passwords, time limits, and servers that go away."""

from __future__ import annotations

import sys
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.aggregates import Count, Distinct, Max, Total
from engine.errors import DataError, Unreachable
from engine.filters import Filter, missing
from engine.scan import scan
from engine.scan.columns import columns_of_frame
from plugins.sources import sql as sql_source
from tests.databases import CANARY, FIGURES, PASSWORD, ROWS, Read, counted, in_postgres, in_sqlite, problem, read
from tests.servers import Postgres
from tests.test_scan import dated

TYPES_OF_POSTGRES = {
    "uuid": ("b0e42fe7-31a5-4894-a441-007e5256afea", "text"), "mood": ("sad", "text"), "inet": ("10.0.0.1", "text"),
    "char(3)": ("a", "text"), "jsonb": ('{"a": 1}', "text"), "positive": ("7", "text"), "real": ("0.5", "float"),
    "numeric": ("0.1", "float"), "numeric(50,2)": ("0.1", "float"), "money": ("1.25", "decimal"),
    "oid": ("7", "integer"),
    "smallint": ("7", "integer"), "timestamptz(0)": ("2024-02-29 22:30:00+00", "instant"),
    "numeric(5,-2)": ("700", "text"),
    "time": ("12:30", "other"), "interval": ("1 day", "other"), "bytea": ("\\x00", "other"), "int[]": ("{1}", "other"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TYPES_OF_POSTGRES)
def test_types_of_postgres(kind: str) -> None:
    value, expected = TYPES_OF_POSTGRES[kind]
    server = in_postgres(
        "DROP DOMAIN IF EXISTS positive", "CREATE DOMAIN positive AS integer", "DROP TYPE IF EXISTS mood",
        "CREATE TYPE mood AS ENUM ('sad', 'glad')", f"CREATE TABLE cases (x {kind})",
        f"INSERT INTO cases VALUES ('{value}'), (NULL)",
    )  # fmt: skip
    requests = dated(Count(missing("x")), *([] if expected == "other" else [Distinct("x"), Max("x")]), by=None)

    def kinds(frame: Any) -> Any:
        found = scan(frame, requests, time_zone="Europe/Helsinki")
        return columns_of_frame(frame, "Europe/Helsinki")["x"].kind, [found[one][(), None] for one in requests[:2]]

    assert read("sql", server, kinds) == (expected, [1] if expected == "other" else [1, 1])


def test_what_is_no_number_in_postgres_is_missing() -> None:
    server = in_postgres(
        "CREATE TABLE cases (kind text, paid numeric(9,2), weight float8)",
        "INSERT INTO cases VALUES ('a', 'NaN', 'NaN'), ('b', 1.5, 2)",
    )
    assert read("sql", server) == [2, None, Total(Decimal("1.5"), 1)]


def test_all_reads_of_postgres_are_of_one_moment() -> None:
    server = in_postgres(ROWS)

    def later(frame: Any) -> list[Any]:
        first = counted(frame)
        server.execute("DELETE FROM cases")
        return [first, counted(frame)]

    first, second = read("sql", server, later)
    assert first == second


def test_a_session_of_postgres_only_reads() -> None:
    server = in_postgres(ROWS)

    def writing(frame: Any) -> Any:
        return frame.to_native().get_backend().con.execute("DELETE FROM cases")

    assert "ReadOnlySqlTransaction" in problem_of_statement(server, writing)
    assert read("sql", server)[0] == 3


def problem_of_statement(server: Postgres, what: Read, **options: Any) -> str:
    """The words of a DataError, whatever its hint."""
    with pytest.raises(DataError) as caught:
        read("sql", server, what, **options)
    return str(caught.value)


def statement(text: str) -> Read:
    """A statement in the session of the source."""

    def run(frame: Any) -> Any:
        return frame.to_native().get_backend().con.execute(text)

    return run


def test_the_time_limit_is_the_servers_own() -> None:
    begun = time.monotonic()
    found = problem("sql", in_postgres(ROWS), statement("SELECT pg_sleep(20)"), time_limit=1)
    assert time.monotonic() - begun < 10
    assert found.message == "no answer within 1 seconds"


def test_a_server_that_goes_away_in_the_middle_of_a_read() -> None:
    server = in_postgres(ROWS)

    def killed(frame: Any) -> Any:
        session = frame.to_native().get_backend().con
        stop = f"SELECT pg_terminate_backend({session.info.backend_pid})"
        timer = threading.Timer(0.3, server.execute, [stop])
        timer.start()
        try:
            return session.execute("SELECT pg_sleep(20)")
        finally:
            timer.join()

    def killed_before(frame: Any) -> Any:
        pid = frame.to_native().get_backend().con.info.backend_pid
        server.execute(f"SELECT pg_terminate_backend({pid})")
        return counted(frame)

    for what in (killed, killed_before):
        assert problem("sql", server, what, error=Unreachable).message == "the server does not answer"
    assert read("sql", server)[0] == 3


def closed_port() -> str:
    """The address of a port that nobody listens at."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


def test_a_server_that_is_not_there() -> None:
    url = f"postgresql://reader:{PASSWORD}@{closed_port()}/postgres"
    assert problem("sql", url, error=Unreachable).message == "the server does not answer"


@pytest.fixture
def guarded() -> Any:
    """The server with a user `reader`, who needs the password; the text is the rest of a URL after the password."""
    server = in_postgres(ROWS, "DROP ROLE IF EXISTS reader", f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
    rules = server.folder / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local all reader scram-sha-256\n{before}")
    server.execute("SELECT pg_reload_conf()")
    yield server, "@/postgres?" + server.url.partition("?")[2]
    rules.write_text(before)
    server.execute("SELECT pg_reload_conf()", "DROP OWNED BY reader", "DROP ROLE reader")


def test_rights_and_passwords(guarded: Any) -> None:
    server, place = guarded
    url = f"postgresql://reader:{PASSWORD}{place}"
    assert problem("sql", url).message == "the user may not read the table"
    server.execute("GRANT SELECT ON cases TO reader")
    assert read("sql", url)[0] == 3

    def withdrawn(frame: Any) -> Any:
        server.execute("REVOKE SELECT ON cases FROM reader")
        return counted(frame)

    assert problem("sql", url, withdrawn).message == "the user may not read the table"
    for wrong in (url.replace(PASSWORD, f"x{PASSWORD}"), url.replace("/postgres", f"/{CANARY.split()[0]}")):
        assert problem("sql", wrong).message == "the server does not let the user in"


@pytest.mark.parametrize(
    ("url", "message", "hint"),
    [
        (PASSWORD, "the beginning of the url names no backend of Ibis", "write it as in"),
        (f"nowhere://x:{PASSWORD}@y/z", "the beginning of the url names no backend of Ibis", "write it as in"),
        (f"postgresql://x:{PASSWORD}@[y/z", "the url does not lead to a database", "write it as in"),
        (f"postgresql://x:{PASSWORD}@/z?colour=red", "the url does not lead to a database", "write it as in"),
        (f"mysql://x:{PASSWORD}@y/z", "what connects to mysql is not installed", "'ibis-framework[mysql]'"),
        (f"sqlite://{PASSWORD}", "sqlite is not asked through Ibis", 'write type = "sqlite"'),
        (f"duckdb://{PASSWORD}", "duckdb is not asked through Ibis", 'write type = "duckdb"'),
    ],
)
def test_urls_that_lead_nowhere(url: str, message: str, hint: str) -> None:
    found = problem("sql", url)
    assert message in found.message
    assert hint in found.hint


def test_ibis_may_not_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ibis", None)
    found = problem("sql", f"postgresql://x:{PASSWORD}@y/z")
    assert found.message == "what connects to postgres is not installed"
    assert found.hint == "install it with: pip install 'objective-engine[sql]'"


@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")  # Ibis sets an option that Pandas gives up
def test_other_backends_of_ibis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite stands for them; it is refused only because it is not exact that way."""
    monkeypatch.setattr(sql_source, "OWN", ())
    url = f"sqlite://{in_sqlite(tmp_path, ROWS, FIGURES)}"
    request = dated(Count(Filter("kind", "in", ("a",))), by="day")[0]
    assert read("sql", url, lambda frame: scan(frame, [request], time_zone="UTC"))[request] == {((), 2024 * 12 + 1): 1}
    assert [figure.numerator for figure in read("sql", url, list, table="figures", content="figures")] == [1, None]
    assert problem("sql", url, table="casse").hint == "did you mean 'cases'?"


def test_a_column_that_is_taken_away_meanwhile() -> None:
    server = in_postgres(ROWS)

    def dropped(frame: Any) -> Any:
        server.execute("ALTER TABLE cases DROP COLUMN paid")
        return counted(frame)

    assert problem("sql", server, dropped).message == "a column is not there any more"
