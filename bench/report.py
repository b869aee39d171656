"""The figures as a table: what was measured, its floor, the ratio, and what is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.measure import Figure
from bench.statements import Statements


@dataclass(frozen=True)
class Floors:
    """Milliseconds of what nobody can go below: a commit, a year's read, 500 summary rows.

    `year` reads two columns, `whole` all of them.
    """

    commit: float
    year: float
    rows: float
    whole: float


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    job: str
    figure: Figure
    floor: str
    ratio: float
    sql: str
    wanted: str


def rows_of(
    figures: Mapping[str, Figure], floors: Floors, sql: Mapping[str, Statements]
) -> list[Row]:
    """Put each figure beside its floor."""
    hello, commit = figures["hello"].cpu, floors.commit
    by_cpu, by_commit = f"hello {hello:.2f} CPU-ms", f"commit {commit:.2f} ms"
    by_year, by_rows = f"year's rows {floors.year:.2f} ms", f"summary rows {floors.rows:.2f} ms"

    def row(job: str, name: str, floor: tuple[str, float], wanted: str) -> Row:
        figure = figures[name]
        measured = figure.cpu if floor[0].endswith("CPU-ms") else figure.p50
        known = sql.get(name, sql["save"] if name == "save at 8" else "0")
        return Row(job, figure, floor[0], measured / floor[1], str(known), wanted)

    other = figures["hello on granian"].cpu
    cpu, granian, one, year, many, whole = (
        (by_cpu, hello),
        (f"its hello {other:.2f} CPU-ms", other),
        (by_commit, commit),
        (by_year, floors.year),
        (by_rows, floors.rows),
        (f"year's columns {floors.whole:.2f} ms", floors.whole),
    )
    return [
        row("bare Flask hello", "hello", cpu, "the floor of a page"),
        row("static file", "static", cpu, "-"),
        row("J1 explainer", "explainer", cpu, "≤ 1.5 × hello, goal 0.6; 0 SQL"),
        row("bare hello on granian", "hello on granian", cpu, "-"),
        row("J1 explainer on granian", "explainer on granian", granian, "goal 0.6 × its own hello"),
        row(
            "J3 save an entry", "save", one, f"p50 ≤ {commit + 8:.1f}, goal {commit + 4:.1f}; ≤ 10"
        ),
        row("J3 the same, 8 clients", "save at 8", one, "goal p99 ≤ 50, ≥ 400 a second"),
        row("the form of an entry", "form", cpu, "-"),
        row("J4 brief, a year written", "brief, a year", year, "p50 ≤ 25, goal 8 CPU-ms; ≤ 12"),
        row("J4 brief, 40 days written", "brief, 40 days", year, "a shorter diary beside a year’s"),
        row("J5 panel, 500 patients", "panel of 500", many, "p50 ≤ 50, goal 4 CPU-ms; ≤ 8"),
        row("J5 panel, 25 patients", "panel of 25", many, "the same statements"),
        row("J6 entries.csv of a year", "export", whole, "goal p50 ≤ 10"),
    ]


def show(head: str, rows: Sequence[Row]) -> None:
    """Print the table."""
    print(f"\n{head}; medians; ms at one client unless said otherwise\n")
    print(
        f"{'job':<27}{'p50':>7}{'p99':>8}{'CPU':>7}{'a second':>10}{'× floor':>9}"
        f"  {'floor':<23}{'statements':<26}wanted"
    )
    for row in rows:
        figure = row.figure
        print(
            f"{row.job:<27}{figure.p50:>7.2f}{figure.p99:>8.2f}{figure.cpu:>7.2f}"
            f"{figure.rate:>10.0f}{row.ratio:>9.2f}  {row.floor:<23}{row.sql:<26}{row.wanted}"
        )


def show_weights(weights: Mapping[str, Mapping[str, int]]) -> None:
    """Print what each page weighs on the wire, fonts and pictures left out."""
    print(
        f"\n{'bytes on the wire':<27}{'page':>8}{'plain':>8}{'sheets':>8}{'scripts':>9}{'all':>9}"
    )
    for name, found in weights.items():
        total = found["page"] + found["css"] + found["js"]
        print(
            f"{name:<27}{found['page']:>8}{found['plain']:>8}{found['css']:>8}{found['js']:>9}"
            f"{total:>9}"
        )
    print("wanted: explainers ≤ 15 kB; diary form and brief ≤ 60 kB, scripts ≤ 15 kB")
