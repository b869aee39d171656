"""Pages on which a patient looks back, and takes a day out of the figures or lets it count."""

from collections.abc import Callable
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.session import actor, reader
from portal.diary import answers, pages, presenters, queries, service
from portal.diary import history as looking_back
from portal.diary.month import month_of, month_page
from portal.diary.pages import Day
from portal.diary.service import NoConsent, Writer
from portal.diary.views import bp, day_of
from portal.errors import EpisodeEnded, OutOfSight
from portal.web.guard import Audience, audience

__all__ = ["bp"]


@bp.get("/me/diary")
@audience(Audience.PATIENT)
def history() -> ResponseReturnValue:
    """Show a month of the diary as a grid and as a list."""
    person = reader()
    care = queries.own_care(db.session(), person)
    if care is None:
        return render_template("diary/none.html")
    span = looking_back.span_of(db.session(), person, care.episode_id)
    wanted = month_of(request.args.get("month", ""), care, span)
    first, last = wanted
    lines = looking_back.day_lines(db.session(), person, care.episode_id, first=first, last=last)
    visits = queries.visits_of(db.session(), person, care.episode_id)
    return render_template(
        "diary/history.html",
        page=month_page(care, lines, visits, month=wanted, span=span),
        care=care,
    )


@bp.get("/me/diary/<day:on>/history")
@audience(Audience.PATIENT)
def day_history(on: date) -> ResponseReturnValue:
    """Show every version of a day, with its time and reason."""
    day = day_of(on)
    if day is None:
        return render_template("diary/none.html")
    return _versions_page(day)


def _versions_page(day: Day, *, reason: str = "", problem: str = "") -> ResponseReturnValue:
    """Show the day; a reason that cannot be used comes back with what is wrong."""
    versions = queries.versions_of(db.session(), day.person, day.care.episode_id, on=day.on)
    if not versions:
        raise OutOfSight
    flags = looking_back.flags_raised_on(db.session(), day.person, day.care.episode_id, on=day.on)
    replaced = [*versions[1:], None]
    html = render_template(
        "diary/day.html",
        day=day,
        newest=versions[0],
        versions=[
            presenters.version_shown(version, before, day.care)
            for version, before in zip(versions, replaced, strict=True)
        ],
        flags=presenters.flags_shown(flags, day.care),
        reason=reason,
        problem=problem,
    )
    return html, 422 if problem else 200


@bp.post("/me/diary/<day:on>/withdraw")
@audience(Audience.PATIENT)
def withdraw(on: date) -> ResponseReturnValue:
    """Take a day out of the figures; it stays in the history."""
    return _turn(on, service.withdraw)


@bp.post("/me/diary/<day:on>/restore")
@audience(Audience.PATIENT)
def restore(on: date) -> ResponseReturnValue:
    """Let a withdrawn day count again."""
    return _turn(on, service.restore)


def _turn(on: date, act: Callable[..., int]) -> ResponseReturnValue:
    day = day_of(on)
    if day is None:
        raise OutOfSight
    sent = answers.read(request.form.to_dict(flat=False))
    if "reason" in sent.problems and day.care.is_open:
        wrong = presenters.problem_words("reason", sent.problems["reason"])
        return _versions_page(day, reason=request.form["reason"], problem=wrong)
    writer = Writer(day.person, actor())
    try:
        with db.write_transaction() as session:
            act(
                session,
                writer=writer,
                care=day.care,
                on=on,
                base_version=sent.base_version,
                reason=sent.reason,
            )
    except (EpisodeEnded, NoConsent):
        return pages.render_refusal(day, pages.episode_over(day.care), sent=sent)
    return redirect(url_for("diary.day_history", on=on), 303)
