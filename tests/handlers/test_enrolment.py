"""An invitation makes an editor, once, and only in a private chat."""

from handlers.context import Services
from handlers.enrolment import PREFIX
from model.readers import ChatId
from simulator.phone import Phone


async def test_the_link_of_an_invitation_makes_an_editor(reader: Phone, services: Services):
    code = await services.editors.invite("Alena")
    await reader.opens_link(f"https://t.me/vestka_bot?start={PREFIX}{code}")
    assert reader.heard[-1].startswith("You are an editor now: \u2068Alena\u2069.")
    known = await services.editors.of(ChatId(reader.id))
    assert known
    assert known.label == "Alena"


async def test_an_invitation_works_once(reader: Phone, other: Phone, services: Services):
    code = await services.editors.invite("Alena")
    await reader.says(f"/start {PREFIX}{code}")
    await other.says(f"/start {PREFIX}{code}")
    assert await services.editors.of(ChatId(other.id)) is None


async def test_a_wrong_and_a_used_code_are_answered_alike(
    reader: Phone, other: Phone, services: Services
):
    code = await services.editors.invite("Alena")
    await reader.says(f"/start {PREFIX}{code}")
    await other.says(f"/start {PREFIX}{code}")
    used = other.heard[-1]
    for wrong in ("", "0000", "!", "x" * 60):
        await other.says(f"/start {PREFIX}{wrong}")
        assert other.heard[-1] == used


async def test_a_group_is_no_editor(reader: Phone, services: Services):
    code = await services.editors.invite("Alena")
    group = await reader.creates_group("Families", members=[])
    await reader.adds_bot(group)
    await reader.says(f"/start {PREFIX}{code}", where=group)
    assert await services.editors.every() == ()
