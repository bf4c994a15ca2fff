"""What is kept, table by table, and who could read it: for operators, and for courts."""

from collections.abc import Sequence
from dataclasses import dataclass

from db import upkeep
from db.connection import Database

PUBLIC = "by whoever has the database; most of it is public"
OPEN = "by whoever has the database"
KEY = "with the key file alone"
CODE = "with a code that only its owner has on paper, and the key file"

HOLDS = {
    "person": ("who is or was imprisoned", PUBLIC),
    "person_ref_alias": ("former references of persons", PUBLIC),
    "person_about": ("a line about persons", PUBLIC),
    "name": ("names of persons", PUBLIC),
    "filing": ("how names are found", PUBLIC),
    "bearer": ("how names are found", PUBLIC),
    "event": ("what happened to persons, unpublished too", PUBLIC),
    "event_note": ("notes on it", PUBLIC),
    "event_source": ("who says so", PUBLIC),
    "source": ("sources", PUBLIC),
    "place": ("places", PUBLIC),
    "place_name": ("names of places", PUBLIC),
    "release": ("releases, held ones too", OPEN),
    "release_group": ("where people were taken", OPEN),
    "release_count": ("how many, as sources say", OPEN),
    "release_source": ("who says so", OPEN),
    "release_line": ("lists as editors pasted them", OPEN),
    "release_candidate": ("whom a line may mean", OPEN),
    "happening": ("what happened to people, as editors wrote it down", OPEN),
    "happening_candidate": ("whom a name in it may mean", OPEN),
    "happening_source": ("who says so", OPEN),
    "notice": ("news and its state", OPEN),
    "notice_text": ("the editors' own words", OPEN),
    "notice_taken_back": ("who was taken out of news", OPEN),
    "approval": ("which editor, by an opaque id, said what", OPEN),
    "wave": ("when news went out, and how many got it", OPEN),
    "wave_language": ("how many got it in which language", OPEN),
    "wave_group": ("what was opened together", OPEN),
    "interruption": ("when the bot was away, and what editors decided then", OPEN),
    "interrupted_wave": ("what waited then", OPEN),
    "reader": ("chats, their languages, whom they follow, names they wait for", KEY),
    "return_slip": ("what readers left behind before a journey", CODE),
    "other_name": ("names waited for that are another's, as keyed hashes", KEY),
    "folding": ("messages that must be hidden again; for a minute", KEY),
    "delivery": ("what is sent to whom; for 72 hours", KEY),
    "editor": ("editors' chats and labels", KEY),
    "invite": ("labels of invited editors", CODE),
    "editor_card": ("where editors see their cards", KEY),
    "audit": ("what editors and operators did, by opaque id", OPEN),
    "pace": ("when the next message may go", OPEN),
    "meta": ("what the database knows about itself", OPEN),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One table: how many rows, what they hold, and how it can be read."""

    table: str
    rows: int
    holds: str
    readable: str

    def told(self) -> dict[str, str | int]:
        """Return it for programs."""
        return {
            "table": self.table,
            "rows": self.rows,
            "holds": self.holds,
            "readable": self.readable,
        }


async def what_is_kept(database: Database) -> Sequence[Kept]:
    """Count what is kept."""
    rows = await upkeep.count_rows(database)
    return [Kept(table, rows[table], *told) for table, told in HOLDS.items()]
