"""The file that a source names: whether it is there, and can be read."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.errors import DataError, Place, Problem, nearest


def existing_file(options: Mapping[str, Any], what: str) -> Path:
    """The path of the file of a source, which is there and can be opened for reading.

    `options` are those that the source is opened with: `path` and `shown_path`. `what` is the file that
    is expected, as in "a DuckDB file". Raises DataError for a folder, and as `unreadable` says.
    """
    file = Path(options["path"])
    try:
        if file.exists() and not file.is_file():
            message = f"this is not a file{' but a folder' * file.is_dir()}"
            raise _wrong(options, message, f"name {what}")
        file.open("rb").close()
    except (OSError, ValueError) as error:
        raise unreadable(options, error) from error
    return file


def unreadable(options: Mapping[str, Any], error: OSError | ValueError) -> DataError:
    """What an error says of the file of a source: it is not there, or why it cannot be read.

    The hint is the nearest name of a file in the same folder.
    """
    file, names = Path(options["path"]), []
    with suppress(OSError, ValueError):  # a hint is not worth an error
        names = [other.name for other in file.parent.iterdir()]
    hint = nearest(file.name, names, "paths are from the folder of the configuration")
    if isinstance(error, FileNotFoundError):
        return _wrong(options, "there is no such file", hint)
    reason = getattr(error, "strerror", None) or "the path is not possible"
    return _wrong(options, f"cannot be read: {reason.lower()}", hint)


def _wrong(options: Mapping[str, Any], message: str, hint: str) -> DataError:
    return DataError(Problem(message=message, place=Place(file=options["shown_path"]), hint=hint))
