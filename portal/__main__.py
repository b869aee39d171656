"""The `portal` command, loaded with the garbage collector at rest.

Nothing that is made while modules load is garbage, yet looking for some takes a fifth of the
time, and a server that died has to be back soon (R-03).
"""

import gc
import sys
from importlib import import_module


def main() -> int:
    """Load everything, let the collector never look at it again, and run one command."""
    gc.disable()
    cli = import_module("portal.cli")  # not above, since the collector has to rest first
    gc.freeze()
    gc.enable()
    status: int = cli.main()
    return status


if __name__ == "__main__":
    sys.exit(main())
