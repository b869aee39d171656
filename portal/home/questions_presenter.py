"""What the page of questions says: those that wait, those answered, and what one could ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal import clock
from portal.db import QuestionId
from portal.diary.queries import Appointment, Care
from portal.diary.questions import Asked
from portal.web.jinja import day, weekday
from portal.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: words, what is wrong with them, and which question they change."""

    words: str = ""
    error: str = ""
    edited: QuestionId | None = None


@dataclass(frozen=True, slots=True)
class AnsweredShown:
    """A question that was answered, with its day and who answered."""

    body: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsPage:
    """Everything the page shows; `gone` is the question just taken back, if any."""

    care: Care
    lede: str
    waiting: tuple[Asked, ...]
    answered: tuple[AnsweredShown, ...]
    examples: tuple[tuple[str, str], ...]
    typed: Typed
    edited: Asked | None
    gone: Asked | None


def examples() -> tuple[tuple[str, str], ...]:
    """Return what people often ask, by a key that the pressed button sends."""
    return (
        ("how-many", _("How many visits will it take before we know?")),
        ("move", _("May I move and work as usual in the days after?")),
        ("home", _("What can I do myself between visits?")),
        ("sore", _("How long may I be sore, and when is it too long?")),
    )


def questions_page(
    care: Care,
    found: Sequence[Asked],
    visits: Sequence[Appointment],
    *,
    typed: Typed,
    gone: Asked | None,
) -> QuestionsPage:
    """Put the page together; a question asked to be changed must be waiting, else none is."""
    waiting = tuple(one for one in found if one.answered_at is None)
    edited = (
        next((one for one in waiting if one.id == typed.edited), None) if care.is_open else None
    )
    return QuestionsPage(
        care=care,
        lede=_lede(care, visits),
        waiting=waiting,
        answered=tuple(_answered(one, care) for one in reversed(found) if one.answered_at),
        examples=examples() if care.is_open and not waiting else (),
        typed=typed,
        edited=edited,
        gone=gone,
    )


def _lede(care: Care, visits: Sequence[Appointment]) -> str:
    if not care.is_read:
        return _("Nobody reads this diary now. Keep here what you want to ask when you meet.")
    coming = next((v for v in visits if not v.is_held and v.on >= care.today), None)
    if coming is None:
        return _("Your practitioner sees them before you meet, in your order.")
    return _(
        "%(name)s sees them before your visit on %(day)s, in your order.",
        name=coming.practitioner,
        day=weekday(coming.on),
    )


def _answered(one: Asked, care: Care) -> AnsweredShown:
    at = one.answered_at
    on = day(clock.local(at, care.zone).date()) if at else ""
    if one.answered_by:
        return AnsweredShown(
            one.body, _("Answered %(day)s, %(name)s", day=on, name=one.answered_by)
        )
    return AnsweredShown(one.body, _("Answered %(day)s", day=on))
