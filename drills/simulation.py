"""How often the review's verdict is right, on simulated diaries.

Run it after any change to the rule or its thresholds: it prints the table of docs/statistics.md
and exits 1 if a share leaves its bounds. 20,000 people a row, fixed seed, a minute on two cores.

    python -m drills.simulation [people a row]
"""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import Pool
from multiprocessing.pool import Pool as Workers
from random import Random

from portal.review.trends import Day, Verdict, VisitMark, outlook

START = date(2026, 1, 1)
LAST_DAY = 41
VISITS = (14, 21, 28, 35)
MEAN = 5.5
FLARE = {1: 2.5, 2: 1.7}
COMPLETION, FALL = 0.85, 0.003
PEOPLE = 20_000
CHUNK = 1_000
HELD = [VisitMark(n, START + timedelta(days=day)) for n, day in enumerate(VISITS, 1)]
TODAY = START + timedelta(days=LAST_DAY)


@dataclass(frozen=True)
class Row:
    """People whose pain moves alike: `drop` is the true change, whole from day 14 on."""

    name: str
    deviation: float = 1.4
    correlation: float = 0.4
    drop: float = 0.0
    has_flare: bool = True


ROWS = (
    Row("no true change", has_flare=False),
    Row("no true change, very variable", deviation=1.8, correlation=0.5, has_flare=False),
    Row("no true change, flare after each visit"),
    Row("true drop of 1", drop=1),
    Row("true drop of 2", drop=2),
    Row("true drop of 3", drop=3),
    Row("true rise of 2", drop=-2),
    Row("true rise of 3", drop=-3),
)


def diary(row: Row, random: Random) -> list[Day]:
    """One person's 42 days: an AR(1) course, clipped, rounded, and not every day written."""
    days: list[Day] = []
    noise = random.gauss(0, row.deviation)
    step = row.deviation * (1 - row.correlation**2) ** 0.5
    for number in range(LAST_DAY + 1):
        level = MEAN + noise - (row.drop if number >= VISITS[0] else 0)
        if row.has_flare:
            level += sum(FLARE.get(number - visit, 0.0) for visit in VISITS)
        if random.random() < COMPLETION - FALL * number:
            score = round(min(10.0, max(0.0, level)))
            days.append(Day(START + timedelta(days=number), score))
        noise = row.correlation * noise + random.gauss(0, step)
    return days


def verdicts(row: Row, chunk: int, people: int) -> Counter[Verdict]:
    """The verdicts on one batch of people, the same in every run."""
    random = Random(f"{row.name} {chunk}")
    return Counter(
        outlook(diary(row, random), HELD, today=TODAY, days_ahead=0)[0].verdict
        for _ in range(people)
    )


def shares(row: Row, people: int, pool: Workers | None = None) -> dict[Verdict, float]:
    """The share of all people, in percent, who get each verdict."""
    sizes = [min(CHUNK, people - start) for start in range(0, people, CHUNK)]
    jobs = [(row, chunk, size) for chunk, size in enumerate(sizes)]
    found = pool.starmap(verdicts, jobs) if pool else [verdicts(*job) for job in jobs]
    total = sum(found, Counter[Verdict]())
    return {verdict: 100 * total[verdict] / people for verdict in Verdict}


@dataclass(frozen=True)
class Bound:
    """What the rule is held to: the summed share of some verdicts, in percent."""

    row: int
    verdicts: tuple[Verdict, ...]
    least: float = 0.0
    most: float = 100.0

    def is_kept(self, table: Sequence[dict[Verdict, float]]) -> bool:
        return self.least <= self.share(table) <= self.most

    def share(self, table: Sequence[dict[Verdict, float]]) -> float:
        return sum(table[self.row][verdict] for verdict in self.verdicts)

    def __str__(self) -> str:
        words = " or ".join(f'"{verdict.value}"' for verdict in self.verdicts)
        limit = f"at most {self.most} %" if self.most < 100 else f"at least {self.least} %"
        return f"{ROWS[self.row].name}: {words} {limit}"


EITHER = (Verdict.BETTER, Verdict.WORSE)
BOUNDS = (
    Bound(0, EITHER, most=3.2),
    Bound(1, EITHER, most=8.0),
    Bound(2, (Verdict.WORSE,), most=2.0),
    Bound(4, (Verdict.BETTER,), least=45.0),
    Bound(5, (Verdict.BETTER,), least=80.0),
    Bound(4, (Verdict.WORSE,), most=0.1),
    Bound(5, (Verdict.WORSE,), most=0.1),
    Bound(6, (Verdict.BETTER,), most=0.1),
    Bound(7, (Verdict.BETTER,), most=0.1),
)


def print_table(table: Sequence[dict[Verdict, float]]) -> None:
    print("| simulated people | " + " | ".join(v.value.replace("-", " ") for v in Verdict) + " |")
    print("|---|" + "---:|" * len(Verdict))
    for row, found in zip(ROWS, table, strict=True):
        cells = (f"{found[verdict]:.1f} %" for verdict in Verdict)
        print(f"| {row.name} | " + " | ".join(cells) + " |")


def main(arguments: Sequence[str]) -> int:
    people = int(arguments[0]) if arguments else PEOPLE
    with Pool(2) as pool:
        table = [shares(row, people, pool) for row in ROWS]
    print_table(table)
    broken = [bound for bound in BOUNDS if not bound.is_kept(table)]
    for bound in broken:
        print(f"outside its bounds: {bound}, found {bound.share(table):.2f} %")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
