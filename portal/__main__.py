"""The `portal` command, loaded with the garbage collector at rest.

Nothing that is made while modules load is garbage, yet looking for some takes a fifth of the
time, and a server that died has to be back soon (R-03).
"""

import gc
import sys


def main() -> int:
    """Load everything, let the collector never look at it again, and run one command."""
    gc.disable()
    from portal import cli  # noqa: PLC0415 - the collector has to rest first

    gc.freeze()
    gc.enable()
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
