"""``python -m bench [NAME] [options]``; without a name, all of them with their defaults."""

import sys

from bench import (
    browser,
    diff,
    google,
    graph,
    history,
    inventory,
    judge,
    memory,
    objects,
    reports,
    scan,
    seal,
    startup,
)

BENCHMARKS = {
    "startup": startup.main,
    "scan": scan.main,
    "google": google.main,
    "graph": graph.main,
    "judge": judge.main,
    "reports": reports.main,
    "seal": seal.main,
    "browser": browser.main,
    "memory": memory.main,
    "diff": diff.main,
    "history": history.main,
    "inventory": inventory.main,
    "objects": objects.main,
}


def main() -> int:
    """Run one benchmark or all; return the exit code."""
    words = sys.argv[1:]
    if not words:
        for name, benchmark in BENCHMARKS.items():
            print(f"## {name}\n")
            benchmark([])
            print()
        return 0
    if words[0] not in BENCHMARKS:
        print(__doc__, file=sys.stderr)
        return 2
    BENCHMARKS[words[0]](words[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
