"""Where the keys of a TOML text stand: tomllib reads values without positions, tree-sitter gives them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path = tuple[str | int, ...]
Found = tuple[Path, Node]
TABLES = ("table", "table_array_element")


def positions(text: str) -> dict[Path, tuple[int, int]]:
    """The line and column (from 1) of every key path of a TOML text.

    Members of lists have their number, from 0, in the path.
    """
    raw = text.encode()
    lines = raw.split(b"\n")
    root = Parser(Language(tree_sitter_toml.language())).parse(raw).root_node
    places: dict[Path, tuple[int, int]] = {}
    for path, node in _document(root):
        row, column = node.start_point
        places.setdefault(path, (row + 1, len(lines[row][:column].decode("utf-8", "replace")) + 1))
    return places


def _document(root: Node) -> Iterator[Found]:
    rows: dict[Path, int] = {}
    for node in root.named_children:
        if node.type in TABLES:
            yield from _table(node, rows)
        elif node.type == "pair":
            yield from _pair((), node)


def _table(node: Node, rows: dict[Path, int]) -> Iterator[Found]:
    members = _members(node)
    if not members:
        return
    path: Path = ()
    keys = _keys(members[0])
    for place, key in enumerate(keys, start=1):
        path = (*path, key)
        if place == len(keys) and node.type == "table_array_element":
            rows[path] = rows.get(path, -1) + 1
        yield path, members[0]
        if path in rows:
            path = (*path, rows[path])
    yield path, members[0]
    for pair in members[1:]:
        yield from _pair(path, pair)


def _pair(base: Path, node: Node) -> Iterator[Found]:
    members = _members(node)
    if len(members) < 2:
        return
    path = base
    for key in _keys(members[0]):
        path = (*path, key)
        yield path, members[0]
    yield from _value(path, members[1])


def _value(path: Path, node: Node) -> Iterator[Found]:
    if node.type == "inline_table":
        for pair in _members(node):
            yield from _pair(path, pair)
    elif node.type == "array":
        for place, member in enumerate(_members(node)):
            yield (*path, place), member
            yield from _value((*path, place), member)


def _members(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type != "comment"]


def _keys(node: Node) -> tuple[str, ...]:
    """The parts of a key, dotted or not, without quotation marks."""
    if node.type == "dotted_key":
        return tuple(key for child in node.named_children for key in _keys(child))
    text = (node.text or b"").decode("utf-8", "replace")
    return (_unquoted(text) if node.type == "quoted_key" else text,)


def _unquoted(text: str) -> str:
    try:
        return next(iter(tomllib.loads(f"{text} = 1")))
    except tomllib.TOMLDecodeError:
        return text
