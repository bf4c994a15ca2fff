"""Compares the table of methods with the Bot API as data, and prints what differs."""

import json
import sys
from pathlib import Path
from typing import Any

from simulator.methods import METHODS


def differences(spec: dict[str, Any]) -> list[str]:
    """Say, one line each, where the table of methods and the specification disagree."""
    found = []
    for method, ours in METHODS.items():
        if method not in spec["methods"]:
            found.append(f"{method}: not in the Bot API")
            continue
        theirs = {field["name"]: field for field in spec["methods"][method].get("fields", [])}
        found += [f"{method}.{name}: missing here" for name in theirs.keys() - ours.keys()]
        found += [f"{method}.{name}: not in the Bot API" for name in ours.keys() - theirs.keys()]
        for name in ours.keys() & theirs.keys():
            if ours[name].required != theirs[name]["required"]:
                found.append(f"{method}.{name}: required is {theirs[name]['required']} there")
            types = {_shorten(kind) for kind in theirs[name]["types"]}
            if set(ours[name].types) != types:
                found.append(f"{method}.{name}: takes {' or '.join(sorted(types))} there")
    return sorted(found)


def _shorten(kind: str) -> str:
    depth = kind.count("Array of ")
    return kind.replace("Array of ", "") + "[]" * depth


def main(arguments: list[str]) -> int:
    """Print the differences with the specification in the file named; 1 where there are any."""
    if len(arguments) != 1:
        print("usage: python -m simulator.check_api SPEC.json", file=sys.stderr)
        return 2
    spec = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    found = differences(spec)
    for line in found:
        print(line)
    if not found:
        print(f"{len(METHODS)} methods agree with {spec['version']}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
