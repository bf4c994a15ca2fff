"""``python -m bot`` is ``vestka``."""

from bot.cli import app

app(prog_name="vestka")
