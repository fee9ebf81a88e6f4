"""The one place where code of plugins is called, and where whatever it raises is caught."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from engine.errors import DataError, PluginError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

FOLDERS = re.compile(r"(?<![\w.:/\\])(?:[A-Za-z]:)?[/\\](?:[^\s'\"()/\\]+[/\\])+")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def call(
    provider: str,
    stage: str,
    function: Callable[Arguments, Result],
    *args: Arguments.args,
    **kwargs: Arguments.kwargs,
) -> Result:
    """Call a function of a plugin. Raises PluginError with provider and stage for whatever it raises.

    `sys.exit` in a plugin counts as a failure, too. DataError passes as it is: it is how a source says
    what is wrong with its data.
    """
    try:
        return function(*args, **kwargs)
    except (DataError, PluginError):
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(provider, stage, _reason(error)) from error


def call_source(
    provider: str,
    stage: str,
    function: Callable[[], Result],
    *,
    translate: Callable[[BaseException], DataError | None],
    quiet: bool,
) -> Result:
    """As `call`, for code of a source and of its database.

    `translate` may know what an error means; when it fails itself, the error stays as it is. With `quiet`
    the words of other errors are left out: those of a database may quote the rows of a case.
    """
    try:
        return function()
    except (DataError, PluginError):
        raise
    except (Exception, SystemExit) as error:
        try:
            known = translate(error)
        except (Exception, SystemExit):
            known = None
        raise known or PluginError(provider, stage, type(error).__name__ if quiet else _reason(error)) from error


def _reason(error: BaseException) -> str:
    """The first line of an error, without what differs between machines and runs: it may come to stand in a report."""
    if isinstance(error, SystemExit):
        return "it tried to end the program (SystemExit)"
    first = ADDRESS.sub("", FOLDERS.sub("", str(error).strip().partition("\n")[0]))
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
