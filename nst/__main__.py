"""Calls the command line:  python -m nst CONTENT STYLE -o OUT.png …  (see `nst.cli.command`)"""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    try:
        from nst.cli.command import run  # loads torch, which takes long enough for a Ctrl-C

        return run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
