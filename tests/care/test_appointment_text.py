"""Reading pasted appointments: tables, calendars, clocks that jump, and whatever else is pasted."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.care.appointment_text import read_appointments
from portal.care.appointments import LARGEST, MOST_ROWS, Appointment, Fault, Problem

ZONE = "America/Toronto"
FIRST = datetime(1971, 1, 1, tzinfo=UTC)
TEN_FORTY = datetime(2026, 11, 14, 15, 40, tzinfo=UTC)


def event(*lines: str, uid: str = "a1") -> str:
    own = f"UID:{uid}\r\n" if uid else ""
    body = "".join(f"{line}\r\n" for line in lines)
    return f"BEGIN:VEVENT\r\n{own}{body}END:VEVENT\r\n"


def calendar(*events: str, method: str = "") -> str:
    head = f"METHOD:{method}\r\n" if method else ""
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{''.join(events)}END:VCALENDAR\r\n"


def only(text: str, zone: str = ZONE) -> Appointment:
    [found] = read_appointments(text, zone).appointments
    return found


@pytest.mark.parametrize(
    "text",
    [
        "date,time,name\n2026-11-14,10:40,Mia Tremblay",
        "2026-11-14,10:40,Mia Tremblay",
        "2026-11-14;10:40;Mia Tremblay;Ana Costa",
        "2026-11-14\t10:40 am\tMia Tremblay",
        "Patient\tDate\tStart time\nMia Tremblay\t14/11/2026\t10.40",
        "Start,Client\n2026-11-14T10:40,Mia Tremblay",
        "Start,Client\n2026-11-14 10:40:00,  Mia   TREMBLAY ",
        '\ufeff"Date","Time","Name"\r\n"Nov 14, 2026","10:40 AM","Mia Tremblay"\r\n',
        "first name,last name,date,time\nMia,Tremblay,14-Nov-2026,10h40",
        "Appointment date,Appointment time,Patient name,x\n11/14/2026,10:40,Mia Tremblay,y",
    ],
)
def test_a_table_is_read(text: str) -> None:
    found = only(text)
    assert (found.at, found.names) == (TEN_FORTY, ("mia tremblay",))


def test_columns_are_known_by_their_heading() -> None:
    found = only(
        "id,status,with,number,name,time,date\n77,Cancelled,Ana Costa,C-12,Mia,10:40,2026-11-14"
    )
    assert (found.key, found.is_cancelled, found.practitioner) == ("77", True, "Ana Costa")
    assert (found.number, found.names) == ("c-12", ("mia",))


@pytest.mark.parametrize(
    ("days", "month"),
    [("11/12/2026\n25/12/2026", 12), ("11/12/2026\n12/25/2026", 11), ("10/10/2026", 10)],
)
def test_days_in_numbers_explain_each_other(days: str, month: int) -> None:
    rows = "".join(f"{day},10:00,Mia\n" for day in days.split("\n"))
    first = read_appointments(rows, ZONE).appointments[0]
    assert first.at is not None
    assert first.at.month == month


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("11/12/2026,10:00,Mia", Problem.TWO_WAYS),
        ("31/02/2026,10:00,Mia", Problem.ODD_DAY),
        ("soon,10:00,Mia", Problem.ODD_DAY),
        ("9999-12-31,23:59,Mia", Problem.ODD_DAY),
        ("0001-01-01,00:00,Mia", Problem.ODD_DAY),
        ("2026-11-14,late,Mia", Problem.ODD_TIME),
        ("2026-11-14,25:00,Mia", Problem.ODD_TIME),
        ("2026-11-14,13:00 pm,Mia", Problem.ODD_TIME),
        ("2026-11-14,10,Mia", Problem.ODD_TIME),
        ("2026-11-14,١٠:٠٠,Mia", Problem.ODD_TIME),
        ("2026-11-14,,Mia", Problem.NO_TIME),
        (",10:00,Mia", Problem.NO_DAY),
        ("2026-11-14,10:00,", Problem.NO_NAME),
        ("2027-03-14,02:30,Mia", Problem.GAP),
        ("2026-11-01,01:30,Mia", Problem.TWICE),
    ],
)
def test_a_row_that_is_not_clear_says_why(row: str, problem: Problem) -> None:
    assert only(row).problem is problem


def test_midnight_and_noon_are_told_apart() -> None:
    rows = read_appointments("2026-11-14,12:00 am,A\n2026-11-14,12:00 pm,B", ZONE).appointments
    assert [one.at and one.at.astimezone(ZoneInfo(ZONE)).hour for one in rows] == [0, 12]


@pytest.mark.parametrize(
    ("start", "at"),
    [
        ("DTSTART;TZID=America/Toronto:20261114T104000", TEN_FORTY),
        ("DTSTART;TZID=Eastern Standard Time:20261114T104000", TEN_FORTY),
        ("DTSTART:20261114T104000", TEN_FORTY),
        ("DTSTART:20261114T154000Z", TEN_FORTY),
    ],
)
def test_a_calendars_times_are_on_their_own_clock(start: str, at: datetime) -> None:
    assert only(calendar(event(start, "SUMMARY:Mia Tremblay"))).at == at


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (("DTSTART;VALUE=DATE:20261114", "SUMMARY:Mia"), Problem.NO_TIME),
        (("DTSTART;TZID=/Mars/Base:20261114T104000", "SUMMARY:Mia"), Problem.NO_ZONE),
        (("DTSTART;TZID=America/Toronto:20270314T023000", "SUMMARY:Mia"), Problem.GAP),
        (("DTSTART;TZID=America/Toronto:20261101T013000", "SUMMARY:Mia"), Problem.TWICE),
        (("DTSTART:99991231T235959Z", "SUMMARY:Mia"), Problem.ODD_DAY),
        (("DTSTART:20261114T154000Z", "RRULE:FREQ=DAILY", "SUMMARY:Mia"), Problem.REPEATS),
        (("DTSTART:20261114T154000Z",), Problem.NO_NAME),
        (("SUMMARY:Mia",), Problem.NO_DAY),
        (("DTSTART:20261114T154000Z", "DTSTART:20261115T154000Z"), Problem.NO_DAY),
        (("DTSTART:soon", "SUMMARY:Mia"), Problem.UNREADABLE),
        (("no colon here",), Problem.NO_DAY),
    ],
)
def test_an_event_that_is_not_clear_says_why(lines: tuple[str, ...], problem: Problem) -> None:
    assert only(calendar(event(*lines))).problem is problem


def test_a_broken_event_spoils_no_other() -> None:
    good = event("DTSTART:20261114T154000Z", "SUMMARY:Mia")
    found = read_appointments(calendar(event("DTSTART:soon"), good), ZONE).appointments
    assert [one.problem for one in found] == [Problem.UNREADABLE, None]


@pytest.mark.parametrize(
    "title",
    [
        "Mia Tremblay",
        "Mia Tremblay – IMS",
        "IMS: Mia Tremblay (room 2)",
        "Tremblay\\, Mia",
        "Mia Tremblay\\, knee",
    ],
)
def test_a_title_names_the_patient_among_other_words(title: str) -> None:
    found = only(calendar(event("DTSTART:20261114T154000Z", f"SUMMARY:{title}")))
    assert {"mia tremblay", "tremblay, mia"} & set(found.names)


def test_whoever_is_invited_may_be_the_patient() -> None:
    who = 'ATTENDEE;CN="Mia Tremblay":mailto:mia@example.org'
    found = only(
        calendar(
            event(
                "DTSTART:20261114T154000Z",
                "SUMMARY:IMS",
                who,
                "ORGANIZER;CN=Ana Costa:mailto:a@b.c",
            )
        )
    )
    assert "mia tremblay" in found.names
    assert found.practitioner == "Ana Costa"


def test_alarms_and_zone_rules_are_left_alone() -> None:
    rules = "BEGIN:VTIMEZONE\r\nTZID:America/Toronto\r\nBEGIN:STANDARD\r\nRRULE:FREQ=SECONDLY\r\n"
    alarm = ("BEGIN:VALARM", "SUMMARY:Wake up", "END:VALARM")
    text = calendar(
        rules, event("DTSTART;TZID=America/Toronto:20261114T104000", *alarm, "SUMMARY:Mia")
    )
    assert (only(text).at, only(text).said) == (TEN_FORTY, "Mia")


def test_one_of_a_series_has_a_name_of_its_own() -> None:
    lines = ("DTSTART:20261114T154000Z", "SUMMARY:Mia", "RECURRENCE-ID:20261114T154000Z")
    assert only(calendar(event(*lines))).key == "a1/20261114T154000Z"


@pytest.mark.parametrize("kind", ["ics", "csv"])
def test_a_very_long_name_of_an_appointment_fits_its_column(kind: str) -> None:
    long = "x" * 5000
    table = f"date,time,name,id\n2026-11-14,10:40,Mia,{long}"
    file = calendar(event("DTSTART:20261114T154000Z", "SUMMARY:Mia", uid=long))
    key = only(table if kind == "csv" else file).key
    assert key is not None
    assert len(key) <= 200


@pytest.mark.parametrize("how", ["status", "method"])
def test_a_cancelled_event_is_known(how: str) -> None:
    status = ("STATUS:CANCELLED",) if how == "status" else ()
    text = calendar(
        event("DTSTART:20261114T154000Z", *status), method="CANCEL" if how == "method" else ""
    )
    assert only(text).is_cancelled


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (" \n\t", Fault.EMPTY),
        ("date,time,name\n", Fault.NO_ROWS),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR", Fault.NO_ROWS),
        ("BEGIN:VEVENT\nUID:1", Fault.NO_ROWS),
        ("2026-11-14,10:00,Mia\n" * (MOST_ROWS + 1), Fault.TOO_MANY),
        (calendar(event("DTSTART:20261114T154000Z") * (MOST_ROWS + 1)), Fault.TOO_MANY),
        ("é" * (LARGEST // 2 + 1), Fault.TOO_LARGE),
        ('"' + "x" * 140_000, Fault.UNREADABLE),
    ],
)
def test_a_text_that_is_none_says_why(text: str, fault: Fault) -> None:
    assert read_appointments(text, ZONE).fault is fault


_PIECES = st.sampled_from(
    [
        *(
            "BEGIN:VCALENDAR",
            "BEGIN:VEVENT",
            "END:VEVENT",
            "BEGIN:VALARM",
            "END:VALARM",
            "\n",
            "\r\n ",
        ),
        *(
            "DTSTART",
            ";TZID=",
            "America/Toronto",
            ":20261114T104000",
            "Z",
            ";VALUE=DATE",
            "SUMMARY:",
        ),
        *(
            "UID:",
            "RECURRENCE-ID:",
            "ATTENDEE;CN=",
            '"',
            ",",
            ";",
            "\\",
            "date,time,name\n",
            "\x85",
        ),
        *("2026-11-14", "10:40"),
    ]
)
_WALLS = st.integers(0, 100_000_000).map(lambda minutes: FIRST + timedelta(minutes=minutes))


@settings(max_examples=300)
@given(st.lists(_PIECES | st.text(max_size=8), max_size=40).map("".join))
def test_whatever_is_pasted_is_answered(text: str) -> None:
    for start in ("", "BEGIN:VEVENT\n", "date,time,name\n"):
        found = read_appointments(start + text, ZONE)
        assert found.fault or found.appointments


@given(_WALLS)
def test_a_clear_time_is_read_back_to_the_minute(wall: datetime) -> None:
    found = only(f"{wall:%Y-%m-%d,%H:%M},Mia")
    if found.at is not None:
        shown = found.at.astimezone(ZoneInfo(ZONE))
        assert f"{shown:%Y-%m-%d %H:%M}" == f"{wall:%Y-%m-%d %H:%M}"
    else:
        assert found.problem in {Problem.GAP, Problem.TWICE}
