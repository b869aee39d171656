"""Reminders as mails, in words that name no health matter, no clinic and no answer (S-052)."""

from flask import current_app, render_template
from sqlalchemy.orm import Session

from portal.diary.own_links import unsubscribe_url
from portal.diary.prompts import Reminded
from portal.diary.reminders import Kind
from portal.mail.outbox import Letter
from portal.web.languages import gettext as _
from portal.web.languages import speaking


def letter_for(session: Session, who: Reminded, kind: Kind) -> Letter:
    """Return the mail of a reminder, with the link that stops all of them at one click."""
    base_url: str = current_app.extensions["portal.settings"].base_url
    stop = unsubscribe_url(session, who.account_id)
    with speaking(who.language):
        subject = _("Your diary is ready") if kind is Kind.DIARY else _("A reminder for you")
        body = render_template(
            "mail/reminder.txt", base_url=base_url, stop=stop, is_diary=kind is Kind.DIARY
        )
    return Letter(f"reminder-{kind.value}", subject, body, stop)
