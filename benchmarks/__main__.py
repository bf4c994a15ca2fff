"""Every benchmark, one after the other, each in a process of its own; or one, with its options.

python -m benchmarks [NAME [OPTIONS …]]
"""

import subprocess
import sys

BENCHMARKS = ("answers", "delivery", "growth", "intake", "kills", "names")


def main() -> int:
    """Run them all, or the one that is named; the exit code says whether every bar was held."""
    named = sys.argv[1:]
    if named and named[0] not in BENCHMARKS:
        sys.exit(f"There is no benchmark of that name: {', '.join(BENCHMARKS)}")
    commands = [named] if named else [[name] for name in BENCHMARKS]
    return max(
        subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", *options], check=False
        ).returncode
        for name, *options in commands
    )


if __name__ == "__main__":
    sys.exit(main())
