"""A table of a database server: rows of cases, or figures. For PostgreSQL, and for every other backend of Ibis.

```toml
[sources.contacts]
type = "sql"
content = "records"
url = "postgresql://reader:${DATABASE_PASSWORD}@db.example.org:5432/cases"
table = "contacts"
schema = "public"
```

`url` names the backend and the server, as Ibis reads it: `postgresql://…`, `mysql://…`, `trino://…`. Write passwords
as `${NAME}`: the value then comes from the environment, and no file or message has it. A character such as `@` or `/`
in a password is written with its percent code. `table` is the name of a table or view; `schema`, and `database` (the
catalog of servers that have several), say where it is when that is not the usual place of the user. No query can be
written here: make a view.

The extra `sql` brings Ibis and the driver of PostgreSQL: `pip install 'objective-engine[sql]'`. Other backends need a
driver of their own, such as `pip install 'ibis-framework[mysql]'`.

Records are counted by the server; only the counts come here. Figures have a row for each figure, and the columns of
the CSV source: `indicator` and `as_of`, and `value`, `numerator`, `denominator`, `note`, `by` and `expected` where
they are known.

PostgreSQL is asked within one read-only transaction, so that all numbers are of one moment, and nothing can be
changed. The time limit of the source is the server's own limit for a statement, too. Times with a zone
(`timestamptz`) have the days of the plan's time zone; text is compared by its characters' codes, whatever the
collation of the database; identifiers, enumerations and types that are not listed elsewhere are text. A `numeric`
without precision, or of more than 38 digits, counts as floating-point. Backends other than PostgreSQL are asked with
the rights and settings of their user, and times with a zone can be counted in days there only if the plan's time zone
is that of the column: let a view give them as dates.
"""

import importlib
from contextlib import contextmanager, suppress

from engine import DataError, Place, Problem, Source, Unreachable, figures, hookimpl, nearest

SCHEMA = {
    "url": {"type": "string", "required": True, "meta": "the server, with ${NAME} where the password stands"},
    "table": {"type": "string", "required": True, "meta": "the table or view"},
    "schema": {"type": "string", "meta": "the schema that the table is in"},
    "database": {"type": "string", "meta": "the database (catalog) that the schema is in"},
}
PATIENCE = 10  # seconds for a server to answer
BACKENDS = {"postgresql": "postgres"}
OWN = ("duckdb", "sqlite")
WRITTEN = "write it as in postgresql://user:${PASSWORD}@server:5432/database, and % in a password as %25"

STOPPED = "57014"
AWAY = (Unreachable, "the server does not answer", "check that it runs, and that this machine may reach it")
LET_IN = (DataError, "the server does not let the user in", "check user, password and database in the url")
UNFIT = (DataError, "a value is not of the type of its column, or beyond what can be counted", "check the table")
STATES = {  # the beginnings of the states of the SQL standard and of PostgreSQL
    "08": AWAY,
    "57P": AWAY,
    "53300": (Unreachable, "the server has too many connections", "ask again when fewer are open"),
    "40": (Unreachable, "the server gave the read up in favour of others", "ask again"),
    "28": LET_IN,
    "3D": LET_IN,
    "42501": (DataError, "the user may not read the table", "grant SELECT on it, and USAGE on its schema"),
    "42P01": (DataError, "the table is not there any more", "it may have been replaced meanwhile"),
    "42703": (DataError, "a column is not there any more", "the table may have been replaced meanwhile"),
    "22023": (DataError, "the server does not know the time zone of the plan", "bring its list of zones up to date"),
    "22": UNFIT,
    "53": (DataError, "the server has too little memory or space on its disk", "ask for less at once"),
    "54": (DataError, "the question is too long for the server", "ask for less at once"),
}
REFUSED = ("authentication failed", "no password supplied", "pg_hba.conf", "does not exist", "not permitted", "denied")


@contextmanager
def open_sql(options, at):
    backend = _connected(options)
    _stop_with(options, backend)
    try:
        rows = _rows(backend, options)
        if options["content"] == "figures":
            yield figures(rows.columns, _read(rows), Place(file=f"sources.{options['name']}"))
        else:
            import narwhals

            yield narwhals.from_native(rows)
    finally:
        with suppress(Exception):  # a connection that is gone cannot be closed, and need not be
            backend.disconnect()


def _wrong(message, hint, kind=DataError):
    return kind(Problem(message=message, hint=hint))


def _connected(options):
    """A connection of Ibis. Raises DataError, whose words never have the url in them."""
    name = options["url"].partition("://")[0]
    name = BACKENDS.get(name, name)
    if name in OWN:
        message = f"{name} is not asked through Ibis, which does not count exactly there"
        raise _wrong(message, f'write type = "{name}", and the path of the file')
    try:
        ibis = importlib.import_module("ibis")
        getattr(ibis, name).connect  # noqa: B018 - it loads the backend, or says what is not there
        return _postgres(ibis, options) if name == "postgres" else ibis.connect(options["url"])
    except ImportError as error:
        own = error.name == "ibis" or name == "postgres"
        package = "objective-engine[sql]" if own else f"ibis-framework[{name}]"
        hint = f"install it with: pip install '{package}'"
        raise _wrong(f"what connects to {name} is not installed", hint) from None
    except AttributeError:
        raise _wrong("the beginning of the url names no backend of Ibis", WRITTEN) from None
    except Exception as error:
        known = translate(options, error) if type(error).__name__ != "ProgrammingError" else None
        raise known or _wrong("the url does not lead to a database", WRITTEN) from None


def _postgres(ibis, options):
    """A session that only reads, in one snapshot of the data, with the time limit, and in the zone of the plan."""
    settings = {
        "default_transaction_read_only": "on",
        "statement_timeout": f"{options.get('time_limit') or 0}s",
        "TimeZone": options["time_zone"],
    }
    backend = ibis.connect(options["url"], connect_timeout=PATIENCE, application_name="objective-engine")
    backend.con.server_cursor_factory = _whole
    for name, value in settings.items():
        backend.con.execute("SELECT set_config(%s, %s, false)", [name, value])
    backend.con.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    return backend


def _whole(connection, name, **_):
    """A cursor that takes the whole answer at once: PostgreSQL uses one processor only for an answer in parts."""
    return connection.cursor()


def _rows(backend, options):
    """The table. Raises DataError with the nearest name when it is not there."""
    place = tuple(options[key] for key in ("database", "schema") if options.get(key))
    where = place if len(place) > 1 else next(iter(place), None)
    try:
        table = backend.table(options["table"], database=where)
    except Exception as error:
        known = translate(options, error)
        if type(known) is not DataError or type(error).__name__ != "TableNotFound":
            raise known or error from None
        names = backend.list_tables(database=where)
        hint = nearest(options["table"], names) or "name the schema, too, if it is in another one"
        raise _wrong(f"there is no table '{options['table']}'", hint) from None
    return _plain_postgres(backend, table, options) if backend.name == "postgres" else table


def _plain_postgres(backend, table, options):
    """The table with its columns as they are to be compared and counted."""
    columns, kinds = [], {}
    for name, kind in table.schema().items():
        columns.append(f"{_as_compared(kind).format(_quoted(name))} AS {_quoted(name)}")
        kinds[name] = _kind(kind, options["time_zone"])
    place = [options[key] for key in ("schema", "table") if options.get(key)]
    return backend.sql(f"SELECT {', '.join(columns)} FROM {'.'.join(map(_quoted, place))}", schema=kinds)


def _quoted(name):
    return '"' + name.replace('"', '""') + '"'


def _as_compared(kind):
    """How a column of PostgreSQL is asked for, by its type."""
    if kind.is_decimal():
        exact = _is_exact(kind)
        return (
            f"NULLIF(CAST({{}} AS NUMERIC({kind.precision}, {kind.scale})), 'NaN')" if exact else "CAST({} AS FLOAT8)"
        )
    return "{}" if _is_plain(kind) else 'CAST({} AS TEXT) COLLATE "C"'


def _kind(kind, time_zone):
    """The type that the column then has; times with a zone are shown in the zone of the session."""
    if kind.is_decimal():
        return kind if _is_exact(kind) else "float64"
    if kind.is_timestamp() and kind.timezone:
        return kind.copy(timezone=time_zone)
    return kind if _is_plain(kind) else "string"


def _is_exact(kind):
    return kind.precision is not None and kind.precision <= 38 and kind.scale is not None


def _is_plain(kind):
    """Whether values are compared as they are; all others are text."""
    return any(
        (
            kind.is_numeric(),
            kind.is_boolean(),
            kind.is_temporal(),
            kind.is_interval(),
            kind.is_nested(),
            kind.is_binary(),
        )
    )


def _read(rows):
    """The values of each row, which are read when the first is asked for."""
    for row in rows.to_pyarrow().to_pylist():
        yield row.values()


def translate(options, error):
    """What an error of the server or of its driver means, without its own words, which may quote values or the url."""
    family, kinds = type(error).__module__.partition(".")[0], {kind.__name__ for kind in type(error).__mro__}
    state = getattr(error, "sqlstate", None) or ""
    if state == STOPPED:
        limit = options.get("time_limit")
        message = f"no answer within {limit} seconds" if limit else "the server was told to stop"
        return _wrong(message, "raise its time_limit, or ask for less")
    for beginning, (kind, message, hint) in STATES.items():
        if state.startswith(beginning):
            return _wrong(message, hint, kind)
    if kinds & {"OperationalError", "InterfaceError", "ConnectionError", "TimeoutError"} and not state:
        refused = any(words in str(error) for words in REFUSED)
        return _wrong(*LET_IN[1:]) if refused else _wrong(*AWAY[1:], Unreachable)
    if family == "pyarrow" or "DataError" in kinds:
        return _wrong(*UNFIT[1:])
    if "DatabaseError" in kinds or family == "ibis":
        return _wrong(f"the server refuses the question ({type(error).__name__})", "")
    return None


def _stop_with(options, backend):
    """Have the server asked to stop when the read is to stop, in the way that its driver knows."""
    for way in ("cancel_safe", "interrupt", "cancel"):
        if "stop" in options and hasattr(backend.con, way):
            options["stop"].add(getattr(backend.con, way))
            return


@hookimpl
def engine_source():
    return Source(
        name="sql",
        contents=("records", "figures"),
        open=open_sql,
        schema=SCHEMA,
        translate=translate,
    )
