"""What practitioners typed into the forms of care, in words, where a form could not be taken."""

from portal.care.history import HISTORY
from portal.care.invite_forms import LANGUAGES, InviteForm
from portal.care.visit_forms import PlanChoice
from portal.care.visit_rows import GRASPS, MOST_ROWS, SIDES
from portal.web.errors import show_typed_as
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as lazy
from portal.web.typed import Rows, Typed, in_words, labels_of

_SIDES, _GRASPS = dict(SIDES), dict(GRASPS)
_VISIT = in_words(
    {
        "held_on": lazy("Day of the visit"),
        "note": lazy("Note"),
        "reason": lazy("Why it is corrected"),
        "next_on": lazy("Next visit"),
        "next_at": lazy("Time of the next visit"),
        "plan": lazy("Diary"),
        "weeks": lazy("Weeks"),
    },
    {
        "plan": {
            PlanChoice.LONGER.value: lazy("Some weeks more"),
            PlanChoice.END.value: lazy("End it now"),
        }
    },
)


def typed_visit(sent: Typed) -> Rows:
    """Say a visit's form: its sites one by one, and everything else under its own name."""
    sites = [_site(sent, at) for at in range(MOST_ROWS)]
    said = [
        (_("Site %(number)s", number=number), words)
        for number, words in enumerate(filter(None, sites), 1)
    ]
    return [*said, *_VISIT(sent)]


def _site(sent: Typed, at: int) -> str:
    place, side, grasp = (
        (sent.get(f"{name}-{at}") or [""])[0] for name in ("place", "side", "grasp")
    )
    is_left_out = sent.get(f"suggested-{at}") and not sent.get(f"keep-{at}")
    if not place or is_left_out:
        return ""
    parts = [place, str(_SIDES.get(side, ""))]
    if grasp:
        parts.append(_("grasp %(number)s, %(words)s", number=grasp, words=_GRASPS.get(grasp, "")))
    return ", ".join(filter(None, parts))


def _first(sent: Typed, name: str) -> str:
    return (sent.get(name) or [""])[0]


typed_invitation = in_words(
    {
        **labels_of(InviteForm),
        "born_on_day": lazy("Date of birth, day"),
        "born_on_month": lazy("Date of birth, month"),
        "born_on_year": lazy("Date of birth, year"),
        "history": lazy("Relevant history"),
        "language": lazy("Language"),
        "zone": lazy("Time zone"),
    },
    {
        "history": {code: item.asked for code, item in HISTORY.items()},
        "language": dict(LANGUAGES),
    },
)
typed_episode = in_words(
    {"reason": lazy("Why it ends"), "withdrawn_on": lazy("Day on which the patient told you")}
)

show_typed_as("visits.save", typed_visit)
show_typed_as("visits.save_correction", typed_visit)
show_typed_as("care.send_invitation", typed_invitation)
show_typed_as("care.change_episode", typed_episode)
show_typed_as("care.take_over_appointments", in_words({"text": lazy("Appointments as text")}))
