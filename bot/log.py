"""The log: what happened, never to whom.

Structured lines on standard error, every one of them washed last of all: tokens and long
numbers (chat ids) are taken out of messages, arguments and tracebacks alike.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

# No word boundary: in a URL the token follows "/bot" directly.
TOKEN = re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}")
# Chat ids have five digits or more; years, counts and ports have fewer.
CHAT_ID = re.compile(r"-?\d{5,}")

# The rooms, whose log calls we know. Others log whole updates, URLs with the token in them, or
# SQL parameters: of them only warnings are kept, and of those only the template.
OURS = frozenset({"bot", "handlers", "delivery", "services", "names", "db", "simulator"})

Event = MutableMapping[str, Any]


def wash(text: str) -> str:
    """Take tokens and chat ids out of a text."""
    return CHAT_ID.sub("[number]", TOKEN.sub("[token]", text))


def set_up(level: str = "INFO", *, stream: TextIO = sys.stderr, json: bool = False) -> None:
    """Send every log record of the process through the washing."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _wash_values,
                _render(json),
                _wash_line,
            ],
        )
    )
    handler.addFilter(_template_only)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(True)


def _render(json: bool) -> structlog.typing.Processor:
    if json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_plain)


def _plain(stream: TextIO, info: Any) -> None:
    structlog.dev.plain_traceback(stream, info)


def _wash_values(_logger: object, _method: str, event: Event) -> Event:
    """Wash each value by itself, so that a line of JSON stays one."""
    return {key: v if wash(repr(v)) == repr(v) else wash(str(v)) for key, v in event.items()}


def _wash_line(_logger: object, _method: str, line: Any) -> str:
    return wash(str(line))


def _template_only(record: logging.LogRecord) -> bool:
    """Keep what a library says, not what it says it about: its arguments and errors may hold
    a whole update."""
    if record.name.split(".")[0] not in OURS:
        kind = record.exc_info[0] if record.exc_info else None
        first = str(record.msg).partition("\n")[0]
        record.msg = f"{first} ({kind.__name__})" if kind else first
        record.args = ()
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
    return True
