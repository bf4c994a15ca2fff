"""After a day of use no file says who the readers are, what they asked, or whom they follow."""

from contextlib import AsyncExitStack
from pathlib import Path

from bot.memory import Memory
from db.connection import Database
from db.vault import Vault
from exchange import people
from simulator.phone import Phone
from tests.town import PEOPLE, Running, Town, find, settle, tell
from tests.watch import Watch
from views.callbacks import Verb

QUESTIONS = ("Што з Алесяй Ластаўкай?", "Janka Vierabej, kali ласка", "Нехта Невядомы-Зусім")
WAITED = "Zoska Hniazdouskaja"
LISTED = "zoska,female,Зоська Гняздоўская,,,,,,,imprisoned,2024-05,Гомель,Viasna\n"
TIP = "Перадача на Валадарцы была ў чацвер"


def traces(number: int) -> dict[str, bytes]:
    """Return the ways in which a number could be written down."""
    size = max(5, (abs(number).bit_length() + 8) // 8)
    return {
        "decimal": str(abs(number)).encode(),
        "hex": f"{abs(number):x}".encode(),
        "HEX": f"{abs(number):X}".encode(),
        "big": number.to_bytes(8, "big", signed=True)[-size:],
        "little": number.to_bytes(8, "little", signed=True)[:size],
    }


async def use(town: Town) -> list[Phone]:
    """Let forty people, two editors and a group use the bot for a day.

    However fast the machine: a hundred questions of strangers at once are answered.
    """
    author, other = await town.editor("Alena"), await town.editor("Barys")
    readers = []
    for number in range(40):
        language = ("be", "ru", "pl", "lt", "de")[number % 5]
        phone = Phone(
            town.telegram,
            f"Chytach-{number}",
            language=language,
            user_id=5_123_456_789_000 + 7_919 * number,
            username=f"user_name_of_{number}",
        )
        await phone.says("/start")
        await town.press(phone, Verb.DISCREET, int(number % 10 == 0))
        await town.follow(phone, "Алеся Ластаўка")
        await phone.says(QUESTIONS[number % 3])
        readers.append(phone)
    group = await readers[1].creates_group("Sakretnaja hrupa")
    await readers[1].adds_bot(group)
    await readers[1].says("/releases", where=group)
    await town.press(readers[5], Verb.WAIT)
    await readers[5].says(WAITED, reply_to=readers[5].last)
    await town.press(readers[8], Verb.WAIT)
    await readers[8].says(WAITED, reply_to=readers[8].last)
    await town.press(readers[11], Verb.TELL)
    await readers[11].says(TIP, reply_to=readers[11].last)
    await readers[8].says("/travelling")
    await town.press(readers[8], Verb.DEPART)
    await town.vestka.services.people.apply(people.read((PEOPLE + LISTED).encode()))
    await author.says("/waiting")
    await town.press(author, Verb.SAME_NAME)
    await town.until(lambda: find(readers[5], Verb.OPEN) is not None)
    await readers[2].says("/forget")
    await readers[3].blocks()
    await tell(town, author, other)
    return [*readers, author, other]


async def test_no_file_holds_a_chat_a_name_or_a_question(
    database: Database, vault: Vault, clock: Watch, tmp_path: Path, state: Path
) -> None:
    async with AsyncExitStack() as stack:
        town = await settle(stack, Memory(database, vault), Running(clock), tmp_path)
        everybody = await use(town)
        groups = [chat.id for chat in town.telegram.world.chats.values() if not chat.is_private]
        await database.settle()
        running = read(state)
    await database.close()
    ended = read(state)
    assert running
    assert groups
    for name, content in {**running, **{f"{name}, ended": b for name, b in ended.items()}}.items():
        for chat in [*(phone.id for phone in everybody), *groups]:
            for way, trace in traces(chat).items():
                assert trace not in content, f"{name} holds a chat in {way}"
        for phone in everybody:
            assert phone.user.first_name.encode() not in content, name
            assert (phone.user.username or "@no name").encode() not in content, name
        asked = (*QUESTIONS, "Ластаўкай", "ласка", "Невядомы")
        for words in (*asked, WAITED, "Hniazdouskaja", TIP, "Перадача"):
            assert words.encode() not in content, f"{name} holds {words!r}"


def read(folder: Path) -> dict[str, bytes]:
    """Return every byte of every file."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_traces_are_found_where_there_are_any() -> None:
    chat = 5_123_456_789_000
    for written in (
        str(chat).encode(),
        f"{chat:x}".encode(),
        chat.to_bytes(8, "big"),
        chat.to_bytes(8, "little"),
        chat.to_bytes(6, "big"),
    ):
        assert any(trace in b"xx" + written + b"yy" for trace in traces(chat).values())
