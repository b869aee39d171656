"""The numbers the review's rules rest on, each with where it comes from."""

from dataclasses import dataclass, field, fields
from decimal import Decimal

FARRAR = "Farrar 2001, doi 10.1016/S0304-3959(01)00349-9"
IMMPACT = "Dworkin 2008 (IMMPACT), doi 10.1016/j.jpain.2007.09.005"
SORENESS = "post-needling soreness mostly gone in 24 to 48 hours, PMC7602246"
SIMULATION = "simulated diaries, docs/statistics.md"
OWN = "set by this clinic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The rules in force for a verdict; a clinic may change them, and the review prints them.

    Points are points of the 0-10 scale. `deviation` and `correlation` describe how pain moves
    from day to day in people whose pain does not truly change; `prior_days` is how many days of
    evidence that assumption weighs.
    """

    points: Decimal = field(default=Decimal(2), metadata={"source": FARRAR})
    points_with_percent: Decimal = field(default=Decimal("1.5"), metadata={"source": SIMULATION})
    percent: Decimal = field(default=Decimal(30), metadata={"source": FARRAR})
    substantial_percent: Decimal = field(default=Decimal(50), metadata={"source": IMMPACT})
    percent_from: Decimal = field(default=Decimal(4), metadata={"source": SIMULATION})
    window_days: int = field(default=14, metadata={"source": SIMULATION})
    settled_days: int = field(default=5, metadata={"source": SIMULATION})
    days_after: int = field(default=2, metadata={"source": SORENESS})
    high: int = field(default=7, metadata={"source": "severe pain, 7 to 10 on the 0-10 scale"})
    deviation: Decimal = field(default=Decimal("1.4"), metadata={"source": SIMULATION})
    prior_days: int = field(default=8, metadata={"source": SIMULATION})
    correlation: Decimal = field(default=Decimal("0.4"), metadata={"source": SIMULATION})
    quantile: Decimal = field(default=Decimal("1.96"), metadata={"source": "95 in 100, normal"})

    def source_of(self, name: str) -> str:
        """Where the number of this name comes from; a changed one is the clinic's own."""
        known = next(each for each in fields(self) if each.name == name)
        return str(known.metadata["source"]) if getattr(self, name) == known.default else OWN


USUAL = Thresholds()
