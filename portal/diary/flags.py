"""Red flags: what can be ticked, how urgent each is, and the fixed words of advice.

Labels and texts follow the clinical reference, sections 4.2 and 4.3, to the letter. A change of
words needs a clinician's sign-off and a higher number in `ADVICE_VERSION`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from portal.education.facts import ClinicFacts
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext

CALL = "CALL"
NONE = "none"


class Tier(StrEnum):
    """How urgent a red flag is, most urgent first."""

    EMERGENCY = "emergency"
    CRISIS = "crisis"
    SAME_DAY = "same-day"
    CLINIC = "clinic"


ADVICE_VERSION = MappingProxyType(
    {Tier.EMERGENCY: 1, Tier.CRISIS: 1, Tier.SAME_DAY: 1, Tier.CLINIC: 1}
)
CALL_VERSION = 1


@dataclass(frozen=True, slots=True)
class Flag:
    """One line of the tick list. `short` is for lists of staff; `extra` is the tier's condition."""

    code: str
    tier: Tier
    label: str
    short: str
    extra: str = ""


_FLAGS = (
    Flag(
        "RF1",
        Tier.EMERGENCY,
        lazy_gettext(
            "Short of breath, chest pain, or a new dry cough after needling (sudden or growing)"
        ),
        lazy_gettext("short of breath, chest pain or a new dry cough"),
    ),
    Flag(
        "RF2",
        Tier.EMERGENCY,
        lazy_gettext(
            "New numbness around the genitals, buttocks or back passage; trouble passing or "
            "holding urine; loss of bowel control; new sexual numbness"
        ),
        lazy_gettext("saddle numbness, or bladder or bowel trouble"),
    ),
    Flag(
        "RF3",
        Tier.EMERGENCY,
        lazy_gettext(
            "New weakness or numbness in both legs, or sudden severe neck or back pain with "
            "weakness after needling near the spine"
        ),
        lazy_gettext("weak or numb legs, or sudden severe spine pain with weakness"),
    ),
    Flag(
        "RF4",
        Tier.EMERGENCY,
        lazy_gettext(
            "Passed out and not right since; a seizure; face drooping, sudden weakness of one "
            "side, trouble speaking or seeing; sudden worst headache; swelling of face or throat"
        ),
        lazy_gettext("passed out, seizure, stroke signs, worst headache or swollen face"),
    ),
    Flag(
        "RF5",
        Tier.EMERGENCY,
        lazy_gettext("Bleeding that does not stop after 10 minutes of firm pressure"),
        lazy_gettext("bleeding that does not stop"),
    ),
    Flag(
        "RF6",
        Tier.CRISIS,
        lazy_gettext("Thoughts of ending your life or harming yourself"),
        lazy_gettext("thoughts of ending life or self-harm"),
    ),
    Flag(
        "RF7",
        Tier.SAME_DAY,
        lazy_gettext("Spreading redness, heat, swelling, pus, fever or chills"),
        lazy_gettext("signs of infection"),
        lazy_gettext("Very ill, confused, or a stiff neck? Call %(emergency)s."),
    ),
    Flag(
        "RF8",
        Tier.SAME_DAY,
        lazy_gettext("New numbness, tingling or weakness lasting more than a few hours"),
        lazy_gettext("new numbness, tingling or weakness"),
        lazy_gettext(
            "Getting worse, or you cannot lift your foot or grip? "
            "Go to an emergency department now."
        ),
    ),
    Flag(
        "RF9",
        Tier.SAME_DAY,
        lazy_gettext(
            "Needle left in or broken; a large painful swelling; or one limb swollen, warm and "
            "painful"
        ),
        lazy_gettext("needle left in, large swelling, or one limb swollen"),
        lazy_gettext(
            "Near the chest or spine, growing fast, or on blood thinners? "
            "Go to an emergency department now."
        ),
    ),
    Flag(
        "RF10",
        Tier.CLINIC,
        lazy_gettext("Soreness or pain that is severe, or still getting worse after 3 days"),
        lazy_gettext("severe soreness, or worse after 3 days"),
    ),
    Flag(
        "RF11",
        Tier.SAME_DAY,
        lazy_gettext("Pregnant, with bleeding or cramps"),
        lazy_gettext("pregnant, with bleeding or cramps"),
        lazy_gettext("Heavy bleeding or strong pain? Go to an emergency department now."),
    ),
    Flag(
        "RF12",
        Tier.SAME_DAY,
        lazy_gettext(
            "New back or neck pain with fever, after a bad fall, or with unexplained weight loss"
        ),
        lazy_gettext("spine pain with fever, a fall or weight loss"),
    ),
)
FLAGS = MappingProxyType({flag.code: flag for flag in _FLAGS})
CODES = tuple(FLAGS)


def flag(code: str) -> Flag:
    """Return the red flag with this code.

    Raises KeyError for anything but RF1 to RF12.
    """
    return FLAGS[code]


def short_label(code: str) -> str:
    """Name a flag, or the wish to be called, in a few words for staff."""
    return _("asked for a call") if code == CALL else str(FLAGS[code].short)


def version_of(code: str) -> int:
    """Return the version of the advice that a flag leads to now."""
    return CALL_VERSION if code == CALL else ADVICE_VERSION[FLAGS[code].tier]


def ticked(codes: Iterable[str]) -> tuple[str, ...]:
    """Keep the red flags among ticks, in the list's order; `none` beside one is dropped."""
    given = frozenset(codes)
    return tuple(code for code in CODES if code in given)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a sentence; with `href` they are a number to call."""

    text: str
    href: str = ""


Sentence = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What one tier tells to do, the same for everybody, with the flags that led to it."""

    tier: Tier
    version: int
    flags: tuple[Flag, ...]
    title: str
    text: Sentence
    extras: tuple[Sentence, ...]


_MARK = "\x1f"


def _places(clinic: ClinicFacts) -> dict[str, Piece]:
    region = clinic.region
    return {
        "emergency": Piece(region.emergency, region.emergency_href),
        "health_line": Piece(region.health_line, region.health_line_href),
        "health_line_name": Piece(region.health_line_name),
        "crisis_line": Piece(region.crisis_line, region.crisis_line_href),
        "clinic": Piece(clinic.name),
        "phone": Piece(clinic.phone, clinic.phone_href if clinic.phone else ""),
        "hours": Piece(clinic.hours),
    }


def filled(sentence: str, clinic: ClinicFacts) -> Sentence:
    """Put the clinic's names and numbers into a sentence; numbers become links."""
    places = _places(clinic)
    cut = sentence % {name: f"{_MARK}{name}{_MARK}" for name in places}
    pieces = [
        places[part] if index % 2 else Piece(part) for index, part in enumerate(cut.split(_MARK))
    ]
    return tuple(piece for piece in pieces if piece.text)


def plain(sentence: Sentence) -> str:
    """Return the words of a sentence without its links."""
    return "".join(piece.text for piece in sentence)


def _title(tier: Tier) -> str:
    return {
        Tier.EMERGENCY: _("Call %(emergency)s now"),
        Tier.CRISIS: _("Call or text %(crisis_line)s now"),
        Tier.SAME_DAY: _("Get advice today"),
        Tier.CLINIC: _("Call the clinic"),
    }[tier]


def _text(tier: Tier) -> str:
    return {
        Tier.EMERGENCY: _(
            "Call %(emergency)s now. Do not drive yourself. Say that you had needling, when, and "
            "where on your body."
        ),
        Tier.CRISIS: _(
            "Thank you for telling us. You do not have to carry this alone. Call or text "
            "%(crisis_line)s now, any time, free. If you are in danger now, call %(emergency)s. "
            "Nobody here reads this right away, so please reach someone who can talk with you."
        ),
        Tier.SAME_DAY: _(
            "Get advice today. Call %(clinic)s at %(phone)s, %(hours)s. Closed, or no answer? Call "
            "%(health_line)s (%(health_line_name)s), or see a doctor. If it gets worse, call "
            "%(emergency)s."
        ),
        Tier.CLINIC: _(
            "Call %(clinic)s at %(phone)s, %(hours)s. If it gets worse, call %(health_line)s, or "
            "%(emergency)s in an emergency."
        ),
    }[tier]


def advice_for(codes: Iterable[str], clinic: ClinicFacts) -> tuple[Advice, ...]:
    """Return the advice for ticked flags, one for each tier among them, most urgent first."""
    given = [FLAGS[code] for code in ticked(codes)]
    found = []
    for tier in Tier:
        here = tuple(one for one in given if one.tier is tier)
        if here:
            found.append(
                Advice(
                    tier,
                    ADVICE_VERSION[tier],
                    here,
                    plain(filled(_title(tier), clinic)),
                    filled(_text(tier), clinic),
                    tuple(filled(str(one.extra), clinic) for one in here if one.extra),
                )
            )
    return tuple(found)
