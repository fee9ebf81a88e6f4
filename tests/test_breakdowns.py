"""Breakdowns: a verdict for each segment beside the whole, from the same read, small segments of persons hidden."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.toml_writer import write_toml
from tests.project import Project, Run

DAY = date(2025, 3, 1)
SHARE = {"metric": "percentage_share", "source": "rows", "date": "day", "where": {"hit": True}, "target": ">= 50 %"}
COUNT = {"metric": "count_threshold", "source": "rows", "date": "day", "target": ">= 1000"}
PLAN = {"title": "Plan", "period": {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}, "as_of": date(2025, 5, 31)}


def rows(*groups: tuple[str | None, int, int], day: date = DAY, **more: Any) -> list[dict[str, Any]]:
    """So many hits and misses of each area."""
    return [
        {"area": area, "hit": hit, "day": day, **more}
        for area, hits, misses in groups
        for hit in (True,) * hits + (False,) * misses
    ]


def project(folder: Path, found: Iterable[Mapping[str, Any]], plan: Mapping[str, Any], **source: Any) -> Project:
    """A plan of an indicator of shares, its rows written into the configuration."""
    made = Project(folder)
    kept = [{key: value for key, value in row.items() if value is not None} for row in found]
    table = {"type": "inline", "content": "records", "rows": kept, **source}
    made.write("config.toml", write_toml({"sources": {"rows": table}}))
    made.write(
        "rules/p/plan.toml", write_toml({"plan": {**PLAN, **plan}, "objective": {"o": {"indicator": {"i": SHARE}}}})
    )
    return made


def segments(run: Run) -> dict[tuple[str | None, ...], Any]:
    """The numerator and denominator of each segment, or why it has none."""
    (indicator,) = run.indicators()
    return {
        tuple(found["segment"].values()): found["unknown"]["reason"]
        if found["unknown"]
        else (int(found["to_date"]["numerator"]), int(found["to_date"]["denominator"]))
        for found in indicator["segments"]
    }


BIG = rows(("Eno", 10, 10), ("Ilomantsi", 5, 15))


def test_every_segment_has_a_verdict_beside_the_whole(tmp_path: Path) -> None:
    run = project(tmp_path, BIG, {"by": ["area"]}).evaluate()
    (indicator,) = run.indicators()
    assert indicator["to_date"]["numerator"] == "15"
    assert segments(run) == {("Eno",): (10, 20), ("Ilomantsi",): (5, 20)}
    assert [found["status"] for found in indicator["segments"]] == ["met", "not_met"]


def test_a_breakdown_can_be_asked_for_one_run(tmp_path: Path) -> None:
    made = project(tmp_path, BIG, {})
    assert segments(made.evaluate()) == {}
    assert segments(made.evaluate("--by", "area")) == {("Eno",): (10, 20), ("Ilomantsi",): (5, 20)}
    both = segments(made.evaluate("--by", "area", "--by", "hit"))
    assert both[("Eno", "true")] == (10, 10)
    assert len(both) == 4


def test_a_listed_unit_without_rows_is_missing(tmp_path: Path) -> None:
    run = project(tmp_path, BIG, {"by": ["area"], "units": {"area": ["Ilomantsi", "Eno", "Juuka"]}}).evaluate()
    assert segments(run)[("Juuka",)] == "missing"
    assert list(segments(run)) == [("Eno",), ("Ilomantsi",), ("Juuka",)]


def test_a_unit_is_found_whatever_its_spaces_case_and_unicode_form(tmp_path: Path) -> None:
    found = rows(("Kitee", 5, 5), (" kitee ", 5, 5), ("Ähtäri", 10, 10), ("A\u0308hta\u0308ri", 1, 0), ("Eno", 9, 9))
    run = project(tmp_path, found, {"by": ["area"], "units": {"area": ["Kitee", "Ähtäri"]}}).evaluate()
    assert segments(run) == {("Eno",): (9, 18), ("Kitee",): (10, 20), ("Ähtäri",): (11, 21)}
    (indicator,) = run.indicators()
    assert "rows that write 'Kitee' otherwise than the list of units: 10" in indicator["notes"]
    assert not any("Ähtäri" in note for note in indicator["notes"])  # a single row is not mentioned
    assert "not in the list of units of 'area': 'Eno'" in indicator["notes"]


def test_different_values_of_a_unit_that_is_written_in_several_ways_are_not_added(tmp_path: Path) -> None:
    made = project(tmp_path, [], {})
    table = [
        {"area": area, "company": f"{place % count}", "hit": True, "day": DAY}
        for area, count in (("Kitee", 6), (" kitee", 6), ("A\u0308hta\u0308ri", 7), ("Eno", 9), ("Salainen", 3))
        for place in range(2 * count)
    ]
    write = write_toml({"sources": {"rows": {"type": "inline", "content": "records", "rows": table}}})
    made.write("config.toml", write)
    distinct = {**COUNT, "statistic": "distinct", "column": "company", "target": ">= 5"}
    plan = {**PLAN, "by": ["area"], "units": {"area": ["Kitee", "Ähtäri", "Eno"]}}
    made.write("rules/p/plan.toml", write_toml({"plan": plan, "objective": {"o": {"indicator": {"i": distinct}}}}))
    (indicator,) = made.evaluate().indicators()
    found = {one["segment"]["area"]: one for one in indicator["segments"]}
    assert set(found) == {"Kitee", "Ähtäri", "Eno"}
    assert found["Kitee"]["unknown"]["reason"] == "failed"
    assert "written in several ways" in found["Kitee"]["unknown"]["message"]
    assert "rows that write 'Kitee' otherwise than the list of units: 12" in indicator["notes"]
    assert found["Ähtäri"]["unknown"]["reason"] == "suppressed"
    assert found["Eno"]["to_date"]["value"] == "9"


def test_small_segments_are_hidden_and_one_more(tmp_path: Path) -> None:
    found = rows(("Eno", 10, 10), ("Juuka", 30, 30), ("Kitee", 2, 0), ("Nurmes", 40, 40))
    units = {"area": ["Eno", "Juuka", "Kitee", "Nurmes"]}
    run = project(tmp_path, found, {"by": ["area"], "units": units}).evaluate()
    hidden = {name for (name,), value in segments(run).items() if value == "suppressed"}
    assert hidden == {"Kitee", "Eno"}
    for one in run.indicators()[0]["segments"]:
        if one["segment"]["area"] in hidden:
            assert one["status"] is None
            for verdict in (one["to_date"], one["forecast"]):
                given = {key: value for key, value in verdict.items() if value is not None}
                assert given.keys() <= {"phase", "reason", "method"}


@pytest.mark.parametrize("source", [{"persons": False}, {}])
def test_rows_that_are_not_about_persons_hide_nothing(tmp_path: Path, source: dict[str, Any]) -> None:
    found = rows(("Eno", 10, 10), ("Juuka", 1, 1))
    run = project(tmp_path, found, {"by": ["area"], "units": {"area": ["Eno", "Juuka"]}}, **source).evaluate()
    assert ("suppressed" in segments(run).values()) == (not source)


def test_the_limit_below_which_segments_are_hidden_can_be_set(tmp_path: Path) -> None:
    found = rows(("Eno", 10, 10), ("Juuka", 3, 3))
    plan = {"by": ["area"], "units": {"area": ["Eno", "Juuka"]}}
    assert segments(project(tmp_path, found, {**plan, "suppress_below": 3}).evaluate())[("Juuka",)] == (3, 6)
    assert segments(project(tmp_path, found, {**plan, "suppress_below": 4}).evaluate())[("Juuka",)] == "suppressed"


@pytest.mark.parametrize("format_", ["table", "markdown", "csv", "json"])
def test_a_small_segment_that_is_not_listed_is_not_named(tmp_path: Path, format_: str) -> None:
    found = rows(("Eno", 10, 10), ("Juuka", 30, 30), ("Sirpa Salainen", 1, 0), ("Pekka Piilo", 0, 1))
    made = project(tmp_path, found, {"by": ["area"], "units": {"area": ["Eno", "Juuka"]}})
    for run in (made.run("evaluate", "--format", format_, "--lang", "en"), made.run("explain", "p.o.i")):
        assert "Salainen" not in run.output + run.errors
        assert "Piilo" not in run.output + run.errors
        assert "Juuka" in run.output
    assert made.evaluate().indicators()[0]["unnamed_segments"] == 2


@pytest.mark.parametrize("format_", ["table", "markdown", "csv"])
def test_segments_are_in_every_reporter(tmp_path: Path, format_: str) -> None:
    run = project(tmp_path, BIG, {"by": ["area"]}).run("evaluate", "--format", format_, "--lang", "en")
    lines = run.output.splitlines()
    (eno,) = [line.replace("\u00a0", " ") for line in lines if "Eno" in line]
    assert "50 % (10/20)" in eno
    assert "● will be met" in eno
    (other,) = [line.replace("\u00a0", " ") for line in lines if "Ilomantsi" in line]
    assert "25 % (5/20)" in other


def test_csv_has_a_row_for_each_segment(tmp_path: Path) -> None:
    run = project(tmp_path, BIG, {"by": ["area"]}).run("evaluate", "--format", "csv", "--lang", "en")
    table = list(csv.DictReader(io.StringIO(run.output.removeprefix("\ufeff"))))
    assert [(row["path"], row["segment"], row["status"]) for row in table] == [
        ("p.o.i", "", "not_met"),
        ("p.o.i", "Eno", "met"),
        ("p.o.i", "Ilomantsi", "not_met"),
    ]


def test_a_segment_of_two_columns_says_which_value_is_of_which(tmp_path: Path) -> None:
    made = project(tmp_path, BIG, {"by": ["area", "hit"]})
    run = made.run("evaluate", "--format", "csv", "--lang", "en")
    names = [row["segment"] for row in csv.DictReader(io.StringIO(run.output.removeprefix("\ufeff")))]
    assert names == [
        "",
        "area: Eno, hit: false",
        "area: Eno, hit: true",
        "area: Ilomantsi, hit: false",
        "area: Ilomantsi, hit: true",
    ]


def test_a_value_that_is_not_there_is_a_segment(tmp_path: Path) -> None:
    made = project(tmp_path, rows(("Eno", 10, 10), (None, 6, 6)), {"by": ["area"]})
    assert segments(made.evaluate()) == {("Eno",): (10, 20), (None,): (6, 12)}
    assert "(no value)" in made.run("evaluate", "--lang", "en").output


def test_a_source_without_the_column_is_evaluated_as_a_whole(tmp_path: Path) -> None:
    run = project(tmp_path, BIG, {"by": ["areaa"]}).evaluate()
    (indicator,) = run.indicators()
    assert indicator["status"] == "not_met"
    assert indicator["segments"] == []
    assert "not broken down by 'areaa': there is no column 'areaa' (did you mean 'area'?)" in indicator["notes"]


def test_numbers_of_different_values_are_right_for_the_whole_and_each_segment(tmp_path: Path) -> None:
    found = rows(("Eno", 20, 0), ("Juuka", 20, 0))
    for place, row in enumerate(found):
        row["company"] = f"company {place % 12}"
    made = project(tmp_path, found, {"by": ["area"]})
    counted = {**COUNT, "statistic": "distinct", "column": "company", "target": ">= 10"}
    made.write(
        "rules/p/plan.toml",
        write_toml({"plan": {**PLAN, "by": ["area"]}, "objective": {"o": {"indicator": {"i": counted}}}}),
    )
    (indicator,) = made.evaluate().indicators()
    assert indicator["to_date"]["value"] == "12"
    assert [found["to_date"]["value"] for found in indicator["segments"]] == ["12", "12"]


def test_the_statuses_of_a_segment_are_combined_over_the_parts(tmp_path: Path) -> None:
    made = project(tmp_path, BIG, {})
    parts = {"one": SHARE, "two": {**SHARE, "target": ">= 20 %"}}
    plan = {
        "plan": {**PLAN, "by": ["area"]},
        "objective": {"o": {"indicator": {"i": {"combine": "worst", "part": parts}}}},
    }
    made.write("rules/p/plan.toml", write_toml(plan))
    (indicator,) = made.evaluate().indicators()
    assert [(found["segment"]["area"], found["status"]) for found in indicator["segments"]] == [
        ("Eno", "met"),
        ("Ilomantsi", "not_met"),
    ]


def test_months_and_quarters_are_in_the_report(tmp_path: Path) -> None:
    found = [
        row for month, hits in ((1, 5), (2, 6), (4, 7)) for row in rows(("Eno", hits, 8), day=date(2025, month, 9))
    ]
    (indicator,) = project(tmp_path, found, {}).evaluate().indicators()
    shown = {
        name: [(one["as_of"], one["numerator"], one["denominator"]) for one in indicator["series"][name]]
        for name in ("months", "quarters")
    }
    assert shown == {
        "months": [("2025-01-31", "5", "13"), ("2025-02-28", "6", "14"), ("2025-04-30", "7", "15")],
        "quarters": [("2025-03-31", "11", "27"), ("2025-05-31", "7", "15")],
    }


def test_a_small_month_is_hidden_with_another_of_its_quarter(tmp_path: Path) -> None:
    found = [
        row
        for month, hits in ((1, 2), (2, 20), (3, 30), (4, 40))
        for row in rows(("Eno", hits, 8), day=date(2025, month, 9))
    ]
    (indicator,) = project(tmp_path, found, {}).evaluate().indicators()
    hidden = [month["as_of"] for month in indicator["series"]["months"] if month["suppressed"]]
    assert hidden == ["2025-01-31", "2025-02-28"]
    assert all(month["value"] is None for month in indicator["series"]["months"] if month["suppressed"])
    assert not any(quarter["suppressed"] for quarter in indicator["series"]["quarters"])


AREAS = ("Eno", "Juuka", "Kitee", "Outo", " eno")


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(AREAS), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8))
def test_segments_that_are_shown_are_counted_right_and_large_enough(
    tmp_path_factory: pytest.TempPathFactory, groups: list[tuple[str, int, int]]
) -> None:
    found = rows(("Eno", 6, 6), *groups)
    plan = {"by": ["area"], "units": {"area": ["Eno", "Juuka", "Kitee"]}}
    run = project(tmp_path_factory.mktemp("plan"), found, plan).evaluate()
    counted: dict[str, list[int]] = {}
    for area, hits, misses in [("Eno", 6, 6), *groups]:
        sums = counted.setdefault("Eno" if area == " eno" else area, [0, 0])
        sums[0] += hits
        sums[1] += hits + misses
    for (name,), value in segments(run).items():
        if value == "missing":
            assert not counted.get(str(name), [0, 0])[1]
        elif value != "suppressed":
            assert list(value) == counted[str(name)]
            hits, cases = value
            assert not any(0 < number < 5 for number in (hits, cases, cases - hits))
    whole = run.indicators()[0]["to_date"]
    assert Fraction(whole["numerator"]) == sum(hits for hits, _ in counted.values())


def test_a_name_of_a_case_that_comes_twice_is_counted_and_named(tmp_path: Path) -> None:
    found = [{**row, "case": str(place // 2)} for place, row in enumerate(BIG)]
    made = project(tmp_path, found, {}, id="case")
    (indicator,) = made.evaluate().indicators()
    said = "20 rows repeat a value of 'case', which is to name one case each"
    assert said in indicator["notes"]
    check = made.run("check")
    assert f"source 'rows': {said}" in check.errors
    assert check.code == 2


@pytest.mark.parametrize(
    ("format_", "number", "times"), [("markdown", 2, 2), ("markdown", 3, 1), ("table", 3, 1), ("csv", 3, 3)]
)
def test_a_remark_of_many_rows_is_said_once_below_the_table(
    tmp_path: Path, format_: str, number: int, times: int
) -> None:
    made = project(tmp_path, [{**row, "case": str(place // 2)} for place, row in enumerate(BIG)], {}, id="case")
    indicators = {f"i{place}": SHARE for place in range(number)}
    made.write("rules/p/plan.toml", write_toml({"plan": PLAN, "objective": {"o": {"indicator": indicators}}}))
    said = "20 rows repeat a value of 'case', which is to name one case each"
    printed = " ".join(made.run("evaluate", "--lang", "en", "--format", format_).output.split())
    assert printed.count(said) == times
    assert (f"{said}: i0, i1, i2" in printed) == (times == 1)


def test_rows_dated_after_the_day_of_the_evaluation_are_counted_and_named(tmp_path: Path) -> None:
    made = project(tmp_path, [*BIG, *rows(("Eno", 3, 0), day=date(2025, 6, 1))], {})
    run = made.run("evaluate", "--lang", "en", "--format", "csv")
    assert "3 rows left out: dated after the day of the evaluation" in run.output
    assert made.evaluate().indicators()[0]["to_date"]["denominator"] == "40"
    deadlines = {"metric": "deadline_compliance", "source": "rows", "start": "day", "end": "done", "within": "<= 9 d"}
    made.write("config.toml", (tmp_path / "config.toml").read_text().replace("hit = true", "done = 2025-03-02"))
    plan = {"plan": PLAN, "objective": {"o": {"indicator": {"i": deadlines}}}}
    made.write("rules/p/plan.toml", write_toml(plan))
    run = made.run("evaluate", "--lang", "en", "--format", "csv")
    assert "3 rows left out: dated after the day of the evaluation" in run.output


@pytest.mark.parametrize(("source", "plan"), [({"until": date(2025, 4, 30)}, {}), ({}, {"due": date(2025, 4, 30)})])
def test_rows_dated_later_are_named_though_the_days_that_count_end_before(
    tmp_path: Path, source: dict[str, Any], plan: dict[str, Any]
) -> None:
    made = project(tmp_path, [*BIG, *rows(("Eno", 3, 0), day=date(2025, 6, 1))], plan, **source)
    printed = made.run("evaluate", "--lang", "en", "--format", "csv").output
    assert "3 rows left out: dated after the day of the evaluation" in printed


def test_what_was_read_is_said_and_the_query_shown(tmp_path: Path) -> None:
    made = project(tmp_path, BIG, {"by": ["area"]})
    said = made.run("evaluate", "--lang", "en", "--verbose").errors
    assert "rows: 4 aggregates of 1 parts in one read, 2 cells (area)" in said
    assert "SELECT" in made.run("explain", "p.o.i", "--lang", "en").output
