"""The command line: `engine evaluate`, `check`, `explain` and `plugins`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

EXIT_FAILED_ON = 1
EXIT_WRONG = 2
EXIT_UNKNOWN = 3
EXIT_BUG = 70
EXIT_INTERRUPTED = 130

LANGUAGES = ("fi", "sv", "en")
FAIL_ON = ("never", "not_met", "partly_met")

config_option = click.option(
    "--config", "config_file", default="config.toml", metavar="FILE", help="The configuration.  [default: config.toml]"
)
as_of_option = click.option("--as-of", metavar="DATE", help="The day of the evaluation, such as 2025-05-31.")
by_option = click.option(
    "--by", multiple=True, metavar="COLUMN", help="Break down by this column of the rows, whatever the rules say."
)
lang_option = click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the report.")


def _version(context: click.Context, option: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from importlib.metadata import version  # slow, and only this option needs it

        click.echo(f"engine {version('objective-engine')}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Print the version."
)
def main() -> None:
    """Say of every objective whether it will be met, partly met or not met, and show why.

    Objectives are TOML files in the folder of rules; data come from the sources that config.toml names.
    """


def errors_to_exit_codes(command: Callable[..., None]) -> Callable[..., None]:
    """Errors of rules and usage go to stderr, with exit code 2."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        # start-up makes thousands of objects that all stay: looking for garbage among them took 4 % of a small run
        gc.set_threshold(50_000)
        from engine.errors import EngineError

        try:
            command(*args, **kwargs)
        except SystemExit as error:
            _leave(error.code)
            raise
        except EngineError as error:
            complain(error.problems)
            raise SystemExit(EXIT_WRONG) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            _leave(EXIT_INTERRUPTED)
            raise SystemExit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            sys.stderr.close()  # the reader of a pipe has gone; Python would complain once more at its end
            raise SystemExit(0) from None
        except Exception:
            import traceback

            traceback.print_exc()
            click.echo("this is a bug of the engine; please report it with the lines above", err=True)
            raise SystemExit(EXIT_BUG) from None

    return wrapped


def _leave(code: Any) -> None:
    """End the process at once when a read did not stop: its thread would wake up while Python is taken down."""
    from engine.evaluate.side_by_side import left_behind

    if left_behind():
        import os

        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def complain(problems: Any) -> None:
    """Print problems to stderr."""
    for problem in problems:
        click.echo(str(problem), err=True)


@main.command()
@click.argument("plans", nargs=-1, metavar="[PLAN]...")
@config_option
@as_of_option
@click.option("--only", multiple=True, metavar="PATH", help="Only this objective, indicator or part.")
@by_option
@lang_option
@click.option("--format", "format_", default="table", metavar="NAME", help="A reporter.  [default: table]")
@click.option("--output", metavar="FILE", help="Write to a file, which is replaced in one step.")
@click.option("--fail-on", type=click.Choice(FAIL_ON), default="never", help="End with 1 at this status or worse.")
@click.option("-v", "--verbose", is_flag=True, help="Say on stderr how each source was read.")
@errors_to_exit_codes
def evaluate(
    plans: tuple[str, ...],
    config_file: str,
    as_of: str | None,
    only: tuple[str, ...],
    by: tuple[str, ...],
    lang: str | None,
    format_: str,
    output: str | None,
    fail_on: str,
    verbose: bool,
) -> None:
    """Evaluate plans and print the follow-up table.

    All plans are evaluated, or those that are named.

    \b
    Exit codes:
      0  evaluated
      1  a status is --fail-on or worse
      2  usage, configuration or rules are wrong
      3  a status is unknown: data are missing or too old, or something failed
    """  # noqa: D301 - the backspace keeps click from joining the lines below it
    from engine.session import Session

    session = Session(Path(config_file), plans)
    reporter = session.reporter(format_)
    evaluation = session.evaluate(as_of, only, by)
    if verbose:
        click.echo(session.reads(evaluation, lang), err=True, nl=False)
    content = session.render(reporter, evaluation, lang, width=_width(output), colour=_colour(output))
    complain(evaluation.problems)
    _write(content, output)
    raise SystemExit(_exit_code(evaluation, fail_on))


@main.command()
@click.argument("plans", nargs=-1, metavar="[PLAN]...")
@config_option
@as_of_option
@lang_option
@click.option("--resolved", is_flag=True, help="Print the rules as the engine understands them, as TOML.")
@errors_to_exit_codes
def check(plans: tuple[str, ...], config_file: str, as_of: str | None, lang: str | None, resolved: bool) -> None:
    """Check configuration, rules and data.

    Prints every target in words, as it is understood. Every error that is found, in data too, ends with exit code 2.
    """
    from engine.session import Session

    session = Session(Path(config_file), plans)
    if resolved:
        click.echo(session.resolved(), nl=False)
        return
    evaluation = session.evaluate(as_of, ())
    click.echo(session.read_back(lang), nl=False)
    complain(evaluation.problems)
    raise SystemExit(EXIT_WRONG if evaluation.problems else 0)


@main.command()
@click.argument("path")
@config_option
@as_of_option
@by_option
@lang_option
@errors_to_exit_codes
def explain(path: str, config_file: str, as_of: str | None, by: tuple[str, ...], lang: str | None) -> None:
    """Show how the status of PATH came about.

    PATH names an objective, an indicator or a part; the plan may be left out where the rest is unique.
    """
    from engine.session import Session

    session = Session(Path(config_file), ())
    evaluation, full_path = session.evaluate_only(as_of, path, by)
    click.echo(session.explain(evaluation, full_path, lang), nl=False)
    complain(evaluation.problems)


@main.command()
@config_option
@errors_to_exit_codes
def plugins(config_file: str) -> None:
    """List all plugins with provider and state."""
    from engine.session import plugin_lines

    for line in plugin_lines(Path(config_file)):
        click.echo(line)


def _width(output: str | None) -> int:
    """The width of the terminal; 80 where there is none, so that a file is the same everywhere."""
    if output or not sys.stdout.isatty():
        return 80
    from shutil import get_terminal_size

    return max(get_terminal_size((80, 24)).columns, 60)


def _colour(output: str | None) -> bool:
    import os

    return not output and sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _write(content: bytes, output: str | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    from engine.errors import Place, Problem, UsageError
    from engine.files import replace_file

    try:
        replace_file(Path(output), content)
    except OSError as error:
        problem = Problem(message=f"cannot be written: {error.strerror}", place=Place(file=output))
        raise UsageError(problem) from error


def _exit_code(evaluation: Any, fail_on: str) -> int:
    """3 for an unknown status wins over 1 for one that is too bad."""
    from engine.model import Status
    from engine.session import has_unknown, worst_status

    if has_unknown(evaluation):
        return EXIT_UNKNOWN
    worst = worst_status(evaluation)
    if fail_on != "never" and worst is not None and worst.rank <= Status(fail_on).rank:
        return EXIT_FAILED_ON
    return 0
