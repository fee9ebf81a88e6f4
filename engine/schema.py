"""Schemas: what keys a table may have and of which types, held by Cerberus and said in our words.

A schema is a dict of key to Cerberus rules. Every option has `meta`, one line that documents it. Beside
Cerberus' own types there are:

text     text, or a table with text in fi, sv and en
number   an integer or decimal number; read as a Fraction
date     a date without a time
column   the name of a column
filter   a filter on rows; read as a condition
limit    a time limit such as `< 30 d`; read as a Limit
target   a target such as `>= 60 %`; read as a Target
names    a list of different texts
units    a list of names, or { source, column, where }; read as Units, or as UnitsFrom
path     a path, relative to the folder of the configuration

`default` is filled in by the engine. Options of type column, filter or limit describe rows, so
`required` asks for them only when there are rows; `content` ("records" or "figures") says the same of
an option of another type.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import cerberus
from cerberus import errors as cerberus_errors

from engine.errors import nearest
from engine.filters import FilterError, parse_filter
from engine.numbers import NumberError, exact, shown
from engine.periods import parse_limit
from engine.target import LANGUAGES, TargetError, parse_target
from engine.units import UnitsError, read_names, read_units

Path = tuple[str | int, ...]
OURS = ("content", "default", "meta", "required")
ROW_TYPES = ("column", "filter", "limit")
# rules of Cerberus that change values, run code, or raise; none of them is applied here
REFUSED = {"check_with", "coerce", "contains", "default_setter", "purge_unknown", "rename", "rename_handler"}


READERS: dict[str, Callable[[Any], Any]] = {
    "filter": parse_filter,
    "limit": parse_limit,
    "names": read_names,
    "number": exact,
    "target": parse_target,
    "units": read_units,
}
KINDS_IN_WORDS = {
    "string": "text", "text": "text, or a table with text in fi, sv and en", "integer": "a whole number",
    "number": "a number", "boolean": "true or false", "date": "a date such as 2025-05-31", "list": "a list",
    "dict": "a table", "column": "the name of a column", "filter": 'a filter such as { channel = "office" }',
    "limit": 'a time limit such as "< 30 d"', "target": 'a target such as ">= 60 %"',
    "names": "a list of names", "units": "a list of names, or { source, column, where }", "path": "a path",
}  # fmt: skip
LIMITS_IN_WORDS = {
    "empty": "something that is not empty", "max": "at most {limit}", "maxlength": "a length of at most {limit}",
    "min": "at least {limit}", "minlength": "a length of at least {limit}", "regex": "text of the form {limit}",
}  # fmt: skip


class SchemaError(ValueError):
    """The schema of a plugin is not a schema."""


class Fault(NamedTuple):
    """A problem in a table, at the key that `path` leads to from there."""

    path: Path
    message: str
    expected: str = ""
    hint: str = ""


class _FiniteType(type):
    """Its only class takes every finite Decimal for an instance: a comparison with not-a-number raises."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, Decimal) and value.is_finite()


class _Finite(metaclass=_FiniteType):
    """A Decimal that is a number."""


class _Validator(cerberus.Validator):  # type: ignore[misc]
    """Cerberus with our types, and without the surprises of its own ones (true is no integer)."""

    types_mapping = cerberus.Validator.types_mapping.copy()
    types_mapping["integer"] = cerberus.TypeDefinition("integer", (int,), (bool,))
    types_mapping["number"] = cerberus.TypeDefinition("number", (int, _Finite), (bool,))
    types_mapping["date"] = cerberus.TypeDefinition("date", (date,), (datetime,))
    types_mapping["text"] = cerberus.TypeDefinition("text", (str, dict), ())
    types_mapping["filter"] = cerberus.TypeDefinition("filter", (dict,), ())
    types_mapping["names"] = cerberus.TypeDefinition("names", (list,), ())
    types_mapping["units"] = cerberus.TypeDefinition("units", (list, dict), ())
    for _name in ("column", "limit", "target", "path"):
        types_mapping[_name] = cerberus.TypeDefinition(_name, (str,), ())


class Schema:
    """What a table may hold; `names` are its keys. Raises SchemaError when it is not of the form of a schema.

    An `open_ended` schema leaves keys that it does not know to others. Cerberus checks each rule of a schema when
    it compiles it, which takes a millisecond or more, so that waits until a table has one of the keys.
    """

    def __init__(self, rules: Mapping[str, Mapping[str, Any]], *, open_ended: bool = False) -> None:
        _check_form(rules)
        self.rules: dict[str, dict[str, Any]] = {key: dict(value) for key, value in rules.items()}
        self._open_ended = open_ended
        self._compiled: _Validator | None = None

    def check(self) -> None:
        """Raise SchemaError when a rule is unknown or of the wrong type, or a default is not what its rule allows."""
        self._validator()
        faults = [fault for fault in self.read(self.filled({}))[1] if fault.path]
        if faults:
            raise SchemaError(f"the default of '{faults[0].path[0]}': {faults[0].message}")

    def only(self, names: Collection[str], *, required: Collection[str] = (), open_ended: bool = False) -> Schema:
        """A schema with some of the keys. It shares what is compiled, which is most of the work."""
        self._validator()
        part = copy.copy(self)
        part.rules = {key: rule | {"required": key in required} for key, rule in self.rules.items() if key in names}
        part._open_ended = open_ended
        return part

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.rules)

    def read(self, table: Mapping[str, Any], content: str = "") -> tuple[dict[str, Any], list[Fault]]:
        """The options with defaults filled in and own types read, and every fault.

        `content` is what the source has, `records` or `figures`, or empty when there is none.
        """
        faults = self._faults(table)
        wrong = {fault.path[0] for fault in faults if fault.path}
        read: dict[str, Any] = {}
        for key, rule in self.rules.items():
            if key in table and key not in wrong:
                self._read_value(key, rule, table[key], read, faults)
            elif key not in table and "default" in rule:
                read[key] = _reader(rule)(rule["default"])
            elif key not in table and rule.get("required") and _concerns(rule, content):
                faults.append(Fault(path=(), message=f"'{key}' is missing", expected=_meaning(rule)))
        return read, faults

    def filled(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """The table as written, with the defaults of the keys that are not in it."""
        defaults = {key: rule["default"] for key, rule in self.rules.items() if "default" in rule}
        return {**defaults, **table}

    def _faults(self, table: Mapping[str, Any]) -> list[Fault]:
        known = {key: value for key, value in table.items() if key in self.rules}
        faults = [] if self._open_ended else [_unknown((key,), self.names) for key in table if key not in known]
        if not known or (validator := self._validator()).validate(known, normalize=False):
            return faults
        return faults + [fault for error in validator._errors for fault in _faults(error, self.names)]

    def _validator(self) -> _Validator:
        if self._compiled is None:
            # Cerberus rewrites the schema that it is given, so it gets a copy, without what is not its business
            plain = {key: copy.deepcopy(_without(OURS, rule)) for key, rule in self.rules.items()}
            try:
                self._compiled = _Validator(plain)
            except cerberus.SchemaError as error:
                raise SchemaError(f"{error}") from error
        return self._compiled

    def _read_value(
        self, key: str, rule: Mapping[str, Any], value: Any, read: dict[str, Any], faults: list[Fault]
    ) -> None:
        faults.extend(_texts(rule, (key,), value))
        try:
            read[key] = _reader(rule)(value)
        except (FilterError, UnitsError) as error:
            faults.append(Fault(path=(key, *error.path), message=str(error), hint=getattr(error, "hint", "")))
        except (TargetError, NumberError) as error:
            faults.append(Fault(path=(key,), message=str(error), expected=_meaning(rule), hint=error.hint))


def _without(keys: Collection[str], rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key not in keys}


def _reader(rule: Mapping[str, Any]) -> Callable[[Any], Any]:
    """What reads a value of the rule's type; values of most types stay as they are."""
    kind = rule.get("type")
    return READERS.get(kind, _as_it_is) if isinstance(kind, str) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _concerns(rule: Mapping[str, Any], content: str) -> bool:
    """True when an option matters for what the source has."""
    only = rule.get("content") or ("records" if rule.get("type") in ROW_TYPES else "")
    return not only or only == content


def _meaning(rule: Mapping[str, Any]) -> str:
    if "allowed" in rule:
        return " or ".join(f'"{value}"' for value in rule["allowed"])
    kinds = rule.get("type", "")
    words = [KINDS_IN_WORDS.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return " or ".join(words)


def _check_form(rules: object) -> None:
    """Raise SchemaError when a schema is not a dict of text to dicts with a type: plugins come without type checks."""
    if not isinstance(rules, Mapping):
        raise SchemaError(f"a schema is a dict, not {type(rules).__name__}")
    for key, rule in rules.items():
        if not isinstance(key, str) or not isinstance(rule, Mapping):
            raise SchemaError(f"{shown(key)}: an option is a name with a dict of rules")
        if "type" not in rule and "allowed" not in rule:
            raise SchemaError(f"option '{key}' has neither a type nor allowed values")
        if refused := sorted(REFUSED & set(rule)):
            raise SchemaError(f"option '{key}': the rule '{refused[0]}' is not applied here")


def _texts(rule: Mapping[str, Any], path: Path, value: Any) -> list[Fault]:
    """The faults of a value that is text in languages, or has such text in it."""
    if rule.get("type") == "text":
        return _text_faults(path, value)
    inner = rule.get("schema", {})
    if rule.get("type") == "list":
        return [fault for place, one in enumerate(value) for fault in _texts(inner, (*path, place), one)]
    if rule.get("type") == "dict":
        return [fault for key, one in value.items() if key in inner for fault in _texts(inner[key], (*path, key), one)]
    return []


def _text_faults(path: Path, value: object) -> list[Fault]:
    if isinstance(value, str):
        return []
    table = value if isinstance(value, Mapping) else {}
    faults = [
        Fault(path=(*path, key), message=f"unknown language '{key}'", hint=nearest(key, LANGUAGES))
        for key in table
        if key not in LANGUAGES
    ]
    return faults + [
        Fault(path=(*path, key), message=f"{shown(text)} is not text", expected="text")
        for key, text in table.items()
        if key in LANGUAGES and not isinstance(text, str)
    ]


def _faults(error: Any, names: tuple[str, ...]) -> list[Fault]:
    """One Cerberus error in our words; errors of nested tables each for itself."""
    if error.child_errors:
        return [fault for child in error.child_errors for fault in _faults(child, tuple(error.constraint or ()))]
    path = tuple(error.document_path)
    if error.code == cerberus_errors.UNKNOWN_FIELD.code:
        return [_unknown(path, names)]
    if error.code == cerberus_errors.REQUIRED_FIELD.code:
        return [Fault(path=path[:-1], message=f"'{path[-1]}' is missing")]
    if error.code in (cerberus_errors.UNALLOWED_VALUE.code, cerberus_errors.UNALLOWED_VALUES.code):
        return [_not_allowed(path, error)]
    if error.code == cerberus_errors.BAD_TYPE.code:
        expected = _meaning({"type": error.constraint})
        return [Fault(path=path, message=f"{shown(error.value)} is of the wrong type", expected=expected)]
    if error.code == cerberus_errors.DEPENDENCIES_FIELD.code:
        return [Fault(path=path, message=f"'{path[-1]}' needs '{error.info[0]}' beside it")]
    expected = LIMITS_IN_WORDS.get(error.rule, "{rule} {limit}").format(rule=error.rule, limit=error.constraint)
    return [Fault(path=path, message=f"{shown(error.value)} is not possible", expected=expected)]


def _unknown(path: Path, names: tuple[str, ...]) -> Fault:
    return Fault(path=path, message=f"unknown key '{path[-1]}'", hint=nearest(str(path[-1]), names))


def _not_allowed(path: Path, error: Any) -> Fault:
    allowed = [str(value) for value in error.constraint]
    return Fault(
        path=path,
        message=f"unknown value {shown(error.value)}",
        expected=_meaning({"allowed": allowed}),
        hint=nearest(str(error.value), allowed) if isinstance(error.value, str) else "",
    )
