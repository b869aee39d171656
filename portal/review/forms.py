"""The forms of the practitioner's pages."""

from wtforms import StringField

from portal.review.service import HOWS, NO_ANSWER, Done
from portal.web.forms import HouseForm, long_text_field
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as lazy

NOTE = 1000


class FlagForm(HouseForm):
    """What was done about a flag; only a note settles it."""

    how = StringField(lazy("What was done"))
    note = long_text_field(lazy("Note"), limit=NOTE)

    def judged(self) -> Done | None:
        """Return what was done; None where something is missing, with its sentence kept."""
        is_valid = self.validate()
        how, note = self.how.data or "", self.note.data or ""
        if how not in HOWS:
            self.refuse("how", _("Choose what was done"))
        elif how != NO_ANSWER and not note:
            self.refuse("note", _("Write a note; only an acknowledgement with a note settles it"))
        elif is_valid:
            return Done(how, note)
        return None
