"""Excel workbooks for tests: with errors, formulas and merged cells, changed by hand, and locked."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

FREE, END, ALLOCATION = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
"""What a compound file says of its sectors."""


def workbook(folder: Path, rows: Sequence[Sequence[Any]], merged: Sequence[str] = ()) -> Path:
    """A workbook with a sheet of these rows, and one with notes."""
    file = folder / "rows.xlsx"
    with xlsxwriter.Workbook(file, {"default_date_format": "d.m.yyyy"}) as book:
        times = book.add_format({"num_format": "d.m.yyyy hh:mm:ss"})
        sheet = book.add_worksheet("Rows")
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, dict):
                    write_special(book, sheet, (line, place), value)
                elif isinstance(value, str):
                    sheet.write_string(line, place, value)
                else:
                    sheet.write(line, place, value, *[times] * isinstance(value, datetime))
        for area in merged:
            line, place = xl_cell_to_rowcol(area.partition(":")[0])
            sheet.merge_range(area, rows[line][place])
        book.add_worksheet("Notes").write_column(0, 0, ["remark", "none"])
    return file


def write_special(book: Any, sheet: Any, cell: tuple[int, int], given: Mapping[str, Any]) -> None:
    """A cell with an error, with a formula, or with a format of its own."""
    if "error" in given:
        sheet.write_formula(*cell, "=NA()", None, given["error"])
    elif "formula" in given:
        sheet.write_formula(*cell, given["formula"], None, given.get("value", ""))
    else:
        sheet.write(*cell, float(given["value"]), book.add_format({"num_format": given["format"]}))


def rewritten(file: Path, part: str, old: str, new: str) -> Path:
    """The workbook with other text in a part of it, as other programs write it."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def locked(folder: Path) -> Path:
    """A workbook with a password, as Excel writes it: a compound file with an encrypted package, here an empty one."""
    signature = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    counts = (0, 1, 1, 0, 4096, END, 0, END, 0)
    header = struct.pack("<8s16x5H6x9I109I", signature, 0x3E, 3, 0xFFFE, 9, 6, *counts, 0, *[FREE] * 108)
    sectors = struct.pack("<128I", ALLOCATION, END, *[FREE] * 126)
    entries = _entry("Root Entry", 5, child=1) + _entry("EncryptedPackage", 2) + _entry("", 0) * 2
    file = folder / "rows.xlsx"
    file.write_bytes(header + sectors + entries)
    return file


def _entry(name: str, kind: int, child: int = FREE) -> bytes:
    """An entry in the directory of a compound file, for nothing but a name."""
    written = f"{name}\0".encode("utf-16-le")
    return struct.pack("<64sHBBIII36xIQ", written, len(written), kind, 1, FREE, FREE, child, END, 0)
