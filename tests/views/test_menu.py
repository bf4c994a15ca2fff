"""What can be seen on a locked or borrowed phone."""

import re

import pytest
from telegram.constants import BotCommandLimit, BotDescriptionLimit, BotNameLimit

from locales import LANGUAGES, speak
from tests.discretion import PRISON
from views import menu


@pytest.fixture(params=LANGUAGES)
def tongue(request):
    return speak(request.param)


def test_telegram_takes_the_name_and_the_descriptions(tongue):
    assert 0 < len(menu.name(tongue)) <= BotNameLimit.MAX_NAME_LENGTH
    assert 0 < len(menu.description(tongue)) <= BotDescriptionLimit.MAX_DESCRIPTION_LENGTH
    short = menu.short_description(tongue)
    assert 0 < len(short) <= BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH


def test_telegram_takes_the_commands(tongue):
    for commands in (menu.commands(tongue), menu.group_commands(tongue)):
        for command, words in commands.items():
            assert re.fullmatch("[a-z]{1,32}", command)
            assert 1 <= len(words) <= BotCommandLimit.MAX_DESCRIPTION


def test_nothing_says_what_the_bot_is_about(tongue):
    shown = [menu.name(tongue), menu.description(tongue), menu.short_description(tongue)]
    shown += [*menu.commands(tongue).values(), *menu.group_commands(tongue).values()]
    assert not PRISON.search(" ".join(shown))


def test_editors_do_not_show_in_the_menu():
    commands = {*menu.commands(speak("en")), *menu.group_commands(speak("en"))}
    assert not commands & {"release", "notices"}
