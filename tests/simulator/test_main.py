"""The stand-in runs by itself, for any bot that is told its address."""

import asyncio
import signal
import sys

import aiohttp

from simulator.clock import now
from simulator.core import Telegram
from simulator.http import create_app, serve


async def test_it_prints_its_address_and_stops_when_told() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "simulator", "--port", "0", "--phone", "Alesia:be", "--strangers"),
        *("--latency", "0", "0.001", "--token", "7:TOKEN", "--username", "any_bot"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode().strip()
    assert (await process.stdout.readline()) == b"token: 7:TOKEN\n"
    given = {"chat_id": 404, "text": "x"}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{address}/bot7:TOKEN/sendMessage", json=given) as response:
            sent = await response.json()
        async with session.ws_connect(f"{address}/live") as live:
            everything = await live.receive_json()
    assert sent["result"]["from"]["username"] == "any_bot"
    assert [phone["name"] for phone in everything["phones"]] == ["Alesia"]
    process.send_signal(signal.SIGINT)
    _, complaints = await process.communicate()
    assert (process.returncode, complaints) == (0, b"")


async def test_a_taken_port_is_one_clear_line() -> None:
    async with serve(create_app(Telegram(clock=now))) as address:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "simulator", "--port", address.rpartition(":")[2]),
            stderr=asyncio.subprocess.PIPE,
        )
        _, complaints = await process.communicate()
    assert process.returncode == 1
    assert complaints.startswith(b"The stand-in cannot listen: ")
    assert complaints.count(b"\n") == 1
