"""The catalogues of the reports. `python -m tests.catalogues` brings them up to date with the code.

A text is a literal that the code marks: `_("…")`, `Note("…")`, `Unknown.missing("…")` and the like, or one that
`Language.say` is given outright. The command adds new texts to every `.po`, takes out those that the code no
longer has (and prints them, with their translations), keeps all other translations, and compiles every `.mo`.
What it writes depends on nothing but the code and the translations: there is no date and no version in it.
"""

from __future__ import annotations

import ast
import string
import sys
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from engine.report.language import CATALOGUES

ROOT = Path(__file__).parent.parent
FOLDERS = ("engine", "plugins")
NOT_SAID = "engine/testing/"  # its texts stand in examples for tests, which no report prints
LANGUAGES = {"fi": "Finnish", "sv": "Swedish"}
FUNCTIONS = ("_", "Note")
COMMENT = """\
# The texts of the reports in {language}.
# `python -m tests.catalogues` adds new texts; translate them here and run it again."""


class TextError(ValueError):
    """A text is marked for translation and put together in code, so that no catalogue can have it."""


class Catalogue(Catalog):
    """A catalogue of one language; its header has no date and no version, so it is the same everywhere."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Project-Id-Version", "objective-engine"),
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def texts(root: Path = ROOT, folders: Iterable[str] = FOLDERS) -> dict[str, list[str]]:
    """Every text of the code with the files that say it. Raises TextError."""
    found: dict[str, list[str]] = {}
    for file in sorted(file for folder in folders for file in (root / folder).rglob("*.py")):
        name = file.relative_to(root).as_posix()
        if name.startswith(NOT_SAID):
            continue
        for text in marked(file.read_text(encoding="utf-8"), name):
            if name not in found.setdefault(text, []):
                found[text].append(name)
    return dict(sorted(found.items()))


def marked(source: str, name: str) -> Iterator[str]:
    """The texts that Python code marks for translation. Raises TextError with the name and the line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and _marks(node.func):
            try:
                yield from filter(has_words, _literals(node.args[0]))
            except TextError as error:
                raise TextError(f"{name}:{node.lineno}: {error}") from None


def has_words(text: str) -> bool:
    """True when there is something to translate: `{text}` alone is said as it is."""
    return any(part.strip() for part, *_ in string.Formatter().parse(text))


def placeholders(text: str) -> list[str]:
    """The names between braces, sorted."""
    return sorted(name for _, name, *_ in string.Formatter().parse(text) if name is not None)


def po_file(language: str, folder: Path = CATALOGUES) -> Path:
    """Where the catalogue of a language is kept; the compiled one lies beside it."""
    return folder / language / "LC_MESSAGES" / "engine.po"


def read(file: Path) -> Catalog:
    """The catalogue in a `.po` file; an empty one where there is none yet."""
    if not file.exists():
        return Catalog()
    return read_po(BytesIO(file.read_bytes()), abort_invalid=True)


def updated(language: str, old: Catalog, found: Mapping[str, Iterable[str]]) -> Catalogue:
    """A catalogue of exactly the texts that were found, with the translations and remarks of the old one."""
    comment = COMMENT.format(language=LANGUAGES[language])
    catalogue = Catalogue(locale=language, header_comment=comment, fuzzy=False)
    for text, files in found.items():
        known = old.get(text)
        message = catalogue.add(
            text,
            known.string if known and not known.fuzzy else "",
            locations=[(file, 0) for file in files],
            user_comments=known.user_comments if known else (),
        )
        message.flags.clear()  # Babel guesses formats, and its releases guess differently
    return catalogue


def po(catalogue: Catalogue) -> bytes:
    """The catalogue as a translator reads it."""
    out = BytesIO()
    write_po(out, catalogue, width=0, include_lineno=False)
    return out.getvalue().rstrip() + b"\n"


def mo(catalogue: Catalogue) -> bytes:
    """The catalogue as gettext reads it."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def update(root: Path = ROOT, folder: Path = CATALOGUES) -> Iterator[str]:
    """Bring every catalogue of a folder up to date with the code; tell what is gone and what is to translate."""
    found = texts(root)
    for language in LANGUAGES:
        file = po_file(language, folder)
        old = read(file)
        catalogue = updated(language, old, found)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(po(catalogue))
        file.with_suffix(".mo").write_bytes(mo(catalogue))
        yield from (f"{language}: gone: {one.id!r} = {one.string!r}" for one in old if one.id and one.id not in found)
        yield from (f"{language}: to translate: {one.id!r}" for one in catalogue if not one.string)


def _marks(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in FUNCTIONS
    if not isinstance(function, ast.Attribute):
        return False
    return function.attr == "say" or (isinstance(function.value, ast.Name) and function.value.id == "Unknown")


def _literals(node: ast.expr) -> Iterator[str]:
    """The text itself, or both texts of a conditional one; nothing for a name or a call."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, (ast.JoinedStr, ast.BinOp)):
        raise TextError("a text to translate is put together in code; write {names} and give their values")


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in update())
