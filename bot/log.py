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

# These log whole updates, URLs with the token in them, or SQL parameters below this level.
QUIET = ("telegram", "httpx", "httpcore", "aiohttp", "aiosqlite", "sqlalchemy", "asyncio")

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
                _render(json),
                _wash_line,
            ],
        )
    )
    handler.addFilter(_template_only)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _render(json: bool) -> structlog.typing.Processor:
    if json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_plain)


def _plain(stream: TextIO, info: Any) -> None:
    structlog.dev.plain_traceback(stream, info)


def _wash_line(_logger: object, _method: str, line: Any) -> str:
    return wash(str(line))


def _template_only(record: logging.LogRecord) -> bool:
    """Keep what a library says, not what it says it about: its arguments and errors may hold
    a whole update."""
    if record.name.split(".")[0] in QUIET:
        kind = record.exc_info[0] if record.exc_info else None
        record.msg = f"{record.msg} ({kind.__name__})" if kind else str(record.msg)
        record.args = ()
        record.exc_info = None
        record.exc_text = None
    return True
