"""What is new since the reader's own last review."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime

from portal import clock
from portal.diary.flags import CALL, short_label
from portal.review.brief_facts import BriefFacts, PlaceRow, QuestionRow, ReviewRow, VersionRow
from portal.review.brief_shown import News, NewsShown
from portal.review.brief_words import Clocks, place_label, quoted, short_day, shortened
from portal.review.trends import Day, Record
from portal.web.jinja import clock_time, day
from portal.web.languages import gettext as _
from portal.web.languages import ngettext

TEXTS = 1
CORRECTIONS = 3
SORE_FROM = 3
STILL = 3  # days after which an answer about soreness is no longer the present


def news_of(facts: BriefFacts, record: Record, clocks: Clocks) -> NewsShown:
    """Everything new since the last review, and where that review stands."""
    own = facts.own_review
    items = tuple(_items(facts, record, own))
    days = len(own.written) if own else len(facts.days)
    is_covered = own is not None and not _is_later(facts, own)
    is_today = own is not None and clocks.clinic_date(own.at) == clocks.clinic_date(facts.at)
    return NewsShown(
        title=_("New since your last review") if own else _("New for you"),
        since=" ".join((_since(facts, own, clocks), _written(days, own), _asked(facts))).strip(),
        items=items or (News("", _nothing(days, own)),),
        reviewed=_reviewed(own, clocks) if own and is_covered else "",
        can_undo=is_today,
        can_mark=not (is_covered and is_today),
    )


def _is_later(facts: BriefFacts, own: ReviewRow) -> bool:
    """Whether a version was written that the review does not cover."""
    return facts.head.newest_at is not None and facts.head.newest_at > own.covers_until


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


def _written(days: int, own: ReviewRow | None) -> str:
    if own is None:
        return ngettext("%(num)s day written.", "%(num)s days written.", days)
    return ngettext("%(num)s day written since.", "%(num)s days written since.", days)


def _asked(facts: BriefFacts) -> str:
    """How many questions are new; each is marked where it stands."""
    new = sum(is_new_question(one, facts) for one in facts.questions)
    return ngettext("%(num)s new question.", "%(num)s new questions.", new) if new else ""


def _nothing(days: int, own: ReviewRow | None) -> str:
    """What is said where no line follows; days that were written are new, after all."""
    if own is None and days:
        return _("All of it is new to you.")
    return _("No new flags, places, words or corrections.") if days else _("Nothing new.")


def _items(facts: BriefFacts, record: Record, own: ReviewRow | None) -> Iterator[News]:
    since = own.covers_until if own else None
    newest = [one for one in facts.versions if not one.is_withdrawn]
    yield from _flags(facts, since)
    yield from _today(facts, record, newest)
    if own is not None:
        yield from _places(facts.places, own.covers_until, record)
        yield from _soreness(record, own.written)
    told = told_above(facts)
    yield from _texts([one for one in newest if one.is_changed or one.was_withdrawn], told)
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


def _today(facts: BriefFacts, record: Record, newest: Sequence[VersionRow]) -> Iterator[News]:
    """Today's entry as it is, where the figures end with yesterday because of a visit."""
    if record.recent.window.last >= facts.today:
        return
    versions = {one.on: one for one in newest}
    for each in facts.days:
        version = versions.get(each.day.on)
        if version is not None and each.day.on == facts.today:
            written = clock_time(clock.local(version.entered_at, facts.head.zone))
            yield News(_("Today %(time)s", time=written), ", ".join(_scores(each.day)))


def _scores(one: Day) -> Iterator[str]:
    """The scores of a day as they were written, those left out not said."""
    if one.pain_average is not None:
        yield _("pain %(n)s", n=one.pain_average)
    if one.interference is not None:
        yield _("%(n)s in the way", n=one.interference)
    if one.pain_worst is not None:
        yield _("worst %(n)s", n=one.pain_worst)
    if one.soreness is not None:
        yield _("soreness %(n)s", n=one.soreness)


def _places(places: Sequence[PlaceRow], since: datetime, record: Record) -> Iterator[News]:
    """Places named since then and not in the weeks before, counted in the body's own days."""
    known = {place.region for place in places if place.entered_at <= since}
    days: dict[str, set[date]] = defaultdict(set)
    for place in places:
        if place.region not in known:
            days[place.region].add(place.on)
    for region, on in days.items():
        yield News(_("Place"), ", ".join((place_label(region), *_days_of_place(on, record))))


def _days_of_place(on: set[date], record: Record) -> Iterator[str]:
    """On how many days of the recent window a place was named; today by itself, if outside."""
    count = sum(each in record.recent.window for each in on)
    if count:
        yield ngettext("on %(num)s day", "on %(num)s days", count)
    if max(on) > record.recent.window.last:
        yield _("and today") if count else _("today")
    elif not count:
        yield _("last on %(day)s", day=short_day(max(on)))


def _soreness(record: Record, written: frozenset[date]) -> Iterator[News]:
    """Soreness above 0 on day 3 after a visit or later, of the days written since."""
    answered = [one for one in record.days if one.soreness is not None and one.on in written]
    for number, visit in enumerate(record.needlings):
        later = record.needlings[number + 1 :]
        until = later[0].on if later else date.max
        answers = [one for one in answered if visit.on < one.on < until]
        sore = [one.on for one in answers if one.soreness]
        if sore and (max(sore) - visit.on).days >= SORE_FROM:
            is_still = answers[-1].on == max(sore) and (record.today - max(sore)).days <= STILL
            worst = max(one.soreness or 0 for one in record.days if visit.on <= one.on < until)
            said = {"n": (max(sore) - visit.on).days, "visit": visit.number, "worst": worst}
            yield News(_("Soreness"), _sore_words(said, is_still=is_still))


def _sore_words(said: Mapping[str, int], *, is_still: bool) -> str:
    if is_still:
        return _("Still sore on day %(n)s after visit %(visit)s, up to %(worst)s of 10", **said)
    return _("Sore until day %(n)s after visit %(visit)s, up to %(worst)s of 10", **said)


def told_above(facts: BriefFacts) -> frozenset[tuple[date, str]]:
    """The notes that stand whole beside a flag or a call that waits, with their days."""
    return frozenset(
        (flag.about_on, flag.note)
        for flag in facts.open_flags
        if flag.note and shortened(flag.note) == " ".join(flag.note.split())
    )


def _texts(versions: Sequence[VersionRow], told: AbstractSet[tuple[date, str]]) -> Iterator[News]:
    notes = [(one.note, one.on) for one in versions if one.note and (one.on, one.note) not in told]
    managed = [(one.managed, one.on) for one in versions if one.managed]
    for label, found in ((_("Note"), notes), (_("Managed"), managed)):
        for words, on in found[:TEXTS]:
            more = len(found) - TEXTS
            earlier = ngettext(" and %(num)s earlier", " and %(num)s earlier", more) if more else ""
            yield News(label, f"{quoted(shortened(words))} {short_day(on)}{earlier}")


def _corrections(versions: Sequence[VersionRow]) -> Iterator[News]:
    """What became of days that the last review covers, in one line."""
    said = [correction_words(one) for one in versions if _is_correction(one)]
    if said:
        more = len(said) - CORRECTIONS
        words = "; ".join(said[:CORRECTIONS])
        label = _("Corrections") if len(said) > 1 else _("Correction")
        yield News(label, words + (_("; and %(n)s more", n=more) if more > 0 else ""))


def _is_correction(one: VersionRow) -> bool:
    """Whether a day stands otherwise than at the last review; a day not there then is just new."""
    if not one.is_known:
        return False
    return one.is_withdrawn != one.was_withdrawn or (one.is_changed and not one.is_withdrawn)


def correction_words(one: VersionRow) -> str:
    """What became of a day since the last review: 30 Oct, pain 5 to 4."""
    on = short_day(one.on)
    if one.is_withdrawn:
        return _("%(day)s, taken out", day=on)
    if one.was_withdrawn:
        return _("%(day)s, put back", day=on)
    if one.pain_average != one.before:
        before = "–" if one.before is None else one.before
        after = "–" if one.pain_average is None else one.pain_average
        return _("%(day)s, pain %(before)s to %(after)s", day=on, before=before, after=after)
    return _("%(day)s, other answers", day=on)


def is_new_question(question: QuestionRow, facts: BriefFacts) -> bool:
    """Whether a question was asked, or its words changed, since the last review, or ever."""
    own, said_at = facts.own_review, question.edited_at or question.asked_at
    return own is None or said_at > own.at
