"""The invented people of the demonstration: who they are and how they fare.

Each patient shows one state of the panel and the brief; together they show all of them.
"""

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

_BACK = (("L4 to S1 paraspinals", "left"), ("Gluteus medius", "left"))
_NECK = (("C4 to C6 paraspinals", "right"), ("Upper trapezius", "right"))
_SHOULDER = (("C5, C6 paraspinals", "left"), ("Infraspinatus", "left"))
_ELBOW = (("C6, C7 paraspinals", "right"), ("Extensor carpi radialis", "right"))
_CALF = (("L5, S1 paraspinals", "both"), ("Gastrocnemius", "both"))
_WEEKLY = (42, 28, 14)

RIVERSIDE: tuple[Person, ...] = (
    Person(
        "Ruth Galbraith",
        date(1967, 4, 2),
        "Left low back and buttock, 14 months",
        ("low-back-l", "buttock-l", "thigh-back-l"),
        Course(6.6, per_visit=-0.8, sd=0.9),
        held=(42, 35, 21, 7),
        days=57,
        next_in=0,
        next_time=(9, 0),
        sites=_BACK,
        activities=("Walk for 20 minutes", "Lift a grandchild", "Drive for an hour"),
        history=("Past cancer", "Takes a blood thinner"),
        questions=("Is the numb feeling in my foot from the needles?", "May I swim again?"),
        notes=(
            (2, "My outer toes have felt asleep since yesterday evening."),
            (1, "Sat through a whole supper. Stairs are slow."),
        ),
        managed=(
            (3, "Walked to the library and back."),
            (5, "Slept through."),
            (11, "Drove for an hour."),
        ),
        flag=(2, "RF8"),
        change="better",
        corrected=10,
    ),
    Person(
        "Wilhelmina Anastasia Featherstonehaugh-Vanderbilt Okonkwo",
        date(1958, 11, 30),
        "Both sides of the low back, many years",
        ("low-back-l", "low-back-r", "buttock-r"),
        Course(7.0, per_visit=-0.25, sd=1.1),
        days=110,
        next_in=3,
        sites=_BACK,
        held=(98, 91, 84, 77, 70, 63, 56, 49, 35, 28, 21, 11),
        change="same",
        activities=("Stand at the stove long enough to cook a meal for the family",),
        history=("Diabetes",),
        questions=("How many more visits do you expect?",),
    ),
    Person(
        "Elliot Brandt",
        date(1979, 1, 16),
        "Upper back between the blades, 5 months",
        ("between-blades", "upper-trap-r"),
        Course(5.2, sd=1.0),
        held=_WEEKLY,
        days=50,
        next_in=5,
        call=1,
        sites=_NECK,
        notes=((1, "Please call about moving my visit."),),
    ),
    Person(
        "Samira Haddad-Cole",
        date(1985, 6, 9),
        "Neck and right shoulder, 8 months",
        ("neck-back-r", "upper-trap-r", "shoulder-r"),
        Course(4.2, per_visit=1.1, sd=0.8),
        held=(45, 31, 17),
        days=62,
        next_in=1,
        change="worse",
        sites=_NECK,
    ),
    Person(
        "Graham Lindqvist",
        date(1962, 8, 23),
        "Right hip and outer thigh, 2 years",
        ("hip-front-r", "buttock-r"),
        Course(5.4, per_visit=-0.3, sd=1.6),
        held=(40, 19),
        days=60,
        next_in=0,
        next_time=(13, 0),
        sites=(("L3, L4 paraspinals", "right"),),
    ),
    Person(
        "Tomasz Wierzbicki",
        date(1990, 3, 5),
        "Right forearm, 6 months",
        ("forearm-front-r", "forearm-back-r"),
        Course(4.4, per_visit=-0.35, sd=1.3),
        held=(38, 16),
        days=55,
        next_in=2,
        team="second",
        sites=_ELBOW,
        questions=("Should I stop climbing?", "Is heat or cold better the day after?"),
    ),
    Person(
        "Inês Carvalho",
        date(1973, 12, 12),
        "Both calves, 3 years",
        ("calf-l", "calf-r"),
        Course(5.5, sd=0.7, flare=1.2),
        held=(56, 42, 28, 14),
        days=72,
        next_in=4,
        change="same",
        sites=_CALF,
    ),
    Person(
        "Daniel Rousseau",
        date(1969, 7, 7),
        "Low back, 10 months",
        ("low-back-l", "low-back-r"),
        Course(5.8),
        held=(30,),
        days=46,
        silent=16,
        next_in=6,
        sites=_BACK,
    ),
    Person(
        "Priya Raghunathan",
        date(1994, 2, 28),
        "Jaw and neck, 1 year",
        ("face", "neck-back-l"),
        Course(6.4, per_visit=-1.1, sd=0.8),
        held=(49, 35, 21),
        days=66,
        next_in=9,
        change="better",
        sites=(("Masseter", "left"), ("C2, C3 paraspinals", "left")),
        managed=((1, "Ate an apple, slowly."),),
    ),
    Person(
        "Omar Benali",
        date(1988, 10, 19),
        "Left knee, 4 months",
        ("knee-l",),
        Course(5.0),
        held=(),
        days=4,
        next_in=3,
        reviewed=False,
    ),
    Person(
        "Beatrice Holm",
        date(1951, 5, 14),
        "Right low back, 6 years",
        ("low-back-r",),
        Course(6.0, per_visit=-0.5),
        held=(33, 12),
        days=52,
        next_in=8,
        team="both",
        corrected=6,
        withdrawn=9,
        history=("Pacemaker or implant",),
        sites=(("L5, S1 paraspinals", "right"),),
    ),
    Person(
        "Callum Doyle",
        date(2000, 9, 1),
        "Left shoulder, 7 months",
        ("shoulder-l",),
        Course(5.6, per_visit=-0.9, sd=1.0),
        held=(44, 30, 16),
        days=60,
        next_in=12,
        sites=_SHOULDER,
        change="better",
    ),
    Person(
        "Deepa Krishnan",
        date(1982, 4, 21),
        "Top of both shoulders, 2 years",
        ("upper-trap-l", "upper-trap-r"),
        Course(4.8, sd=1.1, completion=0.35),
        held=(29, 8),
        days=44,
        next_in=7,
        sites=_NECK,
    ),
    Person(
        "Ewan McAllister",
        date(1976, 8, 8),
        "Right calf, 3 months",
        ("calf-r",),
        Course(3.0, per_visit=-0.6, sd=0.9),
        held=(36, 22),
        days=50,
        next_in=11,
        sites=_CALF,
    ),
    Person(
        "Florence Abara",
        date(1964, 1, 27),
        "Left buttock and thigh, 18 months",
        ("buttock-l", "thigh-back-l"),
        Course(6.8, per_visit=-0.6, sd=1.3, late=0.4),
        held=(47, 33, 20),
        days=62,
        next_in=10,
        sites=_BACK,
        change="better",
    ),
    Person(
        "Gustav Nyberg",
        date(1955, 3, 18),
        "Neck, 4 years",
        ("neck-back-l", "neck-back-r"),
        Course(5.0, sd=1.8, phi=0.5),
        held=(41, 27, 13),
        days=56,
        next_in=13,
        sites=_NECK,
    ),
    Person(
        "Hana Suzuki",
        date(1997, 11, 3),
        "Right wrist and forearm, 5 months",
        ("forearm-front-r", "hand-r"),
        Course(4.6, per_visit=-0.7),
        held=(25, 11),
        days=40,
        next_in=6,
        team="second",
        sites=_ELBOW,
    ),
    Person(
        "Isaac Thompson",
        date(1971, 6, 30),
        "Middle of the back, 9 months",
        ("mid-back-l", "mid-back-r"),
        Course(5.3, per_visit=-0.2),
        held=(39, 18),
        days=54,
        next_in=15,
        team="second",
        sites=(("T6 to T9 paraspinals", "both"),),
    ),
    Person(
        "Jolanta Kowalczyk",
        date(1960, 2, 11),
        "Left hip, 1 year",
        ("hip-front-l", "buttock-l"),
        Course(6.2, per_visit=-0.4),
        held=(24,),
        days=38,
        next_in=4,
        team="second",
        sites=(("L2 to L4 paraspinals", "left"),),
    ),
    Person(
        "Kwame Asante",
        date(1984, 12, 24),
        "Right shoulder blade, 6 months",
        ("shoulder-blade-r",),
        Course(5.7, per_visit=-0.8),
        held=(31, 17, 3),
        days=45,
        next_in=11,
        team="second",
        sites=_SHOULDER,
    ),
    Person(
        "Laura Mendes",
        date(1992, 7, 15),
        "Back of the head and neck, 2 years",
        ("back-of-head", "neck-back-r"),
        Course(5.1, sd=1.4),
        held=(34, 13),
        days=48,
        next_in=8,
        team="second",
        sites=_NECK,
        silent=2,
    ),
    Person(
        "Mateus Oliveira",
        date(1987, 5, 6),
        "Left thigh, 4 months",
        ("thigh-front-l",),
        Course(4.0, per_visit=-0.5),
        held=(20,),
        days=34,
        team="second",
        sites=(("L3, L4 paraspinals", "left"), ("Vastus lateralis", "left")),
    ),
    Person(
        "Nadia Fournier",
        date(1978, 9, 29),
        "Low back, 5 years",
        ("low-back-l", "low-back-r"),
        Course(6.1),
        held=(),
        days=0,
        next_in=2,
        team="second",
        reviewed=False,
    ),
    Person(
        "Oskar Lehmann",
        date(1966, 10, 10),
        "Right elbow, 1 year",
        ("forearm-back-r",),
        Course(5.0, per_visit=-0.9),
        held=(90, 76, 62),
        days=100,
        silent=40,
        ended=True,
        sites=_ELBOW,
        change="better",
    ),
)

HARBOUR: tuple[Person, ...] = (
    Person(
        "Pauline Gagnon",
        date(1970, 1, 5),
        "Left shoulder, 10 months",
        ("shoulder-l",),
        Course(5.5, per_visit=-0.4),
        held=(30, 16),
        days=45,
        next_in=5,
        team="other",
        sites=_SHOULDER,
        flag=(1, "RF10"),
    ),
    Person(
        "Quentin Moreau",
        date(1959, 6, 17),
        "Low back, 3 years",
        ("low-back-r",),
        Course(6.3, per_visit=-0.3),
        held=(28, 14),
        days=42,
        next_in=0,
        team="other",
        sites=_BACK,
    ),
)
