"""What somebody did with a record, in the plain words that its patient reads.

Every act of the audit stands in exactly one of the groups below (a test compares), so that no new
act that concerns a patient goes without words.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from flask_babel import LazyString

from portal.audit.acts import Act
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext

# Lists of several patients; all of a day are one line.
LISTS = (Act.PANEL_SHOWN, Act.TODAY_SHOWN, Act.FLAGS_SHOWN, Act.APPOINTMENTS_SHOWN)

# What others do with one patient's record.
SEEN: Mapping[Act, LazyString] = MappingProxyType(
    {
        Act.BRIEF_OPENED: lazy_gettext("Opened your diary’s summary"),
        Act.BRIEF_COPIED: lazy_gettext("Copied your diary’s summary as text"),
        Act.BRIEF_PRINTED: lazy_gettext("Made a sheet of paper of your diary’s summary"),
        Act.ENTRIES_OPENED: lazy_gettext("Opened all your entries"),
        Act.VISIT_OPENED: lazy_gettext("Opened a visit’s record"),
        Act.EXPORT_OPENED: lazy_gettext("Opened the page for downloading your record"),
        Act.RECORD_EXPORTED: lazy_gettext("Downloaded your record"),
        Act.REVIEW_MARKED: lazy_gettext("Marked your diary as read"),
        Act.REVIEW_UNDONE: lazy_gettext("Took back “read”"),
        Act.FLAG_ACTED_ON: lazy_gettext("Answered something you ticked"),
        Act.QUESTION_ANSWERED: lazy_gettext("Marked a question as answered"),
        Act.QUESTION_REOPENED: lazy_gettext("Put a question back to be answered"),
        Act.VISIT_RECORDED: lazy_gettext("Recorded a visit"),
        Act.VISIT_PLANNED: lazy_gettext("Planned a visit"),
        Act.VISIT_MOVED: lazy_gettext("Moved a planned visit"),
        Act.VISIT_CANCELLED: lazy_gettext("Cancelled a planned visit"),
        Act.PLAN_CHANGED: lazy_gettext("Changed your diary plan"),
        Act.PLAN_OPENED: lazy_gettext("Opened the page about your diary’s plan"),
        Act.EPISODE_OPENED: lazy_gettext("Opened the page about your care team"),
        Act.EPISODE_CHANGED: lazy_gettext("Changed your care team, or ended your diary"),
        Act.CONSENT_WITHDRAWN: lazy_gettext("Wrote down that you took back your agreement"),
        Act.GLASS_BROKEN: lazy_gettext("Opened your record from outside your care team"),
        Act.ACCESS_REFUSED: lazy_gettext(
            "Asked for your record and was refused; nothing was shown"
        ),
    }
)

# What patients do with their own record; it is not shown to themselves.
OWN = frozenset(
    {
        Act.ENTRY_WRITTEN,
        Act.ENTRY_CORRECTED,
        Act.ENTRY_WITHDRAWN,
        Act.ENTRY_RESTORED,
        Act.QUESTION_WRITTEN,
        Act.QUESTION_CHANGED,
        Act.ASSESSMENT_BEGUN,
        Act.ASSESSMENT_COMPLETED,
        Act.ASSESSMENT_CORRECTED,
        Act.ACTIVITIES_NAMED,
        Act.READING_CHANGED,
        Act.CONSENT_GIVEN,
        Act.CONSENT_DECLINED,
        Act.SETTINGS_CHANGED,
        Act.EMAIL_CHANGED,
        Act.OWN_PHONE_CHANGED,
        Act.RESTRICTION_CHANGED,
        Act.ENROLLED,
    }
)

# What concerns an account, a clinic or the machine, and never one patient's record.
ELSEWHERE = frozenset(
    {
        Act.DRAFT_KEPT,
        Act.GLASS_NOT_BROKEN,
        Act.INVITED,
        Act.INVITATION_PRINTED,
        Act.SHEET_SHOWN,
        Act.INVITATION_ENDED,
        Act.SIGNED_IN,
        Act.SIGN_IN_FAILED,
        Act.SIGNED_OUT,
        Act.SIGN_INS_ENDED,
        Act.PASSWORD_CHANGED,
        Act.RESET_ASKED,
        Act.FACTOR_CHANGED,
        Act.PERSON_CHANGED,
        Act.CLINIC_CHANGED,
        Act.CLINIC_FOUNDED,
        Act.BACKUP_MADE,
        Act.AUDIT_EXPORTED,
    }
)


class Why(StrEnum):
    """On what ground somebody did something with a record."""

    IN_CARE = "in-care"
    GLASS = "glass"
    READS_FLAGS = "reads-flags"
    ADMINISTRATION = "administration"
    OPERATION = "operation"
    NONE = "none"


def words_for(act: Act, what: str = "", whom: str = "") -> str:
    """Say an act in plain words; `what` and `whom` tell more of a change of the care team."""
    if act in LISTS:
        return _("Saw your name in a list of patients")
    if act is Act.EPISODE_CHANGED and what:
        return _changed(what, whom)
    return str(SEEN.get(act) or _("Did something else with your record"))


def _changed(what: str, whom: str) -> str:
    name = whom or _("somebody")
    return {
        "joined": _("Let %(name)s read your diary", name=name),
        "left": _("Took %(name)s out of your care team", name=name),
        "lead": _("Made %(name)s your lead practitioner", name=name),
        "handed-over": _("Handed your diary over to %(name)s", name=name),
        "ended": _("Ended your diary"),
    }.get(what) or str(SEEN[Act.EPISODE_CHANGED])


def ground_for(why: Why, reason: str = "") -> str:
    """Say on what ground somebody looked; a reason given for breaking the glass in their words."""
    if why is Why.GLASS:
        return _("Reason given: %(reason)s", reason=reason)
    return {
        Why.IN_CARE: _("In your care team"),
        Why.READS_FLAGS: _("Reads for the whole clinic what patients tick"),
        Why.ADMINISTRATION: _("Looks after people and settings"),
        Why.OPERATION: _("Looks after the computer that keeps the portal"),
        Why.NONE: _("Not in your care team"),
    }[why]
