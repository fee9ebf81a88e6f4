"""The embedded database: DuckDB, set up as every source that uses it needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_LIMIT = "2GB"
OFFLINE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


@contextmanager
def embedded(options: Mapping[str, Any]) -> Iterator[DuckDBPyConnection]:
    """A connection to DuckDB that counts days in the source's time zone, and is closed in the end.

    `options` are those that a source is opened with. A read that needs more than the memory limit
    (`memory_limit` of `[engine]`) goes on in a private folder, which is removed. No extension is ever
    fetched.
    """
    from tempfile import TemporaryDirectory  # both are slow to import, and figures need neither

    import duckdb

    with TemporaryDirectory(prefix="objective-engine-", ignore_cleanup_errors=True) as folder:
        connection = duckdb.connect(
            config={**OFFLINE, "temp_directory": folder, "memory_limit": options.get("memory_limit", MEMORY_LIMIT)},
        )
        try:
            if "stop" in options:
                options["stop"].add(connection.interrupt)
            connection.execute("SET TimeZone = ?", [options["time_zone"]])
            yield connection
        finally:
            connection.close()


def reason(error: BaseException) -> tuple[str, str] | None:
    """What an error of DuckDB means and a hint, without its words, which may quote rows; None for other errors."""
    kind = type(error)
    if not kind.__module__.startswith(("duckdb", "_duckdb")):
        return None
    words = str(error)
    if kind.__name__ == "OutOfMemoryException" or "No space left" in words or "temp_directory" in words:
        return "the read needs more memory, or more space on the disk to go on in, than there is", (
            "raise memory_limit of [engine], free space on the disk, or break down by fewer columns"
        )
    if kind.__name__ in ("IOException", "InternalException", "FatalException"):
        return "the data could not be read to their end", "the file may have changed or been removed meanwhile"
    if kind.__name__ in ("ConversionException", "InvalidInputException", "TypeMismatchException"):
        return "a value is not of the type of its column", "check the file, or export it anew"
    return f"the read failed ({kind.__name__})", ""
