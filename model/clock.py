"""The clock every part is given; nobody asks the machine for the time."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Returns the present moment, aware and in UTC."""
