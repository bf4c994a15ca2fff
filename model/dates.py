"""Dates as the world knows them: often only a year or a month."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_ISO = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?")


class Precision(StrEnum):
    """How much of a date is known. The values are stored; never rename one."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date or the known part of one; ``value`` is the first day it may mean."""

    value: date
    precision: Precision = Precision.DAY

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read ``2020``, ``2020-09`` or ``2020-09-07``.

        Raises:
            ValueError: the text is not such a date, or there is no such day.
        """
        match = _ISO.fullmatch(text)
        if match is None:
            raise ValueError(f"not a date: {text!r}")
        year, month, day = match.groups()
        precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        return cls(date(int(year), int(month or 1), int(day or 1)), precision)

    @property
    def first(self) -> date:
        """The first day this date may mean."""
        return self.value

    @property
    def last(self) -> date:
        """The last day this date may mean."""
        year, month = self.value.year, self.value.month
        if self.precision is Precision.YEAR:
            return date(year, 12, 31)
        if self.precision is Precision.MONTH:
            return date(year, month, calendar.monthrange(year, month)[1])
        return self.value

    def overlaps(self, other: "PartialDate") -> bool:
        """Say whether both may mean the same day."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        return self.value.isoformat()[: {"year": 4, "month": 7, "day": 10}[self.precision]]
