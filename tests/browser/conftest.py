"""A browser: Debian's Chromium or Google's Chrome, else the one Playwright downloads.

When a test fails, what went to and fro on its page is told beside it, and how it looked then.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Request, WebSocket, async_playwright, expect
from playwright.async_api import Error as BrowserError

from tests.watch import AT_MOST

ROOT = Path(__file__).parents[2]

expect.set_options(timeout=AT_MOST * 1000)


def find_chromium() -> str | None:
    """Return where Chromium is, if need be after installing it.

    ``None`` means the one that Playwright has downloaded.
    """
    for name in ("chromium", "google-chrome", "chromium-browser"):
        if found := shutil.which(name):
            return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update"], check=False, **quiet)  # type: ignore[call-overload]  # keywords
        subprocess.run(
            ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
            check=False,
            **quiet,  # type: ignore[call-overload]  # keywords
        )
        if found := shutil.which("chromium"):
            return found
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(command, check=False, capture_output=True).returncode == 0:
        return None
    pytest.fail("no browser: install chromium (Debian: apt-get install chromium)", pytrace=False)


@pytest.fixture(scope="session")
def chromium() -> str | None:
    return find_chromium()


@pytest.fixture
async def browser(chromium: str | None) -> AsyncIterator[Browser]:
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=sandbox, timeout=AT_MOST * 1000
        )
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """Open an empty page, wide enough for five phones. In the end no script on it has failed."""
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(AT_MOST * 1000)
    told: list[str] = []
    errors: list[str] = []
    _overhear(page, told, errors)
    yield page
    with suppress(BrowserError):
        told.append(await page.locator("body").inner_text(timeout=5000))
    request.node.add_report_section("teardown", "page", "\n".join([*told, *errors]))
    assert errors == []


def _overhear(page: Page, told: list[str], errors: list[str]) -> None:
    """Write down what a page says, and what went to and fro."""

    async def note(request: Request) -> None:
        answer = await request.response()
        what = f"{request.method} {request.url} {request.post_data or ''}"
        told.append(f"{what} -> {answer.status if answer else 'no answer'}")

    def follow(socket: WebSocket) -> None:
        told.append(f"listens to {socket.url}")
        socket.on("close", lambda _: told.append("listens no more"))

    page.on("requestfinished", note)
    page.on("requestfailed", lambda request: told.append(f"{request.url}: {request.failure}"))
    page.on("websocket", follow)
    page.on("console", lambda message: told.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: errors.append(str(error)))


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """Run ``vestka demo`` as people do, and return the address of its page."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VESTKA_")}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={
            **environment,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(tmp_path),
        },
    ) as child:
        assert child.stdout is not None
        said = ""
        for line in child.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert address, said + (child.stderr.read() if child.stderr else "")
        yield address[0]
        child.terminate()
        rest, errors = child.communicate(timeout=AT_MOST)
        assert "Nothing was kept." in rest
        assert errors == ""
        assert child.returncode == 0
    assert list(tmp_path.iterdir()) == []
