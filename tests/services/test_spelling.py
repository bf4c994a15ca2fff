"""Keys are made in a process of its own, and none is missing whatever becomes of it."""

import json
import os
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest

from db import people
from db.connection import Database
from model.people import Name, Person, PersonId
from names import keys_of
from services import name_index, spelling
from services.name_index import NameIndex
from tests.services.test_name_index import filed
from tests.watch import AT_MOST

CALLED = [("Алена Лясная",), ("Барыс Палявы", "Barys Palavy"), ("",)]
SPELT = {names: keys_of(names) for names in CALLED}


def children_of(process: int) -> set[int]:
    """Return the processes that make keys for another."""
    found = subprocess.run(
        ["/usr/bin/pgrep", "-P", str(process), "-f", "--", f"-m {spelling.__name__}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return set(map(int, found.stdout.split()))


def children() -> set[int]:
    return children_of(os.getpid())


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spelling, "WORTH_A_PROCESS", 3)


async def test_many_are_spelt_by_a_process_that_ends_with_the_work() -> None:
    async with spelling.spelling(3) as spell:
        assert len(children()) == 1
        assert await spell(CALLED) == SPELT
        assert await spell([]) == {}
        assert await spell(CALLED[:1]) == {CALLED[0]: SPELT[CALLED[0]]}
    assert children() == set()


async def test_few_are_spelt_here() -> None:
    async with spelling.spelling(2) as spell:
        assert children() == set()
        assert await spell(CALLED) == SPELT


async def test_who_is_killed_is_done_without() -> None:
    async with spelling.spelling(3) as spell:
        assert await spell(CALLED[:1]) == {CALLED[0]: SPELT[CALLED[0]]}
        (child,) = children()
        os.kill(child, signal.SIGKILL)
        assert await spell(CALLED) == SPELT
        assert await spell(CALLED) == SPELT


async def test_ctrl_c_does_not_reach_it() -> None:
    async with spelling.spelling(3):
        (child,) = children()
        assert os.getpgid(child) != os.getpgid(0)


def test_it_ends_when_we_are_killed(tmp_path: Path) -> None:
    program = tmp_path / "asking.py"
    program.write_text(
        "import asyncio\n"
        "from services import spelling\n"
        "async def work():\n"
        "    async with spelling.spelling(10**6) as spell:\n"
        "        await spell([('Алена Лясная',)])\n"
        "        print(flush=True)\n"
        "        await asyncio.sleep(99)\n"
        "asyncio.run(work())\n"
    )
    root = str(Path(spelling.__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, str(program)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    ) as asking:
        assert asking.stdout is not None
        asking.stdout.readline()
        (left,) = children_of(asking.pid)
        asking.kill()
    give_up = time.monotonic() + AT_MOST
    while Path(f"/proc/{left}").exists() and time.monotonic() < give_up:
        time.sleep(0.05)
    assert not Path(f"/proc/{left}").exists()


def test_it_answers_line_by_line_until_nobody_asks() -> None:
    answers = BytesIO()
    spelling.answer(BytesIO(b"%s\n[]\n" % json.dumps(CALLED).encode()), answers)
    first, second = map(json.loads, answers.getvalue().splitlines())
    assert first == [sorted(SPELT[names]) for names in CALLED]
    assert second == []


async def test_a_rebuild_takes_the_keys_that_are_made_beside(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_index, "_BATCH_ALONE", 2)
    everybody = [
        Person(PersonId(n), f"ref-{n}", (Name(f"Алена {name}", "be"),))
        for n, name in enumerate(("Лясная", "Лугавая", "Палявая", "Рачная", "Гаёвая"), 1)
    ]
    async with database.write() as conn:
        await people.add_many(conn, [(one, [1]) for one in everybody])

    def _nobody(_: object) -> frozenset[int]:
        raise AssertionError("it was made here")

    monkeypatch.setattr(name_index, "keys_of", _nobody)
    await NameIndex(database).rebuild()
    assert await filed(database) == {
        one.id: keys_of(name.text for name in one.names) for one in everybody
    }
