"""The brief of one patient, said once: page, paper and text read what this returns."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date

from portal import clock
from portal.care.history import history_words
from portal.diary.assessment_changes import sources_words
from portal.diary.assessment_panels import panels_of
from portal.review.brief_assessments import assessed_shown, pgic_words
from portal.review.brief_facts import BriefFacts, SiteRow, VisitRow
from portal.review.brief_figures import basis_of, figures_of, finding_of
from portal.review.brief_news import is_new_question, news_of, told_above
from portal.review.brief_record import record_from
from portal.review.brief_shown import (
    Brief,
    Charts,
    FlagShown,
    NoteShown,
    QuestionShown,
    SettledShown,
    VisitShown,
    WhereShown,
)
from portal.review.brief_words import (
    Clocks,
    flag_shown,
    place_words,
    settled_shown,
    shortened,
    site_words,
)
from portal.review.chart_words import calendar_words, median_short, visit_words
from portal.review.charts import (
    DESKTOP,
    PHONE,
    PRINT,
    VISITS_DESKTOP,
    VISITS_PHONE,
    VISITS_PRINT,
    calendars,
    shades,
    visit_drawings,
)
from portal.review.tables import (
    ResponseWords,
    around_rows,
    day_rows,
    fortnight_rows,
    response_words,
)
from portal.review.trends import Record, Response, VisitMark
from portal.review.wording import (
    caution,
    swing_sentence,
    thresholds_in_force,
    thresholds_source,
)
from portal.web.jinja import clock_time, day, day_year, lower_first
from portal.web.languages import gettext as _
from portal.web.languages import ngettext

VISITS = 12
ON_PAPER = 5
ON_FULL_PAPER = 3
MANY = 2  # flags or questions beyond so many set page and paper tighter
NOTE_LENGTH = 220
SETTLED = 4
ROW = 44  # a second flag takes this much of the screen from the chart
LOW_ON_PAPER, LOW_ON_FULL_PAPER = 66, 40
PAIN_ON_FULL_PAPER = 100
NOTES_ON_FULL_PAPER = 2
LOWEST = 112
HIGHEST = 180


def brief_of(facts: BriefFacts, *, reader_name: str) -> Brief:
    """Say everything the brief says."""
    head, record = facts.head, record_from(facts)
    clocks = Clocks(facts.at, head.clinic_zone, head.zone)
    panels = panels_of(facts.assessed)
    return Brief(
        patient_id=head.patient_id,
        episode_id=head.episode_id,
        name=head.name,
        about=_about(facts),
        history=_history(facts),
        visit=_visit_line(facts, record),
        last_visit=_last_visit(record),
        ended=_("This episode of care ended on %(day)s.", day=day(head.ended_on))
        if head.ended_on
        else "",
        flags=_flags(facts, clocks),
        settled=_settled(facts, clocks),
        settled_earlier=max(0, len(facts.settled_flags) - SETTLED),
        figures=figures_of(record, pgic_words(panels)),
        basis=basis_of(record),
        finding=finding_of(record),
        median=median_short(record),
        swing=swing_sentence(record.swing),
        news=news_of(facts, record, clocks),
        questions=tuple(
            QuestionShown(
                one.id,
                one.body,
                is_new=is_new_question(one, facts),
                is_edited=one.edited_at is not None,
            )
            for one in facts.questions
        ),
        where=_where(facts, record),
        visits=_visits(facts, record),
        visits_earlier=max(0, len(_held(facts, record)) - VISITS),
        assessed=assessed_shown(panels),
        notes=_notes(facts),
        thresholds=f"{thresholds_in_force(record.thresholds)} "
        f"{thresholds_source(record.thresholds)}",
        marks=sources_words([panel.instrument for panel in panels if panel.change]),
        caution=caution(),
        charts=_charts(record, len(facts.open_flags), is_full=_is_full(facts)),
        record=record,
        up_to=facts.head.newest_id,
        printed=_printed(facts, reader_name),
        has_diary=bool(record.days),
        is_full=_is_full(facts),
    )


def _is_full(facts: BriefFacts) -> bool:
    return max(len(facts.open_flags), len(facts.questions)) > MANY


def _on_paper(facts: BriefFacts) -> int:
    """How many visits one sheet has room for."""
    return ON_FULL_PAPER if _is_full(facts) else ON_PAPER


def age_on(born: date, today: date) -> int:
    """How old somebody is on a day."""
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not had_birthday)


def _about(facts: BriefFacts) -> str:
    age = age_on(facts.head.born_on, facts.today)
    return _("%(age)s. %(complaint)s.", age=age, complaint=facts.head.complaint.rstrip("."))


def _history(facts: BriefFacts) -> str:
    words = [lower_first(each) for each in history_words(list(facts.head.history))]
    return _("Check before needling: %(history)s.", history=", ".join(words)) if words else ""


def _visit_line(facts: BriefFacts, record: Record) -> str:
    """The visit today or the next one: Visit 5 today, 10:40."""
    today = facts.today
    ahead = [one for one in facts.visits if one.held_on is None and one.planned_on is not None]
    coming = [one for one in ahead if one.planned_on and one.planned_on >= today]
    if not coming:
        return _("No visit planned.")
    visit = min(coming, key=lambda one: (one.planned_on, one.planned_for))
    number = max((mark.number for mark in record.visits), default=0) + 1
    time = _time(visit, facts)
    if visit.planned_on == today:
        return _("Visit %(n)s today, %(time)s.", n=number, time=time)
    on = day(visit.planned_on or today)
    return _("Visit %(n)s on %(day)s, %(time)s.", n=number, day=on, time=time)


def _time(visit: VisitRow, facts: BriefFacts) -> str:
    if visit.planned_for is None:
        return ""
    return clock_time(clock.local(visit.planned_for, facts.head.clinic_zone))


def _last_visit(record: Record) -> str:
    if not record.visits:
        return _("No visit yet.")
    return _("Last visit %(day)s.", day=day(record.visits[-1].on))


def _flags(facts: BriefFacts, clocks: Clocks) -> tuple[FlagShown, ...]:
    """Flags and calls that wait; what the patient wrote beside several stands with the first."""
    shown: list[FlagShown] = []
    for flag in facts.open_flags:
        said = flag_shown(flag, clocks)
        is_told = any(one.quote == said.quote and one.written == said.written for one in shown)
        shown.append(replace(said, quote="") if is_told else said)
    return tuple(shown)


def _settled(facts: BriefFacts, clocks: Clocks) -> tuple[SettledShown, ...]:
    """Flags and calls acknowledged since the last review; the entries page has all of them."""
    with_acts = (flag for flag in facts.settled_flags[:SETTLED] if flag.acts)
    return tuple(settled_shown(flag, clocks) for flag in with_acts)


def _where(facts: BriefFacts, record: Record) -> WhereShown:
    window = record.recent.window
    recent = [place for place in facts.places if place.on in window]
    counts = Counter(place.region for place in recent)
    days = max(len({place.on for place in recent}), record.recent.entry_days)
    if not counts:
        return WhereShown({}, _("No places named in the last %(n)s days.", n=window.length))
    named = ", ".join(f"{place_words(region)} {n}" for region, n in counts.most_common())
    words = ngettext(
        "Of %(num)s day: %(places)s.", "Of %(num)s days: %(places)s.", days, places=named
    )
    return WhereShown(shades(counts, days=days), words)


def _visits(facts: BriefFacts, record: Record) -> tuple[VisitShown, ...]:
    """The newest visits held, the newest first; the entries page has all of them."""
    responses = {one.visit.on: one for one in record.responses}
    newest = list(reversed(_held(facts, record)))[:VISITS]
    last = record.recent.window.last
    return tuple(
        _visit_shown(
            mark,
            stored,
            response_words(responses.get(mark.on) or Response(mark), last=last),
            is_on_paper=n < _on_paper(facts),
        )
        for n, (mark, stored) in enumerate(newest)
    )


def _held(facts: BriefFacts, record: Record) -> list[tuple[VisitMark, VisitRow | None]]:
    """Every visit held, oldest first: figures know a day with two as one, the table has both.

    A visit without sites beside one with sites on the same day was one without needling.
    """
    stored: dict[date, list[VisitRow]] = defaultdict(list)
    for one in facts.visits:
        if one.held_on is not None:
            stored[one.held_on].append(one)
    held: list[tuple[VisitMark, VisitRow | None]] = []
    for mark in record.visits:
        day_has_sites = any(one.sites for one in stored[mark.on])
        held += [
            (VisitMark(one.number or mark.number, mark.on, bool(one.sites)), one)
            if day_has_sites
            else (replace(mark, number=one.number or mark.number), one)
            for one in stored[mark.on]
        ] or [(mark, None)]
    return held


def _visit_shown(
    mark: VisitMark, stored: VisitRow | None, response: ResponseWords, *, is_on_paper: bool
) -> VisitShown:
    sites = stored.sites if stored else ()
    grasps = [site.grasp for site in sites if site.grasp is not None]
    return VisitShown(
        id=stored.id if stored else None,
        number=mark.number,
        on=mark.on,
        where=_sites(sites, mark),
        grasp=max(grasps, default=None),
        response=response,
        is_on_paper=is_on_paper,
    )


def _sites(sites: tuple[SiteRow, ...], mark: VisitMark) -> str:
    if not sites:
        return _("not recorded") if mark.is_needling else _("no needling")
    return ", ".join(site_words(site) for site in sites)


def _notes(facts: BriefFacts) -> tuple[NoteShown, ...]:
    room = NOTES_ON_FULL_PAPER if _is_full(facts) else ON_PAPER
    told = told_above(facts)
    texts = [
        (one.on, words)
        for one in facts.texts
        for words in (one.note, one.managed)
        if words and (one.on, words) not in told
    ]
    return tuple(
        NoteShown(on, shortened(words, NOTE_LENGTH), is_on_paper=n < room)
        for n, (on, words) in enumerate(texts)
    )


def _charts(record: Record, flags: int, *, is_full: bool) -> Charts:
    room = LOWEST if is_full else HIGHEST - ROW * max(0, flags - 1)
    wide = replace(DESKTOP, pain=room)
    paper = replace(PRINT, pain=PAIN_ON_FULL_PAPER) if is_full else PRINT
    low = replace(VISITS_PRINT, pain=LOW_ON_FULL_PAPER if is_full else LOW_ON_PAPER, soreness=22)
    words, around = calendar_words(record), visit_words(record)
    return Charts(
        calendar=calendars(record, (PHONE, wide, paper), words),
        around=visit_drawings(record.aligned, (VISITS_PHONE, VISITS_DESKTOP, low), around)
        if record.needlings
        else (),
        fortnights=tuple(fortnight_rows(record)),
        days=tuple(day_rows(record)),
        around_rows=tuple(around_rows(record)),
    )


def _printed(facts: BriefFacts, reader_name: str) -> str:
    local = clock.local(facts.at, facts.head.clinic_zone)
    return _(
        "Not for emergencies. Printed %(day)s, %(time)s, by %(name)s. "
        "Confidential patient information.",
        day=day_year(local.date()),
        time=clock_time(local),
        name=reader_name,
    )
