import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.diary.answers import SCORES, Answers, Problem, Sent, read, tidy
from portal.diary.flags import CODES
from portal.diary.regions import BY_KEY

words = st.text(max_size=30) | st.sampled_from(
    ["0", "10", "11", "RF1", "none", "yes", "low-back-l"]
)
names = st.sampled_from([*Answers.__dataclass_fields__, "entry_key", "base_version", "reason"])
forms = st.dictionaries(names | st.text(max_size=8), st.lists(words, max_size=4), max_size=12)


def form(**fields: str | list[str]) -> Sent:
    return read(
        {name: [value] if isinstance(value, str) else value for name, value in fields.items()}
    )


@given(forms)
def test_whatever_is_sent_is_read(sent: dict[str, list[str]]) -> None:
    found = read(sent)
    assert found.typed == sent


@given(forms)
def test_an_answer_and_a_problem_exclude_each_other(sent: dict[str, list[str]]) -> None:
    found = read(sent)
    assert not any(getattr(found.answers, name) for name in SCORES if name in found.problems)


@given(forms)
def test_what_was_read_reads_the_same_again(sent: dict[str, list[str]]) -> None:
    found = read(sent).answers
    assert read(found.fields()).answers == found


@given(forms)
def test_worst_is_never_below_average(sent: dict[str, list[str]]) -> None:
    found = read(sent).answers
    if found.pain_average is not None and found.pain_worst is not None:
        assert found.pain_worst >= found.pain_average


@pytest.mark.parametrize("score", range(11))
def test_every_score_counts_and_0_is_one(score: int) -> None:
    found = form(pain_average=str(score))
    assert (found.answers.pain_average, dict(found.problems)) == (score, {})


@pytest.mark.parametrize("value", ["11", "-1", "5.5", "05", "five", "٣", "1e1", "5,5", "+5"])
def test_what_is_no_score_is_named(value: str) -> None:
    assert form(pain_average=value).problems["pain_average"] is Problem.NOT_A_SCORE


def test_a_doubled_score_is_no_answer() -> None:
    assert form(pain_average=["3", "4"]).problems["pain_average"] is Problem.NOT_A_SCORE


def test_the_same_score_twice_is_one() -> None:
    assert form(pain_average=["3", "3"]).answers.pain_average == 3


def test_an_empty_form_misses_the_pain() -> None:
    assert form().problems == {"pain_average": Problem.MISSING}


def test_none_alone_is_not_enough() -> None:
    assert form(flags="none").problems == {"pain_average": Problem.MISSING}


@pytest.mark.parametrize("code", CODES)
def test_a_flag_is_enough(code: str) -> None:
    assert not form(flags=code).problems


def test_asking_for_a_call_is_enough() -> None:
    assert not form(call_me="yes").problems


def test_none_beside_a_flag_is_dropped() -> None:
    assert form(flags=["none", "RF3"]).answers.flags == ("RF3",)


def test_none_alone_is_kept() -> None:
    assert form(flags="none", pain_average="1").answers.flags == ("none",)


def test_an_unknown_flag_is_named_and_the_known_kept() -> None:
    found = form(flags=["RF2", "RF13"])
    assert (found.answers.flags, found.problems["flags"]) == (("RF2",), Problem.UNKNOWN_TICK)


def test_places_come_in_the_figures_order() -> None:
    assert form(places=["low-back-r", "face"], call_me="on").answers.places == (
        "face",
        "low-back-r",
    )


def test_every_place_can_be_named() -> None:
    assert form(places=list(BY_KEY), pain_average="2").answers.places == tuple(BY_KEY)


def test_worst_below_average_is_named() -> None:
    found = form(pain_average="6", pain_worst="5")
    assert (found.answers.pain_worst, found.problems) == (
        None,
        {"pain_worst": Problem.BELOW_AVERAGE},
    )


def test_worst_may_equal_average() -> None:
    assert form(pain_average="6", pain_worst="6").answers.pain_worst == 6


def test_worst_alone_needs_the_average() -> None:
    assert form(pain_worst="6").problems == {"pain_average": Problem.MISSING}


@pytest.mark.parametrize(("name", "longest"), [("managed", 500), ("note", 2000)])
def test_text_has_its_limit(name: str, longest: int) -> None:
    assert not form(pain_average="1", **{name: "é" * longest}).problems
    assert form(pain_average="1", **{name: "é" * (longest + 1)}).problems == {
        name: Problem.TOO_LONG
    }


def test_a_line_end_counts_once() -> None:
    assert not form(pain_average="1", managed="a\r\n" * 250).problems


def test_text_keeps_its_words_and_loses_what_nobody_typed() -> None:
    assert tidy(" Größe\x00\x1b \u202e‘ok’\r\nzwei\t ") == "Größe ‘ok’\nzwei"


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009", "\u3000"])
def test_a_space_of_any_width_stays_a_space(space: str) -> None:
    assert tidy(f"{space}2{space}10 mg{space}") == "2 10 mg"


@pytest.mark.parametrize("end", ["\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_a_line_end_of_any_kind_stays_a_line_end(end: str) -> None:
    assert tidy(f"one{end}two") == "one\ntwo"


@pytest.mark.parametrize("words", ["می\u200cروم", "क्\u200dष", "👩\u200d⚕️ came"])
def test_joiners_stay_where_words_are_spelt_with_them(words: str) -> None:
    assert tidy(words) == words


def test_joiners_alone_are_no_words() -> None:
    assert tidy(" \u200d\u200c \u200d") == ""


@pytest.mark.parametrize("key", ["", "x", "0" * 31, ["0" * 32, "1" * 32]])
def test_a_bad_key_is_no_key(key: str | list[str]) -> None:
    assert form(entry_key=key).entry_key is None


@pytest.mark.parametrize("base", ["", "-1", "x", "9" * 40, "²"])
def test_a_bad_base_version_is_none(base: str) -> None:
    assert form(base_version=base).base_version is None


def test_the_layout_is_kept_or_unknown() -> None:
    assert form(scale_layout="two-rows").scale_layout == "two-rows"
    assert form(scale_layout="diagonal").scale_layout == "unknown"
