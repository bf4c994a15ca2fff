"""Every threat names a test, and every test it names exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
THREATS = re.split(r"(?m)^## ", (ROOT / "docs" / "threat-model.md").read_text())[1:]


def test_every_threat_names_tests_that_exist_and_what_remains() -> None:
    for threat in THREATS:
        title = threat.splitlines()[0]
        named = re.findall(r"`(tests/[^`]+)`", threat)
        assert named, f"no test proves: {title}"
        assert "**Remains:**" in threat, f"nothing is said to remain: {title}"
        for path in named:
            assert (ROOT / path).exists(), f"{title}: there is no {path}"
