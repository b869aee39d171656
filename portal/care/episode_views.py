"""The staff page of an episode: who looks after it, the consent, and its end."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.reader import Reader
from portal.accounts.session import actor, staff_reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.care import episode_forms, episodes
from portal.care.blueprint import bp
from portal.care.episode_forms import EpisodeAct, EpisodeForm
from portal.care.episode_queries import EpisodeRecord, episode_record, episode_to_change
from portal.care.episodes import LeadStays
from portal.db import PatientId
from portal.errors import Conflict, EpisodeEnded, NobodyWouldRead, OutOfSight
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _


def _page(
    shown: EpisodeRecord, form: EpisodeForm, status: int = 200, *, asks: bool = False
) -> ResponseReturnValue:
    """Show an episode, or ask once more before its end; each showing is written down first."""
    with db.write_transaction() as session:
        event = Event(Act.EPISODE_OPENED, patient_id=shown.patient_id, episode_id=shown.episode_id)
        record(session, actor(), event)
    template = "care/episode_confirm.html" if asks else "care/episode.html"
    return render_template(template, shown=shown, form=form), status


@bp.get("/clinic/patients/<uuid:patient_id>/episode")
@audience(Audience.PRACTITIONER)
def episode(patient_id: UUID) -> ResponseReturnValue:
    """Show who looks after a patient, which consent stands, and how the episode can end."""
    shown = episode_record(db.session(), staff_reader(), PatientId(patient_id))
    return _page(shown, EpisodeForm())


@bp.post("/clinic/patients/<uuid:patient_id>/episode")
@audience(Audience.PRACTITIONER)
def change_episode(patient_id: UUID) -> ResponseReturnValue:
    """Change the care team, or end the episode or the consent once that is confirmed."""
    person = staff_reader()
    shown = episode_record(db.session(), person, PatientId(patient_id))
    form = episode_forms.bound_form(request.form)
    if not shown.is_own:
        raise OutOfSight
    if not shown.is_open and form.act != EpisodeAct.WITHDRAW:
        raise EpisodeEnded
    if not episode_forms.judge(form, shown):
        return _page(shown, form, 422)
    if form.episode != str(shown.episode_id):
        raise Conflict
    if form.is_to_confirm:
        return _page(shown, form, asks=True)
    try:
        _change(person, shown, form)
    except NobodyWouldRead:
        why = _("Nobody else reads this diary. Add a colleague first, or end the episode.")
        episode_forms.refuse(form, shown, "leaves", why)
        return _page(shown, form, 409)
    except LeadStays:
        why = _("Make somebody else the lead practitioner first.")
        episode_forms.refuse(form, shown, "leaves", why)
        return _page(shown, form, 409)
    flash(_said(EpisodeAct(form.act), shown))
    return redirect(_way_on(person, form, patient_id), 303)


def _change(person: Reader, shown: EpisodeRecord, form: EpisodeForm) -> None:
    who = actor()
    with db.write_transaction() as session:
        found = episode_to_change(session, person, shown.patient_id)
        if found.id != shown.episode_id:
            raise Conflict
        if form.act == EpisodeAct.END:
            episodes.end(session, who, episode=found, on=shown.today, reason=form.reason)
        elif form.act == EpisodeAct.WITHDRAW:
            on, zone = form.withdrawal, shown.zone
            episodes.withdraw_consent(session, who, episode=found, on=on, zone=zone)
        else:
            step = _STEPS[EpisodeAct(form.act)]
            step(session, who, episode=found, practitioner_id=form.practitioner_id)


_STEPS: dict[EpisodeAct, Callable[..., None]] = {
    EpisodeAct.JOIN: episodes.join,
    EpisodeAct.LEAVE: episodes.leave,
    EpisodeAct.LEAD: episodes.lead,
}


def _said(act: EpisodeAct, shown: EpisodeRecord) -> str:
    return {
        EpisodeAct.JOIN: _("They read this diary from now on."),
        EpisodeAct.LEAVE: _("They no longer see this diary."),
        EpisodeAct.LEAD: _("The lead practitioner is changed."),
        EpisodeAct.END: _("The episode has ended. The diary is read-only."),
        EpisodeAct.WITHDRAW: _(
            "It is noted that %(name)s took back the agreement. "
            "From now on nobody at the clinic sees this diary.",
            name=shown.patient_name,
        ),
    }[act]


def _way_on(person: Reader, form: EpisodeForm, patient_id: UUID) -> str:
    """Stay on the page, unless whoever acted has just lost sight of it."""
    is_gone = form.act == EpisodeAct.WITHDRAW or form.leaves == str(person.practitioner_id)
    if is_gone:
        return url_for("review.panel")
    return url_for("care.episode", patient_id=patient_id)
