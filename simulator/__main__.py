"""The stand-in by itself: `python -m simulator --port 8081`, then point a bot at it."""

import argparse
import asyncio

from simulator import clock
from simulator.core import TOKEN, Telegram
from simulator.faults import Limits
from simulator.http import create_app, serve
from simulator.phone import Phone


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN, help="the token the bot will use")
    parser.add_argument("--username", default="vestka_bot", help="the bot's username")
    parser.add_argument(
        "--phone",
        action="append",
        metavar="NAME:LANGUAGE",
        help="somebody on the page; may be given several times",
    )
    parser.add_argument(
        "--strangers",
        action="store_true",
        help="take messages to chats nobody opened, and keep nothing of them (for load)",
    )
    parser.add_argument(
        "--latency",
        type=float,
        nargs=2,
        default=(0.0, 0.0),
        metavar=("LEAST", "MOST"),
        help="seconds an answer takes",
    )
    parser.add_argument(
        "--limit",
        type=float,
        nargs=2,
        metavar=("RATE", "BURST"),
        help="messages a second that are taken, and how many of them at once",
    )
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> None:
    telegram = Telegram(
        clock=clock.now,
        token=options.token,
        username=options.username,
        accept_strangers=options.strangers,
        keep_calls=0,
        latency=tuple(options.latency),
        limits=Limits(overall=options.limit[0], burst=int(options.limit[1]))
        if options.limit
        else None,
    )
    named = [name.partition(":") for name in options.phone or ["Alesia:be", "Jonas:lt"]]
    phones = [Phone(telegram, name, language=language or "en") for name, _, language in named]
    async with serve(create_app(telegram, phones), options.port) as address:
        print(f"{address}\ntoken: {telegram.token}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(_run(_arguments()))
    except KeyboardInterrupt:
        pass
    except OSError as error:
        raise SystemExit(f"The stand-in cannot listen: {error.strerror}.") from None
