"""The process: settings, composition root, life cycle, command line."""

import os

# python-telegram-bot warns on every flood wait until it is told that the wait may be a timedelta.
os.environ.setdefault("PTB_TIMEDELTA", "1")
