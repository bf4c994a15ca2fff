"""Partial dates, in the two columns that keep one."""

from datetime import date

from model.dates import PartialDate, Precision


def write(on: PartialDate | None) -> dict[str, object]:
    """Return what the columns hold."""
    return {
        "on_value": None if on is None else on.value,
        "on_precision": None if on is None else on.precision,
    }


def read(value: date | None, precision: str | None) -> PartialDate | None:
    """Return the date that the columns hold."""
    return None if value is None or precision is None else PartialDate(value, Precision(precision))
