"""Writes the rows of cases of this plan. They are SYNTHETIC: none describes a real person, employer or meeting.

The rows are made so that counting them gives the published numbers exactly: 62 % and 48 % of meetings held face to
face, 68 % of integration plans made in less than 30 days, 34 days to fill a vacancy, 505 contacts in May. Where no
number was published they are made to give the published status. Rows that a filter has to leave out would change the
number if they were counted.

    python rules/north-karelia-2025-cases/generate.py [FOLDER]

writes the csv files into FOLDER, or beside this file. The same files come out on every run: of the random numbers only
`random()` is used, the one sequence that is promised to stay the same in every version of Python.
"""

import csv
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

SEED = 2025
FIRST, LAST = date(2025, 1, 2), date(2025, 5, 31)
LAST_PASSED = date(2025, 5, 2)  # day 29, the last one in time, is 31 May
MUNICIPALITIES = (
    "Heinävesi", "Ilomantsi", "Joensuu", "Juuka", "Kitee", "Kontiolahti", "Lieksa",
    "Liperi", "Nurmes", "Outokumpu", "Polvijärvi", "Rääkkylä", "Tohmajärvi",
)  # fmt: skip
# Joensuu is much larger than the others.
PLACES = MUNICIPALITIES + 9 * ("Joensuu",) + 2 * ("Kitee", "Kontiolahti", "Lieksa", "Liperi", "Nurmes")

Row = dict[str, object]
T = TypeVar("T")


def meetings(random: Random) -> list[Row]:
    """Interviews, 310 of 500 face to face, and discussions, 288 of 600; 7 have no channel, 54 more were not held."""
    held = {
        "initial_interview": {"face_to_face": 310, "remote": 130, "phone": 57, None: 3},
        "job_search_discussion": {"face_to_face": 288, "remote": 190, "phone": 118, None: 4},
    }
    rows = [
        meeting(random, kind, channel, "held")
        for kind, channels in held.items()
        for channel, number in channels.items()
        for _ in range(number)
    ]
    rows += [
        meeting(random, kind, "face_to_face", status)
        for kind in held
        for status in 18 * ("cancelled",) + 9 * ("no_show",)
    ]
    return by(rows, "held_on")


def meeting(random: Random, kind: str, channel: str | None, status: str) -> Row:
    return {
        "kind": kind,
        "channel": channel,
        "held_on": workday(random, FIRST, LAST),
        "municipality": pick(random, PLACES),
        "status": status,
    }


def assessments(random: Random) -> list[Row]:
    """Service-need assessments of cases that began in the last months of 2024, before the system update."""
    rows: list[Row] = [
        # Three months from 30 November end on 28 February.
        {"started_on": date(2024, 11, 30), "assessed_on": date(2025, 2, 28), "municipality": "Nurmes"},
        {"started_on": date(2024, 11, 29), "assessed_on": date(2025, 3, 3), "municipality": "Joensuu"},
        {"started_on": date(2024, 12, 30), "assessed_on": None, "municipality": "Lieksa"},
    ]
    for _ in range(60):
        started = workday(random, date(2024, 10, 1), date(2024, 12, 31))
        assessed = started + timedelta(days=number(random, 5, 85))
        rows.append({"started_on": started, "assessed_on": assessed, "municipality": pick(random, PLACES)})
    return by(rows, "started_on")


def mappings(random: Random) -> list[Row]:
    """Skills and language mappings; the immigrant services of each of the 13 municipalities are used at least once."""
    used: list[tuple[str, str | None]] = [(place, "used") for place in MUNICIPALITIES]
    used += [(pick(random, PLACES), pick(random, ("used", "used", "not_used", None))) for _ in range(150)]
    rows: list[Row] = [
        {"mapped_on": workday(random, FIRST, LAST), "municipality": place, "immigrant_services": services}
        for place, services in used
    ]
    return by(rows, "mapped_on")


def integration_plans(random: Random) -> list[Row]:
    """200 cases whose 30 days have passed, 136 of them in time; 38 that still have time; 9 that moved away."""
    edges = [
        (date(2025, 1, 30), date(2025, 2, 28)),  # day 29, in time
        (date(2025, 1, 29), date(2025, 2, 28)),  # day 30, late
        (date(2025, 3, 3), date(2025, 3, 3)),  # made at once, in time
        (LAST_PASSED, LAST),  # day 29 on the last day, in time
        (LAST_PASSED, None),  # day 29 has passed without a plan, overdue
        (LAST_PASSED + timedelta(days=1), None),  # still has a day
    ]
    in_time = [after(start, number(random, 0, 29)) for start in days(random, 133, FIRST, LAST_PASSED)]
    late = [late_plan(random) for _ in range(43)]
    overdue = [(start, None) for start in days(random, 19, date(2025, 3, 1), LAST_PASSED)]
    early = [after(start, number(random, 0, (LAST - start).days)) for start in days(random, 14, date(2025, 5, 3), LAST)]
    waiting = [(start, None) for start in days(random, 23, date(2025, 5, 3), LAST)]
    moved = [(start, None) for start in days(random, 9, FIRST, date(2025, 4, 30))]
    open_cases = edges + in_time + late + overdue + early + waiting
    rows = [plan_row(random, case, None) for case in open_cases]
    rows += [plan_row(random, case, "moved_away") for case in moved]
    return by(rows, "started_on")


def late_plan(random: Random) -> tuple[date, date]:
    waited = number(random, 30, 75)
    return after(day(random, FIRST, LAST - timedelta(days=waited)), waited)


def plan_row(random: Random, case: tuple[date, date | None], closed: str | None) -> Row:
    started, made = case
    place = pick(random, PLACES)
    return {"started_on": started, "plan_made_on": made, "municipality": place, "closed_reason": closed}


def vacancies(random: Random) -> list[Row]:
    """150 vacancies filled in 34 days on the mean, some opened before the year; 40 still open; 8 cancelled orders."""
    waits = with_mean([12 + int(90 * random.random() * random.random()) for _ in range(149)], 34)
    statuses = 2 * [None] + 147 * ["filled"]
    rows = [vacancy(random, workday(random, FIRST, LAST), *each) for each in zip(waits, statuses, strict=True)]
    rows.append(vacancy(random, date(2025, 2, 28), 34, "filled"))
    rows += [vacancy(random, workday(random, FIRST, LAST), number(random, 100, 200), "cancelled") for _ in range(8)]
    for opened in days(random, 40, date(2025, 2, 1), LAST):
        place = pick(random, PLACES)
        rows.append({"opened_on": opened, "filled_on": None, "municipality": place, "status": "open"})
    return by(rows, "opened_on")


def vacancy(random: Random, filled: date, waited: int, status: str | None) -> Row:
    opened = filled - timedelta(days=waited)
    return {"opened_on": opened, "filled_on": filled, "municipality": pick(random, PLACES), "status": status}


def contacts(random: Random) -> list[Row]:
    """505 contacts with companies in May, 5 of them without a status; 14 cancelled ones."""
    rows: list[Row] = [
        {
            "contact_on": workday(random, date(2025, 5, 1), LAST),
            "kind": pick(random, ("visit", "call", "call", "message", "event")),
            "municipality": pick(random, PLACES),
            "status": status,
        }
        for status in 500 * ["held"] + 5 * [None] + 14 * ["cancelled"]
    ]
    return by(rows, "contact_on")


def staff(random: Random) -> list[Row]:
    """A staff list: 45 employees at customer work, 3 on leave, 6 at other work."""
    duties = 45 * [("customer_work", "at_work")] + 3 * [("customer_work", "on_leave")] + 6 * [("support", "at_work")]
    return [
        {"employee": f"employee-{place:02}", "role": role, "presence": presence}
        for place, (role, presence) in enumerate(duties, start=1)
    ]


def placements(random: Random) -> list[Row]:
    """Offers, bulletins and introductions by the 45 at customer work; the last three of them only wrote bulletins."""
    mixed = ("job_offer", "job_offer", "job_bulletin", "introduction")
    made = [
        (f"employee-{place:02}", kind)
        for place in range(1, 46)
        for kind in [pick(random, mixed if place <= 42 else mixed[2:3]) for _ in range(number(random, 1, 8))]
    ]
    made += [(f"employee-{place:02}", "reminder") for place in range(1, 46)]
    rows: list[Row] = [
        {"employee": employee, "kind": kind, "made_on": workday(random, FIRST, LAST)} for employee, kind in made
    ]
    return by(rows, "made_on")


def steps(random: Random) -> list[Row]:
    """Steps of two programmes; those of the ecosystem are done."""
    header = ("programme", "step", "due_on", "done_on", "evidence")
    due = date(2025, 12, 31)
    table = (
        ("ecosystem", "programme started", due, date(2025, 3, 18), "seminar for partners"),
        ("ecosystem", "groups at work", due, date(2025, 5, 20), "joint development work"),
        ("digital_services", "online booking in use", date(2025, 4, 30), None, None),
    )
    return [dict(zip(header, line, strict=True)) for line in table]


def trainings(random: Random) -> list[Row]:
    """People in purchased trainings; the state after three months is known for those that ended in 2024 alone."""
    rows = [
        training(ended, "completed", pick(random, ("employed", "studying", "unemployed")))
        for ended in [date(2024, 11, 30), *days(random, 24, date(2024, 10, 1), date(2024, 12, 31))]
    ]
    rows += [
        training(ended, pick(random, ("completed", "completed", "completed", "dropped_out")), None)
        for ended in [date(2025, 2, 28), *days(random, 59, FIRST, LAST)]
    ]
    return by(rows, "ended_on")


def training(ended: date, outcome: str, state: str | None) -> Row:
    return {"ended_on": ended, "outcome": outcome, "state_after_3_months": state}


def service_points(random: Random) -> list[Row]:
    """A service point in each municipality and a second one in Joensuu; support for the young is there, or remote."""
    places = [*MUNICIPALITIES, "Joensuu"]
    return [
        {
            "service_point": f"point-{place:02}",
            "municipality": municipality,
            "started_on": workday(random, FIRST, date(2025, 3, 31)),
            "youth_support": "in_person" if municipality == "Joensuu" else pick(random, ("in_person", "remote")),
        }
        for place, municipality in enumerate(places, start=1)
    ]


def pick(random: Random, items: Sequence[T]) -> T:
    return items[int(random.random() * len(items))]


def number(random: Random, least: int, most: int) -> int:
    return least + int(random.random() * (most - least + 1))


def day(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=number(random, 0, (last - first).days))


def days(random: Random, count: int, first: date, last: date) -> list[date]:
    return [day(random, first, last) for _ in range(count)]


def workday(random: Random, first: date, last: date) -> date:
    """A day from Monday to Friday; holidays are not looked at."""
    span = (first + timedelta(days=place) for place in range((last - first).days + 1))
    return pick(random, [each for each in span if each.weekday() < 5])


def after(start: date, waited: int) -> tuple[date, date]:
    return start, start + timedelta(days=waited)


def with_mean(numbers: list[int], mean: int) -> list[int]:
    """The numbers, shifted by about the same so that their mean is exactly `mean`."""
    excess = sum(numbers) - mean * len(numbers)
    whole, rest = divmod(excess, len(numbers))
    return [each - whole - (place < rest) for place, each in enumerate(numbers)]


def by(rows: list[Row], column: str) -> list[Row]:
    """The rows in the order of a date; rows of one day stay in the order they were made."""
    return sorted(rows, key=lambda row: str(row[column]))


TABLES: tuple[Callable[[Random], list[Row]], ...] = (
    meetings, assessments, mappings, integration_plans, vacancies, contacts, staff, placements, steps, trainings,
    service_points,
)  # fmt: skip


def write(folder: Path) -> None:
    """Write every table into the folder; each has a sequence of its own, so changing one leaves the others alone."""
    for table in TABLES:
        rows = table(Random(SEED))
        with (folder / f"{table.__name__}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
