"""What administrators typed into their forms, in words, where a form could not be taken."""

from portal.admin.forms import ClinicForm, InviteColleagueForm
from portal.admin.person_acts import PersonAct
from portal.admin.thresholds import RULES
from portal.care.invited import Kind, Way
from portal.web.errors import show_typed_as
from portal.web.languages import lazy_gettext as lazy
from portal.web.typed import in_words, labels_of

typed_settings = in_words(
    {
        **labels_of(ClinicForm),
        "zone": lazy("Time zone"),
        "region": lazy("Region"),
        **{rule.name: rule.label for rule in RULES},
    }
)
typed_colleague = in_words(
    {
        "kind": lazy("What will they do here?"),
        **labels_of(InviteColleagueForm),
        "way": lazy("How does the invitation reach them?"),
    },
    {
        "kind": {
            Kind.PRACTITIONER.value: lazy("Treat patients or read diaries"),
            Kind.ADMINISTRATOR.value: lazy("Administer: people and settings, no diaries"),
        },
        "way": {
            Way.MAIL.value: lazy("By e-mail, with a link"),
            Way.SHEET.value: lazy("On a printed sheet, with a code"),
        },
    },
)
typed_act = in_words(
    {"what": lazy("What you pressed")},
    {
        "what": {
            PersonAct.DEACTIVATE.value: lazy("Close access"),
            PersonAct.REACTIVATE.value: lazy("Open access again"),
            PersonAct.END_SIGN_INS.value: lazy("End sign-ins"),
            PersonAct.ASK_RESET.value: lazy("Lost phone: reset second step"),
            PersonAct.DROP_RESET.value: lazy("Leave the second step"),
            PersonAct.AGREE_RESET.value: lazy("Agree: take the second step away"),
        }
    },
)
typed_filter = in_words(
    {"act": lazy("What"), "patient": lazy("Patient"), "first": lazy("From"), "last": lazy("To")}
)

show_typed_as("admin.change_clinic", typed_settings)
show_typed_as("admin.invite_colleague", typed_colleague)
show_typed_as("admin.change_person", typed_act)
show_typed_as("admin.export_audit", typed_filter)
