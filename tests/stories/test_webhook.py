"""Where Telegram brings the updates, everything goes as where they are asked for."""

from tests.doorstep import brought, new_hook
from tests.town import Town, find, tell, town
from views.callbacks import Verb

__all__ = ["town"]


async def test_a_question_is_answered_news_comes_and_the_reader_is_forgotten(town: Town) -> None:
    async with brought(town, new_hook()):
        author, other = await town.editor("Alena"), await town.editor("Barys")
        reader = await town.reader("Chytachka", "be")
        await reader.says("Алеся Ластаўка")
        assert "Алеся Ластаўка" in reader.heard[-1]
        await town.press(reader, Verb.FOLLOW)
        stored = await town.stored(reader)
        assert stored is not None
        assert len(stored.follows) == 1
        await tell(town, author, other)
        await town.until(lambda: find(reader, Verb.WAVE) is not None or len(reader.heard) > 2)
        assert "Алеся Ластаўка" in reader.heard[-1]
        await reader.says("/forget")
        assert await town.stored(reader) is None
    assert not town.telegram.updates
