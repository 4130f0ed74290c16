"""Lists of people to enroll, pasted or as CSV: one learner a line, each fault with its line, column and code."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date

from core.text.dates import DateKind, date_fault

COLUMNS = ("learner_number", "starts_on")
MAX_ROWS = 5_000
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class RowFault:
    """The fault of one cell, with the `value` entered; lines count from 1, `column` is one of COLUMNS."""

    line: int
    column: str
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class EnrollmentRow:
    """One person to enroll; without a date, the day that is chosen for all applies."""

    line: int
    learner_number: str
    starts_on: date | None


def read_rows(text: str, *, today: date) -> tuple[tuple[EnrollmentRow, ...], tuple[RowFault, ...]]:
    """Return the rows of a list and every fault. Comma, semicolon or tab separate cells; a header line is optional.

    Empty rows are skipped. `today` decides which start dates are plausible.
    """
    lines = text.replace("\ufeff", "").splitlines()
    separator = next((mark for mark in "\t;," if any(mark in line for line in lines)), ",")
    rows: list[EnrollmentRow] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for number, cells in _cells(lines, separator):
        if not any(cells):  # a row that a spreadsheet keeps although it is empty
            continue
        if not seen and cells[0].casefold() == COLUMNS[0]:
            continue
        row, row_faults = _row(number, cells, today)
        if row.learner_number and row.learner_number in seen:
            row_faults = (*row_faults, RowFault(number, COLUMNS[0], "twice", row.learner_number))
        seen.setdefault(row.learner_number, number)
        rows.append(row)
        faults.extend(row_faults)
    if len(rows) > MAX_ROWS:
        faults.append(RowFault(MAX_ROWS + 1, "", "too_many", str(len(rows))))
    if not rows:
        faults.append(RowFault(1, COLUMNS[0], "empty"))
    return tuple(rows), tuple(faults)


def _cells(lines: list[str], separator: str) -> list[tuple[int, list[str]]]:
    """Return each line that is not blank, with its number. A line is a row: quotes cannot extend over its end."""
    numbered_lines = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            cells = next(csv.reader(io.StringIO(line), delimiter=separator), [""])
            numbered_lines.append((number, [cell.strip() for cell in cells]))
    return numbered_lines


def _row(number: int, cells: list[str], today: date) -> tuple[EnrollmentRow, tuple[RowFault, ...]]:
    faults: list[RowFault] = []
    values = [*cells, ""][: len(COLUMNS)]
    if any(cells[len(COLUMNS) :]):
        faults.append(RowFault(number, "", "too_many_columns", str(len(cells))))
    if not values[0]:
        faults.append(RowFault(number, COLUMNS[0], "missing"))
    starts_on = None
    if values[1]:
        starts_on, code = _start(values[1], today)
        if code:
            faults.append(RowFault(number, COLUMNS[1], code, values[1]))
    return EnrollmentRow(number, values[0], starts_on), tuple(faults)


def _start(text: str, today: date) -> tuple[date | None, str]:
    """Return the date in a cell and "", or no date and the code of its fault."""
    if not DAY.fullmatch(text):  # other spellings of ISO 8601, such as 20260901, are mostly mistakes here
        return None, "date_expected"
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, "date_expected"
    fault = date_fault(day, DateKind.GENERAL, today=today)
    return (None, fault.value) if fault else (day, "")
