"""Writing TOML: everything the engine writes as TOML is read back and compared before it is used."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

import toml

SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


class _Encoder(toml.TomlEncoder):  # type: ignore[misc]
    r"""The library's encoder with text and numbers that TOML 1.0 reads back as they were, and tables inline.

    The stock one writes a no-break space as `xa0`, raises on `\x7f`, breaks on a backslash before an
    `x` and knows no Decimal.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dump_funcs[str] = _text
        self.dump_funcs[Decimal] = _decimal
        self.dump_funcs[dict] = self.dump_inline_table

    def dump_list(self, v: Any) -> str:
        return f"[{', '.join(str(self.dump_value(member)) for member in v)}]"

    def dump_inline_table(self, section: Any) -> str:
        if not isinstance(section, dict):
            return str(self.dump_value(section))
        pairs = (f"{_key(key)} = {self.dump_value(value)}" for key, value in section.items())
        return f"{{ {', '.join(pairs)} }}" if section else "{}"

    def dump_sections(self, o: Any, sup: str) -> tuple[str, dict[str, Any]]:  # noqa: ARG002 - the library's signature
        return "".join(f"{_key(key)} = {self.dump_value(value)}\n" for key, value in o.items()), {}


def write_toml(data: Mapping[str, Any], holders: Collection[str] = ()) -> str:
    """The data as TOML text that reads back equal. Raises ValueError when TOML cannot hold them.

    `holders` are the keys whose members get a header of their own, such as `objective` in
    `[objective.local-services]`; other tables stand inline.
    """
    encoder = _Encoder()
    text = "\n".join(_sections(data, holders, encoder, ()))
    if tomllib.loads(text, parse_float=Decimal) != data:
        raise ValueError("TOML cannot hold these data")
    return text


def _sections(
    table: Mapping[str, Any], holders: Collection[str], encoder: _Encoder, path: tuple[str, ...]
) -> Iterator[str]:
    """The table and the tables that it holds, each under its header, the outer before the inner."""
    inner = {key: value for key, value in table.items() if isinstance(value, dict) and value}
    held = {key: value for key, value in inner.items() if key in holders}
    outermost = {} if path else {key: value for key, value in inner.items() if key not in held}
    plain = {key: value for key, value in table.items() if key not in held and key not in outermost}
    if plain or (path and not held):
        header = f"[{'.'.join(map(_key, path))}]\n" if path else ""
        yield header + str(toml.dumps(plain, encoder=encoder))
    for key, value in outermost.items():
        yield from _sections(value, holders, encoder, (key,))
    for key, members in held.items():
        for name, member in members.items():
            if not isinstance(member, dict):
                raise ValueError(f"'{key}' holds something that is not a table")
            yield from _sections(member, holders, encoder, (*path, key, name))


def _text(value: str) -> str:
    return '"' + "".join(_character(character) for character in value) + '"'


def _character(character: str) -> str:
    if character in SHORT:
        return SHORT[character]
    return f"\\u{ord(character):04x}" if ord(character) < 0x20 or character == "\x7f" else character


def _key(key: str) -> str:
    plain = key and all(character.isascii() and (character.isalnum() or character in "-_") for character in key)
    return key if plain else _text(key)


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        return str(value).lower().replace("infinity", "inf")
    text = f"{value:f}"
    return text if "." in text else f"{text}.0"
