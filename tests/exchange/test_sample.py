"""The sample is whole, and what is not whole is refused."""

import json
from importlib.resources import files

import pytest

from exchange.sample import read
from locales import LANGUAGES
from model.errors import BadInput

BYTES = (files("bot") / "sample" / "release-2025-12-13.json").read_bytes()


def test_everybody_is_described_in_every_language() -> None:
    sample = read(BYTES)
    for person in sample.people:
        assert set(person.about) == set(LANGUAGES)
        assert {"be", "ru", "en"} <= set(person.names)
        for event in person.events:
            assert set(event.notes) in (set(), set(LANGUAGES))
            assert set(event.place) in (set(), set(LANGUAGES))


def test_every_event_has_a_source_of_the_day() -> None:
    sample = read(BYTES)
    named = {name for p in sample.people for event in p.events for name in event.sources}
    counts = [*sample.release.total, *(c for g in sample.release.taken_to for c in g.counts)]
    named |= {count.source for count in counts}
    assert all(event.sources for p in sample.people for event in p.events)
    assert named == set(sample.sources)
    published = [source.published for source in sample.sources.values()]
    assert all(day is not None and day <= sample.as_known_on for day in published)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["people", 0, "events", 0, "sources"], ["nobody"]),
        (["people", 0, "events", 0, "on"], "13.12.2025"),
        (["people", 0, "gender"], "other"),
        (["release", "on"], "never"),
        (["release", "total"], [{"number": 1, "source": "nobody"}]),
        (["sources"], None),
    ],
)
def test_what_is_not_whole_is_refused(path: list[str | int], value: object) -> None:
    spoilt = json.loads(BYTES)
    inner = spoilt
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(BadInput, match="not a sample"):
        read(json.dumps(spoilt).encode())
