"""`make drill`: a first day, kills in the middle of saving, the diary's machine, random
histories, simulated diaries.

python -m drills [first-day | kills | machine | histories | simulation ...]
"""

import sys
from collections.abc import Callable

from drills import first_day, histories, kills, machine, simulation
from drills.visitor import Missed

DRILLS: dict[str, Callable[[], int]] = {
    "first-day": first_day.main,
    "kills": kills.main,
    "machine": machine.main,
    "histories": histories.main,
    "simulation": lambda: simulation.main([]),
}


def main(names: list[str]) -> int:
    """Run the drills named, or all; 1 if any of them missed something."""
    unknown = [name for name in names if name not in DRILLS]
    if unknown:
        print(f"no drill {unknown[0]}; there are {', '.join(DRILLS)}")
        return 1
    return max([run(name) for name in names or DRILLS])


def run(name: str) -> int:
    """Run one drill; what it missed is said in a sentence."""
    try:
        return DRILLS[name]()
    except Missed as missed:
        print(f"  ✗ {missed}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
