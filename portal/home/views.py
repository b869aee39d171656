"""The patient's first page."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.session import reader
from portal.diary import history, queries, questions
from portal.diary.assessment_queries import due_checks
from portal.diary.check_words import invitations
from portal.diary.history import DayLine
from portal.diary.queries import Care
from portal.home import moments, presenters, questions_views
from portal.home.blueprint import bp
from portal.home.moments import Situation
from portal.home.now import now_of
from portal.home.settings_views import asks_to_agree
from portal.review.queries import last_read
from portal.web.guard import Audience, audience

__all__ = ["bp", "questions_views"]

LOOKS_BACK = timedelta(days=14)


def _last_written(care: Care, lines: Sequence[DayLine]) -> date | None:
    """The last day written about, however long ago; None where there is none."""
    _first, last = history.span_of(db.session(), reader(), care.episode_id)
    return lines[0].on if lines else last


@bp.get("/me")
@audience(Audience.PATIENT)
def today() -> ResponseReturnValue:
    """Show what is to do now, the next visit, who read, and the plan."""
    session, person = db.session(), reader()
    care = queries.own_care(session, person)
    if care is None:
        return render_template("diary/none.html")
    if care.is_to_agree and (way := asks_to_agree()) is not None:
        return way
    first = care.today - LOOKS_BACK
    lines = history.day_lines(session, person, care.episode_id, first=first, last=care.today)
    lines = tuple(line for line in lines if not line.is_withdrawn)
    visits = queries.visits_of(session, person, care.episode_id)
    days = queries.visit_days(visits)
    last = _last_written(care, lines)
    waiting = [
        one.body
        for one in questions.questions_of(session, person, care.episode_id)
        if one.answered_at is None
    ]
    situation = Situation(
        today=care.today,
        visits=visits,
        has_entries=last is not None,
        has_flag=any(line.has_flag for line in lines),
        felt_grasp=any(line.felt_grasp for line in lines[:1]),
        soreness=lines[0].soreness if lines else None,
        words=lines[0].words if lines else "",
        last_written=last,
        has_questions=bool(waiting),
    )
    since = care.now - LOOKS_BACK
    flags = history.flags_lately(session, person, care.episode_id, since=since)
    due = due_checks(session, person, care, visits=days)
    return render_template(
        "home/today.html",
        care=care,
        flags=presenters.flag_lines(flags, care),
        now=now_of(care, lines, days, last=last),
        intro=presenters.intro(care) if last is None else None,
        visit=presenters.next_visit(care, visits),
        seen=presenters.seen(last_read(session, person, care.episode_id), care),
        plan=presenters.plan_words(care, days),
        after_visit=presenters.after_visit(care, visits),
        ask=presenters.ask_prompt(care, visits, waiting=len(waiting)) if care.is_open else None,
        questions=waiting,
        checks=invitations(due),
        moment=moments.moment_for(situation) if care.is_open else None,
    )
