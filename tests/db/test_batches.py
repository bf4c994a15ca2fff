"""Batches lose nothing and repeat nothing."""

from hypothesis import given
from hypothesis import strategies as st

from db.batches import SIZE, batches


@given(st.integers(0, 3 * SIZE), st.sampled_from([SIZE, 7]))
def test_batches_hold_everything_once(n: int, size: int) -> None:
    cut = list(batches(range(n), size))
    assert [item for batch in cut for item in batch] == list(range(n))
    assert all(0 < len(batch) <= size for batch in cut)
