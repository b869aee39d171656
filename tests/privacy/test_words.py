"""No act that concerns a patient goes without words that the patient reads."""

import ast

import pytest
from sqlalchemy import ColumnElement, select

from portal import db
from portal.audit.acts import Act
from portal.audit.models import AuditEvent
from portal.privacy.words import ELSEWHERE, LISTS, OWN, SEEN, Why, ground_for, words_for
from tests.access.observed import Stage, send
from tests.access.test_out_of_sight import OF_A_PATIENT
from tests.house import sources
from tests.people import Cast

NAMES_A_PATIENT = {"patient_id", "patients"}


def acts_that_name_a_patient() -> dict[Act, str]:
    """Each act that the portal's own code writes down with a patient's key, and where."""
    found = {}
    for path in sources.python("portal"):
        for call in sources.calls(path):
            if sources.called(call) != "Event":
                continue
            given = ast.dump(call)
            is_named = len(call.args) > 1 or any(name in given for name in NAMES_A_PATIENT)
            for node in ast.walk(call) if is_named else ():
                if isinstance(node, ast.Attribute) and node.attr in Act.__members__:
                    found[Act[node.attr]] = f"{sources.name(path)}:{call.lineno}"
    return found


def test_every_act_is_told_to_the_patient_or_known_to_concern_nobodys_record() -> None:
    groups = [set(LISTS), set(SEEN), set(OWN), set(ELSEWHERE)]
    assert sorted(act for group in groups for act in group) == sorted(Act)


def test_no_act_with_a_patients_key_is_taken_for_one_without() -> None:
    named = acts_that_name_a_patient()
    assert {Act.ENTRIES_OPENED, Act.GLASS_BROKEN, Act.PANEL_SHOWN} & set(named)
    assert {act: where for act, where in named.items() if act in ELSEWHERE} == {}


@pytest.mark.parametrize(("method", "rule"), OF_A_PATIENT)
def test_whatever_staff_do_with_a_record_its_patient_reads_in_words(
    stage: Stage, method: str, rule: str
) -> None:
    send(stage.client("in-care"), method, stage.path(rule))
    acts = set(db.session().scalars(select(AuditEvent.act).where(_about(stage.cast))))
    main = stage.client("own").page("/me/access").main
    assert [act for act in acts if words_for(Act(act)) not in main] == []


def _about(cast: Cast) -> ColumnElement[bool]:
    return AuditEvent.patient_id == cast.noor.patient_id


@pytest.mark.usefixtures("app")
def test_no_two_acts_are_told_in_the_same_words() -> None:
    said = [words_for(act) for act in SEEN]
    assert len(set(said)) == len(said)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("why", list(Why))
def test_every_ground_has_words(why: Why) -> None:
    assert ground_for(why, "Ill colleague")


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("joined", "Let Ben Okafor read your diary"),
        ("left", "Took Ben Okafor out of your care team"),
        ("lead", "Made Ben Okafor your lead practitioner"),
        ("handed-over", "Handed your diary over to Ben Okafor"),
        ("ended", "Ended your diary"),
        ("something-new", "Changed your care team, or ended your diary"),
    ],
)
def test_change_of_the_care_team_says_what_and_whom(what: str, words: str) -> None:
    assert words_for(Act.EPISODE_CHANGED, what, "Ben Okafor") == words
