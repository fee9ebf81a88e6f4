"""The follow-up table as CSV that Excel opens: for Finnish and Swedish with `;` and a decimal comma.

The file begins with a byte order mark. A cell that a spreadsheet would run as a formula gets an apostrophe in
front (OWASP, CSV injection).
"""

import csv
import io

from engine import Reporter, hookimpl

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def render(params, report):
    text = io.StringIO()
    writer = csv.writer(text, delimiter="," if report.language == "en" else ";", lineterminator="\r\n")
    headings = report.plans[0].headings if report.plans else ()
    writer.writerow(("plan", "path", "segment", *headings, "status"))
    for plan in report.plans:
        for row in plan.rows:
            cells = (
                plan.id,
                row.path,
                "",
                row.objective,
                "\n".join(row.indicator),
                row.owner,
                "\n".join((*row.actual, *row.remarks)),
                "\n".join(row.forecast),
                row.status,
            )
            writer.writerow([_defused(cell) for cell in cells])
            for segment in row.segments:
                parts = (segment.label, row.objective, row.indicator[0], row.owner, segment.actual, segment.forecast)
                writer.writerow([_defused(cell) for cell in (plan.id, row.path, *parts, segment.status)])
    yield text.getvalue().encode("utf-8-sig")


def _defused(cell):
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


@hookimpl
def engine_reporter():
    return Reporter(name="csv", render=render)
