"""The command ``cloudaudit``."""

import sys

from cloudaudit.cli.root import cli
from cloudaudit.cli.streams import make_writable


def main() -> None:
    """Run the command line and leave with its exit code."""
    make_writable(sys.stdout)
    make_writable(sys.stderr)
    cli.main(prog_name="cloudaudit")


if __name__ == "__main__":
    main()
