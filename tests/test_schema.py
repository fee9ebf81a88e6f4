"""Schemas: what an option reads to, what is said of a wrong one, and that nothing is too strange to be told."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.filters import EVERY_ROW
from engine.schema import READERS, Fault, Schema, SchemaError
from tests.cases import Case, load
from tests.strategies import toml_values

TYPES = {
    *("string", "text", "integer", "names", "number", "boolean", "date", "list", "dict"),
    *("column", "filter", "limit", "target", "units", "path"),
}
CASES = load("options", "rule", "value", "path")
RULES = [case.values[0]["rule"] for case in CASES]
KEYS = ["title", "start", "end", "done", "by", "titel"]


class RefusedError(ValueError):
    """What is said of a value; `hint` is all that follows the message."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.hint = f"expected: {fault.expected}; {fault.hint}"


def faults(rules: Mapping[str, Any], table: Mapping[str, Any], content: str = "") -> list[str]:
    return [fault.message for fault in Schema(rules).read(table, content)[1]]


@pytest.mark.parametrize("case", CASES)
def test_an_option(case: Case) -> None:
    read, found = Schema({"option": case["rule"]}).read({"option": case["value"]})

    def outcome() -> str:
        if found:
            raise RefusedError(found[0])
        return repr(read["option"])

    case.check(outcome, RefusedError)
    if case.expect_error:
        assert len(found) == 1
        assert found[0].path == tuple(case.get("path", ["option"]))


def test_the_cases_have_every_type() -> None:
    used = {rule["type"] for rule in RULES if isinstance(rule.get("type"), str)}
    assert used == TYPES >= set(READERS)


# Tables


SCHEMA = {
    "of": {"type": "filter", "default": {}, "meta": "rows"},
    "where": {"type": "filter", "required": True, "meta": "rows"},
    "by": {"type": "string", "required": True, "meta": "who"},
    "units": {"type": "units", "content": "records", "required": True, "meta": "all units"},
    "share": {"type": "number", "default": Decimal("0.5"), "meta": "a share"},
    "limit": {"type": "limit", "meta": "a limit"},
}


def test_defaults_are_filled_in_and_read() -> None:
    read, _ = Schema(SCHEMA).read({})
    assert read == {"of": EVERY_ROW, "share": Fraction(1, 2)}


def test_the_table_as_written_has_the_defaults_as_written() -> None:
    assert Schema(SCHEMA).filled({"share": 1, "by": "A"}) == {"of": {}, "share": 1, "by": "A"}


def test_an_option_that_is_not_given_and_has_no_default_is_not_there() -> None:
    assert "limit" not in Schema(SCHEMA).read({})[0]


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("", ["'by' is missing"]),
        ("figures", ["'by' is missing"]),
        ("records", ["'where' is missing", "'by' is missing", "'units' is missing"]),
    ],
)
def test_options_about_rows_are_required_where_there_are_rows(content: str, missing: list[str]) -> None:
    assert faults(SCHEMA, {}, content) == missing


def test_a_missing_option_says_what_it_is() -> None:
    _, (fault,) = Schema({"by": {"type": "string", "required": True, "meta": "who"}}).read({})
    assert fault == Fault(path=(), message="'by' is missing", expected="text")


def test_a_wrong_option_is_not_read_and_not_missing() -> None:
    read, found = Schema(SCHEMA).read({"by": 5, "limit": "30"})
    assert {fault.path for fault in found} == {("by",), ("limit",)}
    assert set(read) == {"of", "share"}


def test_all_faults_of_a_table_are_found() -> None:
    assert faults(SCHEMA, {"by": 5, "share": True, "limt": "< 30 d", "limit": "30 d"}, "records") == [
        "unknown key 'limt'",
        "5 is of the wrong type",
        "true is of the wrong type",
        "'where' is missing",
        "'units' is missing",
        "'30 d' has no operator",
    ]


def test_an_unknown_key_has_the_nearest_name_as_a_hint() -> None:
    _, found = Schema(SCHEMA).read({"limt": 1, "by": "A"})
    assert found == [Fault(path=("limt",), message="unknown key 'limt'", hint="did you mean 'limit'?")]


def test_a_schema_without_options_knows_no_key() -> None:
    assert Schema({}).names == ()
    assert Schema({}).read({}) == ({}, [])
    assert faults({}, {"a": 1, "b": 2}) == ["unknown key 'a'", "unknown key 'b'"]


def test_an_open_ended_schema_leaves_other_keys_to_others() -> None:
    schema = Schema({"by": {"type": "string"}}, open_ended=True)
    assert schema.read({"by": "A", "more": 1}) == ({"by": "A"}, [])
    assert [fault.message for fault in schema.read({"by": 5, "more": 1})[1]] == ["5 is of the wrong type"]


def test_a_part_of_a_schema_knows_only_its_keys() -> None:
    part = Schema(SCHEMA).only({"by", "share"}, required={"share"})
    assert part.names == ("by", "share")
    assert part.read({}) == ({"share": Fraction(1, 2)}, [])
    assert part.read({"by": "A"}) == ({"by": "A", "share": Fraction(1, 2)}, [])
    assert [fault.message for fault in part.read({"limit": "< 30 d"})[1]] == ["unknown key 'limit'"]


def test_a_part_of_a_schema_requires_what_it_is_told_to() -> None:
    part = Schema(SCHEMA).only({"by", "limit"}, required={"limit"}, open_ended=True)
    assert [fault.message for fault in part.read({"of": {}}, "records")[1]] == ["'limit' is missing"]


# Schemas of plugins are anything


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (5, "a schema is a dict, not int"),
        (None, "a schema is a dict, not NoneType"),
        ({5: {"type": "string"}}, "5: an option is a name with a dict of rules"),
        ({"a": "string"}, '"a": an option is a name with a dict of rules'),
        ({"a": {}}, "option 'a' has neither a type nor allowed values"),
        ({"a": {"min": 1}}, "option 'a' has neither a type nor allowed values"),
        ({"a": {"type": "share"}}, "Unsupported types: share"),
        ({"a": {"type": "string", "colour": "red"}}, "unknown rule"),
        ({"a": {"type": "list", "schema": {"typ": "string"}}}, "unknown rule"),
        ({"a": {"type": "string", "coerce": str}}, "option 'a': the rule 'coerce' is not applied here"),
        ({"a": {"type": "list", "contains": ["b"]}}, "option 'a': the rule 'contains' is not applied here"),
        ({"a": {"type": "string", "check_with": print}}, "option 'a': the rule 'check_with' is not applied here"),
        ({"a": {"type": "filter", "default": "x"}}, "the default of 'a': \"x\" is of the wrong type"),
        ({"a": {"type": "filter", "default": {"x": {}}}}, "the default of 'a': the test of 'x' is empty"),
        ({"a": {"type": "number", "default": 0.5}}, "the default of 'a': 0.5 is of the wrong type"),
        ({"a": {"type": "limit", "default": "30 d"}}, "the default of 'a': '30 d' has no operator"),
        ({"a": {"type": "text", "default": {"se": "a"}}}, "the default of 'a': unknown language 'se'"),
        ({"a": {"type": "string", "allowed": ["b"], "default": "c"}}, "the default of 'a': unknown value \"c\""),
    ],
)
def test_what_is_no_schema_is_refused(rules: Any, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        Schema(rules).check()
    assert message in str(caught.value)


def test_a_schema_leaves_the_rules_of_its_plugin_alone() -> None:
    rules = {"a": {"type": "list", "schema": {"type": ["string", "dict"]}, "default": [], "required": True}}
    before = copy.deepcopy(rules)
    Schema(rules).read({"a": [5]})
    assert rules == before


# Laws


def leads_somewhere(path: tuple[str | int, ...], table: Any) -> bool:
    for step in path:
        try:
            table = table[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True


@given(st.sampled_from(RULES), toml_values() | st.lists(st.dictionaries(st.sampled_from(KEYS), toml_values())))
def test_any_value_is_read_or_has_a_fault_at_a_key_that_is_there(rule: Mapping[str, Any], value: Any) -> None:
    table = {"option": value}
    before = copy.deepcopy(table)
    read, found = Schema({"option": rule}).read(table)
    assert found or "option" in read
    assert all(fault.path[0] == "option" and leads_somewhere(fault.path, table) for fault in found)
    assert all(fault.message for fault in found)
    assert repr(table) == repr(before)


@given(st.dictionaries(st.sampled_from([*SCHEMA, "limt", "other"]), toml_values()), st.sampled_from(["", "records"]))
def test_any_table_is_read_and_every_key_is_either_read_or_has_a_fault(table: dict[str, Any], content: str) -> None:
    read, found = Schema(SCHEMA).read(table, content)
    assert set(read) <= set(SCHEMA)
    wrong = {fault.path[0] for fault in found if fault.path}
    assert set(table) <= set(read) | wrong
    assert all(leads_somewhere(fault.path, table) for fault in found)


@given(st.dictionaries(st.sampled_from(["of", "share"]), st.just(1)))
def test_filling_in_defaults_changes_nothing_that_is_read(table: dict[str, Any]) -> None:
    schema = Schema(SCHEMA)
    assert schema.read(schema.filled(table))[0] == schema.read(table)[0]
