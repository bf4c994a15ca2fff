"""Answering what a program asks, in JSON."""

import json
from typing import TextIO

import msgspec

from services.search import Search

_LONGEST_LINE = 100_000


class Asked(msgspec.Struct):
    """One line of what a program asks; it may add fields of its own, like a number."""

    text: str


async def answer_lines(search: Search, lines: TextIO, answers: TextIO) -> None:
    """Answer JSON lines with JSON lines, each as soon as it is there.

    A line that cannot be read is answered with its error, and the next one is read.
    """
    decode = msgspec.json.Decoder(Asked).decode
    # Nothing else goes on here that could not wait for the line: another thread to read it would
    # cost a good part of an answer.
    while line := lines.readline(_LONGEST_LINE):
        if not line.strip():
            continue
        if len(line) == _LONGEST_LINE and not line.endswith("\n"):
            # One line has one answer, however long it is.
            while (rest := lines.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
                pass
        try:
            asked = decode(line)
            answer = await as_json(search, asked.text)
        except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError) as exc:
            answer = json.dumps({"error": str(exc)}, ensure_ascii=False)
        answers.write(answer + "\n")
        answers.flush()


async def as_json(search: Search, text: str) -> str:
    """Answer a question in one line of JSON."""
    found = await search.find(text)
    told = {"ids": found.refs, "confident": found.sure, "why": found.why}
    return json.dumps(told, ensure_ascii=False)
