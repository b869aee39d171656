"""What is told of the demonstration's invented people, and who works there."""

from dataclasses import dataclass
from datetime import date

from portal.demo.simulator import Course


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works for a demonstration clinic."""

    key: str
    name: str
    email: str
    profession: str = ""
    roles: tuple[str, ...] = ("practitioner",)


@dataclass(frozen=True, slots=True)
class Person:
    """An invented patient. Days are counted back from today; `next_in` ahead of it.

    `held` lists how many days ago each needling visit was; `days` how long the diary runs;
    `silent` for how many days nothing has been written.
    """

    name: str
    born: date
    complaint: str
    places: tuple[str, ...]
    course: Course
    held: tuple[int, ...]
    days: int
    next_in: int | None = None
    next_time: tuple[int, int] = (10, 20)
    team: str = "lead"
    silent: int = 0
    activities: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    managed: tuple[tuple[int, str], ...] = ()
    flag: tuple[int, str] | None = None
    call: int | None = None
    change: str | None = None
    corrected: int | None = None
    withdrawn: int | None = None
    reviewed: bool = True
    ended: bool = False
    sites: tuple[tuple[str, str], ...] = (("L4 to S1 paraspinals", "left"),)


LEAD = Colleague("lead", "Helen Marsh", "helen.marsh@riverside.example", "Physiotherapist")
SECOND = Colleague(
    "second", "Victor Adeyemi", "victor.adeyemi@riverside.example", "Physiotherapist"
)
ADMIN = Colleague(
    "admin", "Joan Pereira", "joan.pereira@riverside.example", roles=("administrator",)
)
OTHER = Colleague(
    "other", "Sylvie Tran", "sylvie.tran@harbour.example", "Registered massage therapist"
)
