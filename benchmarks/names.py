"""How fast and how rightly people are found, beside two usual ways, asked the same questions.

    python -m benchmarks.names [--people N] [--questions N] [--database sqlite|postgresql]
                               [--set FOLDER]

Every way has a process of its own, so that its memory is its own. The people are invented; a
folder may bring others: ``people.jsonl`` ({"id", "names": [{"text", "lang"}], "gender"}) and
``queries.jsonl`` ({"text", "expected": [ids], "ok": [ids]}).
"""

import argparse
import asyncio
import json
import multiprocessing
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ParamSpec, TypeVar

from anyascii import anyascii
from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, text

from benchmarks import crowd
from db import people, upkeep
from db.connection import open_database
from model.people import Gender, Name, Person, PersonId
from services.name_index import NameIndex
from services.search import Search

BAR = (5.0, 15.0)
"""Milliseconds within which 95, and 99, of 100 questions are answered, of 10,000 people."""
AMONG_A_MILLION = (25.0, 100.0)
FALSE = 0.003
"""The share of absent persons whom somebody else may be taken for."""
_BATCH = 2000
_SURE = 92
"""The score from which brute force takes the best for the one who is meant."""
_LIKELY = 75

P = ParamSpec("P")
R = TypeVar("R")

Found = tuple[list[str], bool]
"""References, best first, and whether the first is surely meant."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, whom it means, and who may also be meant."""

    text: str
    expected: frozenset[str]
    ok: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Made:
    """What it took to make an index."""

    seconds: float
    size: float
    """Bytes a person."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How one way did."""

    times: Sequence[float]
    """Milliseconds."""
    found: Sequence[Found]
    memory: float
    """Megabytes at most."""


@dataclass(frozen=True, slots=True)
class Set:
    """Where people come from, and what is asked."""

    size: int
    questions: int
    folder: Path | None = None

    def people(self) -> Iterator[Person]:
        """Yield everybody."""
        if self.folder is None:
            for number, one in enumerate(crowd.invent(self.size), 1):
                yield Person(PersonId(number), one.ref, one.names, one.gender, one.born)
            return
        with (self.folder / "people.jsonl").open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                row = json.loads(line)
                names = tuple(Name(name["text"], name["lang"]) for name in row["names"])
                gender = Gender(row["gender"]) if row.get("gender") else None
                yield Person(PersonId(number), row["id"], names, gender, row.get("born"))

    def asked(self) -> Sequence[Asked]:
        """Return the questions."""
        if self.folder is None:
            return [Asked(q.text, q.expected) for q in crowd.ask(self.size, self.questions)]
        with (self.folder / "queries.jsonl").open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in islice(file, self.questions)]
        return [
            Asked(row["text"], frozenset(row["expected"]), frozenset(row["ok"])) for row in rows
        ]


# --- Vestka -----------------------------------------------------------------------------------


def make_vestka(given: Set, url: str) -> Made:
    """List everybody, and then make the index."""
    return asyncio.run(_make_vestka(given, url))


async def _make_vestka(given: Set, url: str) -> Made:
    await upkeep.migrate(url)
    database = open_database(url)
    everybody = given.people()
    while batch := list(islice(everybody, _BATCH)):
        async with database.write() as conn:
            await people.add_many(conn, [(one, ()) for one in batch])
    begun = time.perf_counter()
    count = await NameIndex(database).rebuild()
    seconds = time.perf_counter() - begun
    await database.close()
    return Made(seconds, _index_size(url) / count)


def _index_size(url: str) -> float:
    engine = create_engine(url.replace("+aiosqlite", ""))
    with engine.connect() as conn:
        if engine.dialect.name == "postgresql":
            asked = text("SELECT pg_total_relation_size('filing')")
        else:
            asked = text("SELECT sum(pgsize) FROM dbstat WHERE name IN ('bearer', 'filing')")
        size = float(conn.execute(asked).scalar_one())
    engine.dispose()
    return size


def ask_vestka(asked: Sequence[Asked], url: str) -> Measure:
    """Put the questions to Vestka, as ``vestka ask`` does."""
    return asyncio.run(_ask_vestka(asked, url))


async def _ask_vestka(asked: Sequence[Asked], url: str) -> Measure:
    database = open_database(url)
    search = Search(database)
    await search.find("Янка Купала")
    times, found = [], []
    for question in asked:
        begun = time.perf_counter()
        answer = await search.find(question.text)
        times.append(1000 * (time.perf_counter() - begun))
        found.append((list(answer.refs), answer.sure))
    await database.close()
    return Measure(times, found, _memory())


# --- two usual ways ---------------------------------------------------------------------------


def ask_everybody(asked: Sequence[Asked], given: Set) -> tuple[Made, Measure]:
    """Compare every question with every form: rapidfuzz over plain Latin letters."""
    begun = time.perf_counter()
    forms, refs = [], []
    for one in given.people():
        for name in one.names:
            forms.append(_plain(name.text))
            refs.append(one.ref)
    made = Made(time.perf_counter() - begun, 0.0)

    def answer(question: str) -> Found:
        best = process.extract(question, forms, scorer=fuzz.WRatio, limit=20)
        return _judged((refs[number], score) for _, score, number in best)

    return made, _timed(asked, answer)


def make_trigrams(given: Set, path: Path) -> Made:
    """Index every form by its trigrams: SQLite's FTS5."""
    begun = time.perf_counter()
    base = sqlite3.connect(path)
    base.execute("CREATE VIRTUAL TABLE forms USING fts5(form, ref UNINDEXED, tokenize='trigram')")
    count = 0
    for one in given.people():
        count += 1
        base.executemany(
            "INSERT INTO forms VALUES (?, ?)", [(_plain(n.text), one.ref) for n in one.names]
        )
    base.commit()
    base.close()
    return Made(time.perf_counter() - begun, path.stat().st_size / count)


def ask_trigrams(asked: Sequence[Asked], path: Path) -> Measure:
    """Take those who share most trigrams, and compare them as brute force does."""
    base = sqlite3.connect(path)

    def answer(question: str) -> Found:
        threes = {word[i : i + 3] for word in question.split() for i in range(len(word) - 2)}
        rows = base.execute(
            "SELECT form, ref FROM forms WHERE forms MATCH ? ORDER BY rank LIMIT 50",
            (" OR ".join(f'"{three}"' for three in sorted(threes) if three.isalnum()) or '""',),
        ).fetchall()
        scored = [(ref, fuzz.WRatio(question, form)) for form, ref in rows]
        return _judged(iter(sorted(scored, key=lambda one: -one[1])))

    return _timed(asked, answer)


def _plain(name: str) -> str:
    return anyascii(name).lower()


def _judged(scored: Iterator[tuple[str, float]]) -> Found:
    best: dict[str, float] = {}
    for ref, score in scored:
        if score >= _LIKELY:
            best.setdefault(ref, score)
    sure = [ref for ref, score in best.items() if score >= _SURE]
    return list(best)[:5], len(sure) == 1


def _timed(asked: Sequence[Asked], answer: Callable[[str], Found]) -> Measure:
    times, found = [], []
    for question in asked:
        begun = time.perf_counter()
        found.append(answer(_plain(question.text)))
        times.append(1000 * (time.perf_counter() - begun))
    return Measure(times, found, _memory())


# --- the table --------------------------------------------------------------------------------


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _apart(run: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
    """Run something in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(run, *given, **named).result()


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    """Yield the URL of a new database; PostgreSQL is that of the tests."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder}/state/vestka.db"
        return
    from tests.postgres import Postgres

    server = Postgres()
    yield server.make(tables=False)
    server.stop()


def _row(name: str, made: Made, measure: Measure, asked: Sequence[Asked]) -> tuple[str, ...]:
    cuts = statistics.quantiles(measure.times, n=100)
    present = [(q, f) for q, f in zip(asked, measure.found, strict=True) if q.expected]
    absent = [f for q, f in zip(asked, measure.found, strict=True) if not q.expected]
    first = sum(refs[:1] != [] and refs[0] in q.expected for q, (refs, _) in present)
    return (
        name,
        *(f"{cuts[n]:.1f}" for n in (49, 94, 98)),
        f"{measure.memory:.0f}",
        f"{100 * first / len(present):.1f}",
        f"{100 * _false(asked, measure):.1f}",
        f"{100 * sum(not refs for refs, _ in absent) / max(1, len(absent)):.1f}",
        f"{made.seconds:.0f}",
        f"{made.size:.0f}",
    )


def _false(asked: Sequence[Asked], measure: Measure) -> float:
    """Return the share of all questions on which somebody is surely taken who is not meant."""
    wrong = [
        sure and refs[0] not in q.expected | q.ok
        for q, (refs, sure) in zip(asked, measure.found, strict=True)
    ]
    return sum(wrong) / len(wrong)


def main() -> int:
    """Measure, print one table, and say whether the bars are held."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.names")
    arguments.add_argument("--people", type=int, default=10_000, metavar="N")
    arguments.add_argument("--questions", type=int, default=1_000, metavar="N")
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    arguments.add_argument("--set", type=Path, metavar="FOLDER")
    chosen = arguments.parse_args()
    given = Set(chosen.people, chosen.questions, chosen.set)
    asked = given.asked()
    console = Console(width=130)
    table = Table(
        "", "p50 ms", "p95", "p99", "MB", "right first %", "false %", "absent: silent %",
        "made in s", "bytes each",
        title=f"{len(asked)} questions among {sum(1 for _ in given.people()):,} people",
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="vestka-bench-") as name:
        folder = Path(name)
        with console.status("Vestka …"), _database(chosen.database, folder) as url:
            made = _apart(make_vestka, given, url)
            ours = _apart(ask_vestka, asked, url)
        table.add_row(*_row(f"Vestka, {chosen.database}", made, ours, asked))
        with console.status("SQLite FTS5 trigrams, ranked by rapidfuzz …"):
            made = _apart(make_trigrams, given, folder / "trigrams.db")
            found = _apart(ask_trigrams, asked, folder / "trigrams.db")
        table.add_row(*_row("FTS5 trigrams", made, found, asked))
        with console.status("rapidfuzz over everybody …"):
            made, found = _apart(ask_everybody, asked, given)
        table.add_row(*_row("rapidfuzz, all", made, found, asked))
    console.print(table)
    cuts = statistics.quantiles(ours.times, n=100)
    bars = BAR if given.size <= 10_000 else AMONG_A_MILLION
    good = cuts[94] <= bars[0] and cuts[98] <= bars[1] and _false(asked, ours) <= FALSE
    console.print(f"bars: p95 ≤ {bars[0]:g}, p99 ≤ {bars[1]:g}, false ≤ {100 * FALSE:g} %: "
                  f"{'held' if good else 'MISSED'}", highlight=False)  # fmt: skip
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
