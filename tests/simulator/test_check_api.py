"""The table of methods can be compared with the Bot API as data."""

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.check_api import differences, main
from simulator.methods import METHODS


def as_specification() -> dict[str, Any]:
    """Write our own table the way the Bot API is written down."""
    return {
        "version": "Bot API 0.0",
        "methods": {
            method: {
                "fields": [
                    {
                        "name": each.name,
                        "required": each.required,
                        "types": [
                            "Array of " * kind.count("[]") + kind.rstrip("[]")
                            for kind in each.types
                        ],
                    }
                    for each in parameters.values()
                ]
            }
            for method, parameters in METHODS.items()
        },
    }


def test_a_table_agrees_with_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(as_specification()))
    assert main([str(path)]) == 0
    assert "agree with Bot API 0.0" in capsys.readouterr().out


def test_every_kind_of_difference_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = as_specification()
    del spec["methods"]["getMe"]
    fields = spec["methods"]["sendMessage"]["fields"]
    spec["methods"]["sendMessage"]["fields"] = [
        each for each in fields if each["name"] != "protect_content"
    ]
    spec["methods"]["getFile"]["fields"][0]["required"] = False
    spec["methods"]["deleteMessages"]["fields"][1]["types"] = ["Integer"]
    spec["methods"]["leaveChat"]["fields"].append(
        {"name": "quietly", "required": False, "types": []}
    )
    assert differences(spec) == [
        "deleteMessages.message_ids: takes Integer there",
        "getFile.file_id: required is False there",
        "getMe: not in the Bot API",
        "leaveChat.quietly: missing here",
        "sendMessage.protect_content: not in the Bot API",
    ]
    path = tmp_path / "api.json"
    path.write_text(json.dumps(spec))
    assert main([str(path)]) == 1
    assert capsys.readouterr().out.count("\n") == 5


def test_it_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
