"""Telegram out: transport, pace, outcome, fan-out, sender."""

import os

# After a 429 the time to wait comes as a timedelta, as it will in a later python-telegram-bot:
# without this, the library warns each time it is told to wait.
os.environ.setdefault("PTB_TIMEDELTA", "true")
