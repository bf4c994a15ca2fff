"""Spelling: the keys of many people, made in a process of its own while others are written."""

import asyncio
import json
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import BinaryIO, cast

from db.batches import batches
from exchange.people import Entry
from model.people import Person
from names import keys_of

Names = tuple[str, ...]
"""What one person is called."""

Spelt = Mapping[Names, frozenset[int]]
"""The keys of all who are called so."""

Spell = Callable[[Sequence[Names]], Awaitable[Spelt]]

WORTH_A_PROCESS = 2000
"""People whose keys take as long as starting Python does."""
_LONGEST_ANSWER = 2**24
"""Bytes; a batch of people with as many keys as one may have takes half a million."""


@asynccontextmanager
async def spelling(many: int) -> AsyncIterator[Spell]:
    """Yield what makes the keys of so many people, whatever becomes of its process."""
    if many < WORTH_A_PROCESS:
        yield _spell_here
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", __name__),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        limit=_LONGEST_ANSWER,
        # Ctrl-C is meant for us: the process ends when nobody asks it any more.
        start_new_session=True,
    )
    asking = cast(StreamWriter, process.stdin)
    speller = _Speller(asking, cast(StreamReader, process.stdout))
    try:
        yield speller.spell
    finally:
        asking.close()
        await process.wait()


async def _spell_here(called: Sequence[Names]) -> Spelt:
    return {names: keys_of(names) for names in called}


class _Speller:
    def __init__(self, asking: StreamWriter, answers: StreamReader) -> None:
        self._asking = asking
        self._answers = answers

    async def spell(self, called: Sequence[Names]) -> Spelt:
        found: dict[Names, frozenset[int]] = {}
        for some in batches(called):
            try:
                found |= await self._ask(some)
            except (OSError, ValueError):
                # The process was killed, or never came to life.
                found |= await _spell_here(some)
        return found

    async def _ask(self, called: Sequence[Names]) -> Spelt:
        self._asking.write(json.dumps(called).encode() + b"\n")
        await self._asking.drain()
        spelt = json.loads(await self._answers.readline())
        return {names: frozenset(keys) for names, keys in zip(called, spelt, strict=True)}


def names_of(one: Person | Entry) -> Names:
    """Return what somebody is called."""
    return tuple(name.text for name in one.names)


def answer(asking: BinaryIO, answers: BinaryIO) -> None:
    """Answer line by line until nobody asks any more."""
    for line in asking:
        spelt = [sorted(keys_of(names)) for names in json.loads(line)]
        answers.write(json.dumps(spelt).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    answer(sys.stdin.buffer, sys.stdout.buffer)
