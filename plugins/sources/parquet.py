"""Parquet files: rows of cases, or figures.

The path is that of one file, or has `*`, `?`, `[…]` or `**` (folders of any depth) in it and means all files that
match, such as `rows/*.parquet`, without those whose names begin with `_` or `.`. With `partitions = true` folders such
as `year=2025` give their rows a column `year`, and the path may be that of the outermost folder. The files may have
their columns in any order; a column that a file lacks has no values there, and one that several files have is of the
same type in all.

All are read by DuckDB where they are. Figures have a row for each figure, and the columns of the CSV source:
`indicator` and `as_of`, and `value`, `numerator`, `denominator`, `note`, `by` and `expected` where they are known. A
floating-point number counts as what it is written as: 0.1 is one tenth.
"""

import glob
from contextlib import contextmanager
from pathlib import Path

from engine import DataError, Place, Problem, Source, embedded, existing_file, figures, hookimpl, nearest, unreadable

SCHEMA = {
    "path": {"type": "path", "required": True, "meta": "the file or files, from the folder of the configuration"},
    "partitions": {"type": "boolean", "meta": "folders such as `year=2025` are columns; default false"},
}
WHAT = 'a Parquet file, or all of the folder with "*.parquet" or with partitions = true'
TYPES_OF_FILES = """
    SELECT lower(name), duckdb_type, count(*), min(file_name)
    FROM (
        SELECT file_name, name, any_value(duckdb_type) AS duckdb_type FROM parquet_schema($files)
        WHERE num_children IS NULL GROUP BY ALL HAVING count(*) = 1
    )
    WHERE duckdb_type != '"NULL"' GROUP BY ALL ORDER BY 1, 3 DESC, 4
"""


@contextmanager
def open_parquet(options, at):
    files = [glob.escape(file) for file in _files(options)]
    with embedded(options) as connection:
        rows = _rows(options, connection, files)
        if options["content"] == "figures":
            yield figures(rows.columns, rows.iter_rows(), Place(file=options["shown_path"]))
        else:
            import narwhals

            yield narwhals.from_native(rows)


def _wrong(options, message, hint, file=""):
    return DataError(Problem(message=message, place=Place(file=_shown(options, file)), hint=hint))


def _shown(options, file):
    """A file as the configuration would name it."""
    written, path = options["shown_path"], options["path"]
    return str(file).removeprefix(path.removesuffix(written)) if file and path.endswith(written) else written


def _files(options):
    """The paths of all files that are meant, in order of their names."""
    path = Path(options["path"])
    try:
        if options.get("partitions") and path.is_dir():
            folder, pattern = path, "**/*.parquet"
        elif any(sign in options["shown_path"] for sign in "*?[") and not path.exists():
            folder = next(parent for parent in path.parents if parent.is_dir())
            pattern = str(path.relative_to(folder))
        else:
            return [str(existing_file(options, WHAT))]
        files = sorted(str(file) for file in folder.glob(pattern) if _counts(file, folder))
    except (OSError, ValueError) as error:
        raise unreadable(options, error) from error
    if not files:
        hint = nearest(Path(pattern).parts[0], [other.name for other in folder.iterdir()], "there are no such files")
        raise _wrong(options, "no file matches", hint)
    return files


def _counts(file, folder):
    """Whether it is a file, and not one that a writer of many files keeps for itself."""
    return file.is_file() and not any(name.startswith(("_", ".")) for name in file.relative_to(folder).parts)


def _rows(options, connection, files):
    """The rows of all files; none is read yet."""
    import duckdb

    several = len(files) > 1
    try:
        if several:
            _check_types(options, connection, files)
        return connection.read_parquet(files, hive_partitioning=options.get("partitions", False), union_by_name=several)
    except duckdb.BinderException as error:
        hint = "every file lies in folders of the same names, such as year=2025/area=Eno"
        raise _wrong(options, "the files have different partitions", hint) from error
    except duckdb.Error as error:
        raise _wrong(options, "this is not a whole Parquet file", "write the file anew", _broken(files)) from error


def _check_types(options, connection, files):
    """Raise DataError for a column that has one type in most files, and another in some."""
    found = connection.execute(TYPES_OF_FILES, {"files": files}).fetchall()
    usual = {name: (kind, file) for name, kind, _, file in reversed(found)}
    for name, kind, _, file in found:
        if kind != usual[name][0]:
            message = f"'{name}' is {kind} here, and {usual[name][0]} in {_shown(options, usual[name][1])}"
            raise _wrong(options, message, "write all files with the same types", file)


def _broken(files):
    """The first file that cannot be opened."""
    return next((file for file in files if not _opens(file)), "")


def _opens(file):
    import duckdb

    try:
        duckdb.connect().read_parquet(file)
    except duckdb.Error:
        return False
    return True


@hookimpl
def engine_source():
    return Source(name="parquet", contents=("records", "figures"), open=open_parquet, schema=SCHEMA)
