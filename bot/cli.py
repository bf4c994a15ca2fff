"""The command line: ``vestka``.

Each command imports what it needs when it is called: with the whole bot behind every one of them,
a question at the command line was answered a second later.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from typer.core import TyperGroup

from bot import memory, settings
from bot.clock import now
from bot.garbage import rare_collections
from model.errors import BadInput, NotFound, VestkaError
from model.notices import EditorId, NoticeId
from model.parts import Part

if TYPE_CHECKING:
    from bot import disclosure, matching
    from handlers.context import Services
    from model.cards import Card
    from model.editors import Editor
    from model.interruptions import Arrears
    from model.notices import Dossier
    from services.people import Differences

T = TypeVar("T")

out = Console()
err = Console(stderr=True, soft_wrap=True)


class _OneLine(TyperGroup):
    """Commands whose refusals are one line, and never a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except VestkaError as exc:
            err.print(
                f"vestka: {str(exc) or 'there is no such thing'}", markup=False, highlight=False
            )
            raise typer.Exit(1) from None


def _group(text: str) -> typer.Typer:
    return typer.Typer(
        cls=_OneLine,
        help=text,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


app = _group("Vestka, a Telegram bot for the families of political prisoners.")
names_app = _group("The index in which questions find people.")
keys_app = _group("The key that seals what is stored about readers.")
editors_app = _group("Who may tell news, and hold it back.")
SPEED_NEEDS = 1.2
"""Seconds between two looks that tell how fast news goes out."""

import_app = _group("Read files; nobody is told anything.")
export_app = _group("Write files.")
release_app = _group("Release news, as far as an operator may go: approving is the editors'.")
app.add_typer(names_app, name="names")
app.add_typer(keys_app, name="keys")
app.add_typer(editors_app, name="editors")
app.add_typer(import_app, name="import")
app.add_typer(export_app, name="export")
app.add_typer(release_app, name="release")

Json = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]


@asynccontextmanager
async def _opened() -> AsyncIterator[Services]:
    """Open what is remembered, for a command that works beside the running bot."""
    from bot.app import make_services

    chosen = settings.read()
    async with memory.recall(chosen) as remembered:
        yield make_services(chosen, remembered, now, changed=lambda _: None)


def _go(work: Coroutine[Any, Any, T]) -> T:
    """Do the work of a command."""
    return asyncio.run(work)


def _with_notice(work: Coroutine[Any, Any, T]) -> T:
    """Do the work of a command that is given the number of a notice."""
    try:
        return _go(work)
    except NotFound:
        raise BadInput("there is no such notice; see: vestka release status") from None


def _tell(value: object, *, as_json: bool, text: str) -> None:
    if as_json:
        print(json.dumps(value, ensure_ascii=False))
    else:
        out.print(text, markup=False, highlight=False, soft_wrap=True)


# --- the bot ----------------------------------------------------------------------------------


@app.command()
def run(
    only: Annotated[
        Part | None, typer.Option(help="One part of the work, on PostgreSQL; others do the rest.")
    ] = None,
) -> None:
    """Run the bot until it is told to stop."""
    from bot import log
    from bot import run as running

    chosen = settings.read()
    log.set_up(chosen.log)
    _go(running.run(chosen, only=only))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the page is; 0 finds a free port.")] = 8082,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Try the whole bot in the browser: no token, no account, everything in a temporary folder."""
    from bot import demo as demonstration
    from bot import log

    log.set_up("warning")
    _go(demonstration.show(port=port, browser=browser, screen=out))


@app.command()
def setup() -> None:
    """Lead through the first hour: token, key on paper, database, two editors, backup, check."""
    from bot import setup as leading

    leading.lead(out)
    check()


@app.command()
def check(
    as_json: Json = False,
    quick: Annotated[bool, typer.Option("--quick", help="Ask nobody on the network.")] = False,
) -> None:
    """Say what is wrong, and the command that mends it."""
    from bot import check as checking

    findings = _go(checking.check(quick=quick))
    if as_json:
        print(json.dumps([finding.told() for finding in findings], ensure_ascii=False))
    else:
        checking.show(out, findings)
    if any(finding.verdict is checking.Verdict.BAD for finding in findings):
        raise typer.Exit(1)


@app.command()
def migrate() -> None:
    """Make the database, or bring it to this version."""

    chosen = settings.read()
    with _filing() as progress:
        _go(memory.prepare(chosen, progress))
    out.print("The database is ready.")


@contextmanager
def _filing() -> Iterator[Callable[[int, int], None]]:
    """Show how many people are filed, of how many, and how long the rest will take."""
    columns = (SpinnerColumn(), TextColumn("Filing names"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


@app.command()
def ask(
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="A name, or a question with one.")
    ] = None,
    language: Annotated[str, typer.Option(help="The language of the question.")] = "en",
    as_json: Json = False,
) -> None:
    """Ask as a reader would. With --json and no TEXT: one JSON question a line, one answer a
    line: {"text", "lang"} → {"ids", "confident", "why"}."""

    from locales import LANGUAGES

    async def answer() -> None:
        from bot import asking
        from services.search import Search

        async with memory.recall(settings.read()) as remembered:
            search = Search(remembered.database)
            if text is not None:
                print(await asking.as_json(search, text))
                return
            with rare_collections():
                await asking.answer_lines(search, sys.stdin, sys.stdout)

    async def show(question: str) -> None:
        from bot import showing

        async with _opened() as services:
            for line in await showing.answer(services, question, language):
                out.print(line, markup=False, highlight=False, soft_wrap=True)

    if language not in LANGUAGES:
        raise BadInput(f"the languages are {', '.join(LANGUAGES)}", "--language")
    if as_json:
        _go(answer())
    elif text is not None:
        _go(show(text))
    else:
        raise BadInput("what is the question? vestka ask TEXT, or --json with questions on stdin")


@app.command()
def match(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A list or table of names; - for stdin.")
    ],
    as_json: Json = False,
) -> None:
    """Say whom each line of a list means: surely, one of a few, or nobody, and why. Keeps and
    tells nothing. This is the operator's door: people who are hidden from readers are found."""
    from bot import matching

    text = matching.read(file)

    async def work() -> matching.Matched:
        async with _opened() as services:
            return await services.releases.match(text)

    matched = _go(work())
    if as_json:
        print(json.dumps(matching.told(matched), ensure_ascii=False))
    else:
        matching.show(out, matched)


# --- names ------------------------------------------------------------------------------------


@names_app.command("rebuild")
def names_rebuild() -> None:
    """File everybody anew under the names that questions look for; the bot may run meanwhile."""
    from services.name_index import NameIndex

    async def work() -> int:
        async with memory.recall(settings.read()) as remembered:
            return await NameIndex(remembered.database).rebuild(progress)

    begun = time.monotonic()
    with _filing() as progress:
        filed = _go(work())
    out.print(f"{filed} people are filed. It took {time.monotonic() - begun:.0f} s.")


# --- keys -------------------------------------------------------------------------------------


@keys_app.command("new")
def keys_new() -> None:
    """Make a new key file; never touches one that is there."""
    from db import keyring

    chosen = settings.read()
    keyring.save(keyring.new(), chosen.key_file)
    out.print(
        f"The key is in {chosen.key_file}. Without it nothing stored can be read:\n"
        "write it down now with: vestka keys show-on-paper",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


@keys_app.command("show-on-paper")
def keys_show() -> None:
    """Show the key in groups of four, to be written down by hand and locked away."""
    from bot import paper
    from db import keyring

    lines = paper.show(keyring.load(settings.read().key_file))
    err.print("Write this down by hand. Whoever has it and the database can list the readers.")
    for line in lines:
        print(line)


@keys_app.command("from-paper")
def keys_read() -> None:
    """Make the key file again from what was written down: one key a line, then an empty line."""
    from bot import paper
    from db import keyring

    lines = tuple(iter(lambda: sys.stdin.readline().strip(), ""))
    chosen = settings.read()
    keyring.save(paper.read(lines), chosen.key_file)
    _tell(None, as_json=False, text=f"The key is in {chosen.key_file}.")


# --- editors ----------------------------------------------------------------------------------


@editors_app.command("invite")
def editors_invite(
    label: Annotated[
        str, typer.Argument(metavar="LABEL", help="What the other editors call him or her.")
    ],
    days: Annotated[int, typer.Option(min=1, max=14, help="How long the link works.")] = 3,
    as_json: Json = False,
) -> None:
    """Make a link that enrols one editor, once."""
    from bot import account

    async def work() -> str:
        chosen = settings.read()
        async with _opened() as services:
            me = await account.whoami(chosen)
            return account.link(
                me.username or "", f"e_{await services.editors.invite(label, days)}"
            )

    link = _go(work())
    _tell({"link": link}, as_json=as_json, text=link)


@editors_app.command("list")
def editors_list(as_json: Json = False) -> None:
    """List the editors."""

    async def work() -> tuple[Editor, ...]:
        async with _opened() as services:
            return await services.editors.every()

    editors = _go(work())
    if as_json:
        print(json.dumps([{"id": e.id, "label": e.label} for e in editors], ensure_ascii=False))
        return
    for editor in editors:
        out.print(f"{editor.id}  {editor.label}", markup=False, highlight=False)
    if len(editors) < 2:
        err.print("Release news needs two editors: vestka editors invite LABEL")


@editors_app.command("remove")
def editors_remove(number: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Remove an editor; what he or she said stays in the audit."""

    async def work() -> None:
        async with _opened() as services:
            await services.editors.remove(EditorId(number))

    try:
        _go(work())
    except NotFound:
        raise BadInput("there is no such editor; see: vestka editors list") from None
    out.print("Removed.")


# --- people -----------------------------------------------------------------------------------


@import_app.command("people")
def import_people(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV or JSON lines; see docs/operating.md.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show, change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Show what a file would change in the list of people, and change it. Tells nobody."""
    from bot import lists

    if as_json and not (dry_run or yes):
        raise BadInput("a program says --dry-run or --yes")
    with err.status("Reading …"):
        entries = lists.read(file)
    seen: list[Differences] = []

    def wanted(found: Differences) -> bool:
        seen.append(found)
        if not as_json:
            lists.show(out, found)
        return not dry_run and (yes or typer.confirm("Change the list?"))

    async def work() -> bool:
        async with _opened() as services:
            return await lists.change(services, entries, wanted, _filing)

    applied = _go(work())
    text = "Done. Nobody was told." if applied else "Nothing was changed."
    _tell(lists.told(seen[0], applied=applied), as_json=as_json, text=text)


@export_app.command("people")
def export_people(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file: .csv or .jsonl.")],
) -> None:
    """Write the list of people to a file that `vestka import people` reads."""
    from bot import lists

    async def work() -> tuple[Card, ...]:
        async with _opened() as services:
            return await lists.gather(services)

    cards = _go(work())
    lists.write(cards, file)
    out.print(f"{len(cards)} people are in {file}.", highlight=False, markup=False)


# --- releases ---------------------------------------------------------------------------------

NoticeNumber = Annotated[int, typer.Argument(metavar="NOTICE", help="Its number: see status.")]


@release_app.command("draft")
def release_draft(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A list as in docs/editors.md; - for stdin.")
    ],
    as_json: Json = False,
) -> None:
    """Begin the notice of a release with a list of names."""
    from bot import operating

    text = operating.read_text(file)

    async def work() -> Dossier:
        async with _opened() as services:
            notice = await services.releases.draft(None, text)
            return await services.notices.dossier(notice)

    dossier = _go(work())
    _tell(operating.told(dossier), as_json=as_json, text=operating.summary(dossier))


@release_app.command("preview")
def release_preview(
    notice: NoticeNumber,
    language: Annotated[
        str, typer.Option(help="One language; all that are offered without.")
    ] = "",
) -> None:
    """Show what readers would get."""
    from bot import operating

    async def work() -> list[str]:
        async with _opened() as services:
            return await operating.preview(services, NoticeId(notice), language)

    for line in _with_notice(work()):
        out.print(line, markup=False, highlight=False, soft_wrap=True)


@release_app.command("submit")
def release_submit(notice: NoticeNumber) -> None:
    """Freeze what the notice says and ask the editors to approve it, in the chat."""

    async def work() -> None:
        async with _opened() as services:
            kind = (await services.notices.dossier(NoticeId(notice))).notice.kind
            await services.desk(kind).submit(None, NoticeId(notice))

    _with_notice(work())
    out.print("Submitted: the editors' cards say so.")


@release_app.command("status")
def release_status(as_json: Json = False) -> None:
    """Say how the notices stand."""
    from bot import operating

    async def work() -> tuple[list[Dossier], Arrears | None]:
        async with _opened() as services:
            known = await services.notices.open_notices()
            dossiers = [await services.notices.dossier(notice.id) for notice in known]
            if any(tally.open for dossier in dossiers for _, tally in dossier.waves):
                # Two looks tell how fast it goes.
                await asyncio.sleep(SPEED_NEEDS)
                dossiers = [await services.notices.dossier(notice.id) for notice in known]
            return dossiers, await services.guard.arrears()

    dossiers, arrears = _go(work())
    if as_json:
        waiting = {one.notice for one in arrears.waits} if arrears is not None else set()
        told = [
            {**operating.told(dossier), "interrupted": dossier.notice.id in waiting}
            for dossier in dossiers
        ]
        print(json.dumps(told, ensure_ascii=False))
        return
    if arrears is not None:
        out.print(operating.waits(arrears), markup=False, highlight=False, soft_wrap=True)
    for dossier in dossiers:
        out.print(operating.summary(dossier), markup=False, highlight=False, soft_wrap=True)
    if not dossiers:
        out.print("No notice is open.")


@release_app.command("stop")
def release_stop(notice: NoticeNumber) -> None:
    """Halt a notice at once; editors resume it in the chat."""

    async def work() -> None:
        async with _opened() as services:
            await services.notices.stop(None, NoticeId(notice))

    _with_notice(work())
    out.print("Stopped.")


# --- backups ----------------------------------------------------------------------------------


@app.command("backup")
def backup_write(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    to: Annotated[list[str], typer.Option("--to", help="An age public key, kept offline.")],
) -> None:
    """Write a backup that this machine cannot read."""
    from bot import backup

    _go(backup.write(settings.read(), file, to))
    out.print(f"The backup is in {file}. The key file is not in it: keep that on paper.")


@app.command("verify")
def backup_verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    identity: Annotated[Path, typer.Option("--identity", help="The age identity file.")],
    as_json: Json = False,
) -> None:
    """Open a backup in memory and look for damage."""
    from bot import backup

    rows = _go(backup.verify(file, identity))
    lines = [f"{name}: {count}" for name, count in rows.items()]
    _tell(rows, as_json=as_json, text="\n".join([*lines, "The backup is whole."]))


@app.command("restore")
def backup_restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    identity: Annotated[Path, typer.Option("--identity", help="The age identity file.")],
) -> None:
    """Put a backup in the place of a database that is not there. Forgotten readers come back
    with it: restore only when all else is lost."""
    from bot import backup

    _go(backup.restore(settings.read(), file, identity))
    out.print("Restored. Now: vestka check")


@app.command("restored")
def backup_restored() -> None:
    """Say that the database was put back by other means (pg_restore, a snapshot): nothing that
    waits in it is sent before editors say so. `vestka restore` does this by itself."""

    async def work() -> None:
        async with _opened() as services:
            await services.guard.restored()

    _go(work())
    out.print("Editors will be asked what becomes of what waits to be sent.")


@app.command()
def disclose(as_json: Json = False) -> None:
    """Say what whoever takes this machine and its key could read here."""
    from bot import disclosure

    async def work() -> Sequence[disclosure.Kept]:
        async with memory.recall(settings.read()) as remembered:
            return await disclosure.what_is_kept(remembered.database)

    kept = _go(work())
    if as_json:
        print(json.dumps([one.told() for one in kept], ensure_ascii=False))
        return
    table = Table("table", "rows", "holds", "readable")
    for one in kept:
        table.add_row(one.table, str(one.rows), one.holds, one.readable)
    out.print(table)
