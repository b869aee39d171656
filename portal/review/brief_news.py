"""What is new since the reader's own last review."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.diary.flags import CALL, short_label
from portal.review.brief_facts import BriefFacts, PlaceRow, QuestionRow, ReviewRow, VersionRow
from portal.review.brief_shown import News, NewsShown
from portal.review.brief_words import Clocks, place_label, quoted, short_day, shortened
from portal.review.trends import Record
from portal.web.jinja import day

TEXTS = 1
CORRECTIONS = 3
SORE_FROM = 3


def news_of(facts: BriefFacts, record: Record, clocks: Clocks) -> NewsShown:
    """Everything new since the last review, and where that review stands."""
    own = facts.own_review
    items = tuple(_items(facts, record, own))
    is_covered = own is not None and not _is_later(facts, own)
    is_today = own is not None and clocks.clinic_date(own.at) == clocks.clinic_date(facts.at)
    return NewsShown(
        title=_("New since your last review") if own else _("New for you"),
        since=" ".join(filter(None, (_since(facts, own, clocks), _written(facts, record, own)))),
        items=items or (News("", _("Nothing new.")),),
        reviewed=_reviewed(own, clocks) if own and is_covered else "",
        can_undo=is_today,
        can_mark=not (is_covered and is_today),
    )


def _is_later(facts: BriefFacts, own: ReviewRow) -> bool:
    """Whether a version was written that the review does not cover."""
    return facts.newest_at is not None and facts.newest_at > own.covers_until


def _reviewed(own: ReviewRow, clocks: Clocks) -> str:
    return _("Reviewed %(moment)s.", moment=clocks.moment(own.at))


def _since(facts: BriefFacts, own: ReviewRow | None, clocks: Clocks) -> str:
    others = [one for one in facts.reviews if not one.is_own]
    said = clocks.moment(own.at) if own else _("You have not reviewed this diary yet.")
    if others and (own is None or others[0].at > own.at):
        on = day(clocks.clinic_date(others[0].at))
        other = _("%(name)s read it on %(day)s.", name=others[0].practitioner, day=on)
        said = f"{said}. {other}" if own else f"{said} {other}"
    return said if said.endswith(".") else f"{said}."


def _written(facts: BriefFacts, record: Record, own: ReviewRow | None) -> str:
    """On how many days since the review something was written."""
    if own is None:
        return ngettext("%(num)s day written.", "%(num)s days written.", len(record.days))
    covered = clock.local(own.covers_until, facts.head.zone).date()
    days = sum(one.on > covered for one in record.days)
    return ngettext("%(num)s day written since.", "%(num)s days written since.", days)


def _items(facts: BriefFacts, record: Record, own: ReviewRow | None) -> Iterator[News]:
    since = own.covers_until if own else None
    yield from _flags(facts, since)
    if since is not None:
        yield from _places(facts.places, since)
        yield from _soreness(record, clock.local(since, facts.head.zone).date())
    newest = [one for one in facts.versions if one.is_newest and not one.is_withdrawn]
    yield from _texts(newest)
    yield from _corrections(facts.versions)


def _flags(facts: BriefFacts, since: datetime | None) -> Iterator[News]:
    """Flags and calls raised since then; those that wait stand above, in full."""
    fresh = [flag for flag in facts.flags if since is None or flag.raised_at > since]
    waiting = [flag for flag in fresh if flag.acknowledged_at is None]
    said = [
        _(
            "%(flag)s, %(day)s, acknowledged",
            flag=short_label(flag.code),
            day=short_day(flag.about_on),
        )
        for flag in fresh
        if flag.acknowledged_at is not None
    ]
    if waiting:
        above = ngettext(
            "%(num)s above, not yet acknowledged",
            "%(num)s above, not yet acknowledged",
            len(waiting),
        )
        said.insert(0, above)
    if said:
        words = "; ".join(said)
        label = _("Call") if all(flag.code == CALL for flag in fresh) else _("Flags")
        yield News(label, words[:1].upper() + words[1:])


def _places(places: Sequence[PlaceRow], since: datetime) -> Iterator[News]:
    """Places named since then and not in the weeks before."""
    known = {place.region for place in places if place.entered_at <= since}
    days: dict[str, set[date]] = defaultdict(set)
    for place in places:
        if place.region not in known:
            days[place.region].add(place.on)
    for region, on in days.items():
        words = ngettext(
            "%(place)s, on %(num)s day",
            "%(place)s, on %(num)s days",
            len(on),
            place=place_label(region),
        )
        yield News(_("Place"), words)


def _soreness(record: Record, since: date) -> Iterator[News]:
    """Soreness above 0 on day 3 after a visit or later."""
    for number, visit in enumerate(record.needlings):
        later = record.needlings[number + 1 :]
        until = later[0].on if later else date.max
        sore = [
            one.on
            for one in record.days
            if one.soreness
            and one.on >= since
            and visit.on < one.on < until
            and (one.on - visit.on).days >= SORE_FROM
        ]
        if sore:
            last = (max(sore) - visit.on).days
            words = _("Still sore on day %(n)s after visit %(visit)s", n=last, visit=visit.number)
            yield News(_("Soreness"), words)


def _texts(versions: Sequence[VersionRow]) -> Iterator[News]:
    notes = [(one.note, one.on) for one in versions if one.note]
    managed = [(one.managed, one.on) for one in versions if one.managed]
    for label, found in ((_("Note"), notes), (_("Managed"), managed)):
        for words, on in found[:TEXTS]:
            more = len(found) - TEXTS
            earlier = ngettext(" and %(num)s earlier", " and %(num)s earlier", more) if more else ""
            yield News(label, f"{quoted(shortened(words))} {short_day(on)}{earlier}")


def _corrections(versions: Sequence[VersionRow]) -> Iterator[News]:
    """The newest correction of each day, in one line."""
    said = [correction_words(one) for one in versions if one.version > 1 and one.is_newest]
    if said:
        more = len(said) - CORRECTIONS
        words = "; ".join(said[:CORRECTIONS])
        label = _("Corrections") if len(said) > 1 else _("Correction")
        yield News(label, words + (_("; and %(n)s more", n=more) if more > 0 else ""))


def correction_words(one: VersionRow) -> str:
    """What a correction changed: 30 Oct, pain 5 to 4."""
    on = short_day(one.on)
    if one.is_withdrawn:
        return _("%(day)s, withdrawn", day=on)
    if one.pain_average != one.before:
        before = "–" if one.before is None else one.before
        after = "–" if one.pain_average is None else one.pain_average
        return _("%(day)s, pain %(before)s to %(after)s", day=on, before=before, after=after)
    return _("%(day)s, other answers", day=on)


def is_new_question(question: QuestionRow, facts: BriefFacts) -> bool:
    """Whether a question was asked since the last review."""
    own = facts.own_review
    return own is not None and question.asked_at > own.at
