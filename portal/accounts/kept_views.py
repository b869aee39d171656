"""What was typed before a sign-in ran out, to be sent after all or thrown away (S-026)."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts import drafts, gate
from portal.accounts.blueprint import bp
from portal.accounts.landing import home_of
from portal.accounts.session import reader
from portal.web.errors import typed_words
from portal.web.guard import Audience, audience


@bp.get("/sign-in/kept")
@audience(Audience.SIGNED_IN)
def kept() -> ResponseReturnValue:
    """Show the reader's own unsent words; forms that show theirs themselves are left to it."""
    own = reader()
    waiting = [
        draft
        for draft in drafts.waiting(db.session(), own.account_id)
        if not gate.fills_itself(draft.form)
    ]
    if not waiting:
        return redirect(home_of(own.roles), 303)
    shown = {
        draft.form: typed_words(gate.endpoint_of(draft.form) or "", draft.fields)
        for draft in waiting
    }
    can_be_sent = {draft.form for draft in waiting if gate.is_open(draft.form)}
    return render_template(
        "accounts/kept.html",
        waiting=waiting,
        shown=shown,
        can_be_sent=can_be_sent,
        resent=gate.RESENT,
    )


@bp.post("/sign-in/kept")
@audience(Audience.SIGNED_IN)
def throw_away() -> ResponseReturnValue:
    """Forget one form's unsent words."""
    own = reader()
    with db.write_transaction() as writing:
        drafts.discard(writing, account_id=own.account_id, form=request.form.get("form", ""))
    return redirect(url_for("accounts.kept"), 303)
