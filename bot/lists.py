"""People files at the command line: what one would change, shown before it is done."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from exchange import people
from exchange.people import Entry
from handlers.context import Services
from model.cards import Card
from model.errors import BadInput, Misconfigured
from services.people import Differences

_SHOWN = 20


def read(file: Path) -> tuple[Entry, ...]:
    """Read a people file.

    Raises:
        BadInput: it cannot be read; says where and why.
    """
    try:
        return tuple(people.read(file.read_bytes()))
    except OSError as exc:
        raise BadInput(exc.strerror or "cannot be read", str(file)) from exc


async def change(
    services: Services,
    entries: Sequence[Entry],
    wanted: Callable[[Differences], bool],
    filing: Callable[[], AbstractContextManager[Callable[[int, int], None]]],
) -> bool:
    """Show what a file would change, change it if that is wanted, and say whether it was;
    ``filing`` shows how many people are filed, of how many.
    """
    found = await services.people.differences(entries)
    if not wanted(found) or not (found.new or found.changed):
        return False
    with filing() as progress:
        await services.people.apply(entries, progress=progress)
    return True


async def gather(services: Services) -> tuple[Card, ...]:
    """Return all that readers may know."""
    return tuple([card async for card in services.people.export()])


def write(cards: Sequence[Card], file: Path) -> None:
    """Write people to a new file.

    Raises:
        BadInput: the file's name ends in neither ``.csv`` nor ``.jsonl``.
        Misconfigured: the file is there already, or cannot be written.
    """
    if file.suffix not in {".csv", ".jsonl"}:
        raise BadInput("the name ends in .csv or .jsonl", str(file))
    named = {name.language for card in cards for name in card.person.names if name.language}
    described = {language for card in cards for language in card.person.about}
    lines = (
        people.write_csv(cards, sorted(named | described))
        if file.suffix == ".csv"
        else people.write_json(cards)
    )
    try:
        with file.open("x", encoding="utf-8", newline="") as out:
            out.writelines(lines)
    except FileExistsError as exc:
        raise Misconfigured(f"there is a file at {file} already; it was not touched") from exc
    except OSError as exc:
        raise Misconfigured(f"cannot write {file}: {exc.strerror}") from exc


def show(screen: Console, found: Differences) -> None:
    """Show what a file would change."""
    table = Table("", "how many", "for example")
    table.add_row("new", str(len(found.new)), _few([entry.ref for entry in found.new]))
    table.add_row(
        "changed", str(len(found.changed)), _few([one.person.ref for one in found.changed])
    )
    if found.odd:
        table.add_row("odd", str(len(found.odd)), _few([one.person.ref for one in found.odd]))
    table.add_row("same", str(found.same), "")
    screen.print(table)
    if found.odd:
        screen.print("Odd: the file says of the free or the dead that they are held. Look twice.")


def _few(refs: list[str]) -> str:
    return ", ".join(refs[:_SHOWN]) + (" …" if len(refs) > _SHOWN else "")


def told(found: Differences, *, applied: bool) -> dict[str, object]:
    """Return what a file would change, for programs."""
    return {
        "new": len(found.new),
        "changed": len(found.changed),
        "odd": [one.person.ref for one in found.odd],
        "same": found.same,
        "applied": applied,
    }
