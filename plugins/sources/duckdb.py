"""A table of a DuckDB database file: rows of cases, or figures.

```toml
[sources.contacts]
type = "duckdb"
content = "records"
path = "data/cases.duckdb"
table = "contacts"
```

`table` is a table or view of the file, as `schema.table` when it is not in the schema `main`. The file is opened for
reading only, and nothing beside it is read: a view that reads other files is an error. No query can be written here:
make a view. A file that another program has open for writing cannot be read at the same time; it is asked for again a
few times.

Records are counted by DuckDB where they are. Figures have a row for each figure, and the columns of the CSV source:
`indicator` and `as_of`, and `value`, `numerator`, `denominator`, `note`, `by` and `expected` where they are known. A
floating-point number counts as what it is written as: 0.1 is one tenth.
"""

from contextlib import contextmanager

from engine import DataError, Place, Problem, Source, Unreachable, embedded, existing_file, figures, hookimpl, nearest

SCHEMA = {
    "path": {"type": "path", "required": True, "meta": "the database file, from the folder of the configuration"},
    "table": {"type": "string", "required": True, "meta": "the table or view, with its schema when it is not `main`"},
}
TABLES = """SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'data' AND NOT internal
    UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'data' AND NOT internal"""


@contextmanager
def open_duckdb(options, at):
    existing_file(options, "a DuckDB file")
    with embedded(options) as connection:
        _attach(connection, options)
        rows = _rows(connection, options)
        if options["content"] == "figures":
            yield figures(rows.columns, rows.iter_rows(), Place(file=options["shown_path"]))
            return
        import narwhals

        yield narwhals.from_native(rows)


def _wrong(options, message, hint, kind=DataError):
    return kind(Problem(message=message, place=Place(file=options["shown_path"]), hint=hint))


def _attach(connection, options):
    """Attach the file, which may be open elsewhere in this process with other settings; then read nothing beside it."""
    import duckdb

    path = options["path"].replace("'", "''")
    try:
        connection.execute(f"ATTACH '{path}' AS data (READ_ONLY, TYPE duckdb)")
    except duckdb.IOException as error:
        if "Could not set lock" in str(error):
            raise _wrong(options, "another program writes to the file", "close it there", Unreachable) from None
        hint = "it may be of another program, not whole, or of a newer version of DuckDB"
        raise _wrong(options, "this is not a DuckDB file that can be read", hint) from None
    connection.execute("SET enable_external_access = false")


def _rows(connection, options):
    """The rows of the table or view. Raises DataError when it is not there, or is a view that cannot be read."""
    import duckdb

    place = _place(connection, options)
    try:
        return connection.sql(f"FROM {place}")
    except duckdb.PermissionException:
        message = f"the view '{options['table']}' reads other files, which is not allowed"
        raise _wrong(options, message, "make a table of it") from None
    except duckdb.Error:
        message = f"the view '{options['table']}' does not fit the tables of the file"
        raise _wrong(options, message, "make the view anew") from None


def _place(connection, options):
    """The table as SQL names it. Raises DataError with the nearest name when it is not there."""
    tables = {}
    for schema, name in sorted(connection.execute(TABLES).fetchall()):
        tables[f"{schema}.{name}"] = (schema, name)
        if schema == "main":
            tables[name] = (schema, name)
    if options["table"] not in tables:
        hint = nearest(options["table"], tables) or "a table of another schema than main is named schema.table"
        raise _wrong(options, f"there is no table '{options['table']}'", hint)
    return ".".join(_quoted(name) for name in ("data", *tables[options["table"]]))


def _quoted(name):
    return '"' + name.replace('"', '""') + '"'


@hookimpl
def engine_source():
    return Source(name="duckdb", contents=("records", "figures"), open=open_duckdb, schema=SCHEMA)
