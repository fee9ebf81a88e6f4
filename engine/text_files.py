"""Files of text: which encoding they are in, and what is wrong with those that are in none."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.errors import DataError, Place, Problem
from engine.source_files import existing_file, unreadable

BLOCK = 2**20
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CP1252_LETTERS = 0xA0
"""The first byte of those that are letters and signs in cp1252, as in other encodings of one byte."""


def text_encoding(options: Mapping[str, Any]) -> str:
    """The encoding of the file of a source, for `open`: `utf-8-sig`, or `cp1252` as Windows writes it.

    `options` are those that the source is opened with: `path`, `shown_path`, and `encoding` (`utf-8` or
    `cp1252`) when it is declared. The whole file is read in blocks. Raises DataError unless it is text.
    """
    file, declared = existing_file(options, "the file that holds the data"), options.get("encoding")
    try:
        fault = _fault(file, declared or "utf-8")
        if fault and not declared and _is_cp1252(file):
            return "cp1252"
    except (OSError, ValueError) as error:
        raise unreadable(options, error) from error
    if fault:
        raise _wrong(options, *fault)
    return "cp1252" if declared == "cp1252" else "utf-8-sig"


@contextmanager
def in_utf_8(options: Mapping[str, Any], encoding: str) -> Iterator[str]:
    """The path of the file, or of a private copy in UTF-8, deleted in the end, when it is in another encoding.

    Raises DataError when the copy cannot be written.
    """
    if encoding == "utf-8-sig":
        yield options["path"]
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="objective-engine-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "copy"
        try:
            with (
                Path(options["path"]).open(encoding=encoding, newline="") as file,
                copy.open("w", encoding="utf-8", newline="") as target,
            ):
                target.writelines(iter(lambda: file.read(BLOCK), ""))
        except OSError as error:
            message = f"no copy of the file in UTF-8 can be made: {(error.strerror or 'it failed').lower()}"
            raise _wrong(options, message, "save the file as UTF-8, which is read where it is") from error
        yield str(copy)


def _wrong(options: Mapping[str, Any], message: str, hint: str, line: int = 0) -> DataError:
    return DataError(Problem(message=message, place=Place(file=options["shown_path"], line=line), hint=hint))


def _blocks(file: Path) -> Iterator[bytes]:
    """The content of a file; the last block is empty."""
    with file.open("rb") as stream:
        yield from iter(lambda: stream.read(BLOCK), b"")
    yield b""


def _fault(file: Path, encoding: str) -> tuple[str, str, int] | None:
    """The message, hint and line of the first byte that is no text in the encoding, or None."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    for block in _blocks(file):
        if line == 1 and block.startswith(UTF_16):
            return "the file is UTF-16", "save it as UTF-8", 1
        if b"\0" in block:
            line += block[: block.index(b"\0")].count(b"\n")
            return "there is a NUL byte, so this is not text", "export the data as text in UTF-8", line
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            message = f"the byte 0x{error.object[error.start]:02x} is not {encoding.upper()}"
            return message, 'save the file as UTF-8, or write encoding = "cp1252" if Windows wrote it so', line
        line += block.count(b"\n")
    return None


def _is_cp1252(file: Path) -> bool:
    """True when the file is certainly cp1252: every byte is one, and no letter is one of another encoding.

    A file where some letters are UTF-8 mixes the two, and one without a byte from 0xA0 may well come from
    another system than Windows, which keeps its letters in those below.
    """
    if _fault(file, "cp1252"):
        return False
    found, decoder = False, codecs.getincrementaldecoder("utf-8")("ignore")
    for block in _blocks(file):
        if not decoder.decode(block).isascii():
            return False
        found = found or max(block, default=0) >= CP1252_LETTERS
    return found
