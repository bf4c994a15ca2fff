"""Every benchmark, one after the other, each in a process of its own."""

import subprocess
import sys

BENCHMARKS = ("answers", "delivery", "growth", "names")


def main() -> int:
    """Run them all; the exit code says whether every bar was held."""
    return max(
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
        for name in BENCHMARKS
    )


if __name__ == "__main__":
    sys.exit(main())
