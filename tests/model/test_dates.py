"""Partial dates keep what is known, and no more."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.dates import PartialDate, Precision

partial = st.builds(
    lambda day, text: PartialDate.parse(f"{day:{text}}"),
    st.dates(date(1900, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%Y-%m", "%Y"]),
)


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31), Precision.YEAR),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29), Precision.MONTH),
        ("2020-09-07", date(2020, 9, 7), date(2020, 9, 7), Precision.DAY),
    ],
)
def test_a_date_means_no_more_than_is_known(
    text: str, first: date, last: date, precision: Precision
) -> None:
    known = PartialDate.parse(text)
    assert (known.first, known.last, known.precision) == (first, last, precision)


@pytest.mark.parametrize(
    "text",
    ["", "2024-02-30", "2024-13", "03/04/2024", "44927", "весна 2021", "2020-9-7", " 2020",
     "2020-09-07T00:00", "٢٠٢٠", "0000"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        PartialDate.parse(text)


@given(partial)
def test_what_is_written_reads_the_same(known: PartialDate) -> None:
    assert PartialDate.parse(str(known)) == known


@given(partial, partial)
def test_dates_overlap_when_they_may_mean_one_day(one: PartialDate, other: PartialDate) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    assert one.overlaps(other) == (max(one.first, other.first) <= min(one.last, other.last))
