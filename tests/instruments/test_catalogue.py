"""The instruments' files: what they must say, and how a faulty one is refused."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from portal.cli import COMMANDS
from portal.instruments.catalogue import (
    DEFINITIONS,
    BadInstrument,
    UnknownInstrument,
    house_catalogue,
    load_catalogue,
)
from portal.instruments.model import Instrument

FILES = sorted(DEFINITIONS.glob("*.yaml"))
PEG = yaml.safe_load((DEFINITIONS / "peg.yaml").read_text(encoding="utf-8"))
WORDING = {
    "peg": (
        "What number best describes your pain on average in the past week?",
        (
            "What number best describes how, during the past week, pain has interfered with your "
            "enjoyment of life?"
        ),
        (
            "What number best describes how, during the past week, pain has interfered with your "
            "general activity?"
        ),
    ),
    "pgic": ("Since the start of treatment, my overall status is:",),
}
ENDS = {
    "pain": ("No pain", "Pain as bad as you can imagine"),
    "enjoyment": ("Does not interfere", "Completely interferes"),
    "activity": ("Does not interfere", "Completely interferes"),
}
LABELS = (
    "Very much improved",
    "Much improved",
    "Minimally improved",
    "No change",
    "Minimally worse",
    "Much worse",
    "Very much worse",
)


def refusal(folder: Path, told: Any, file: str = "own.yaml") -> str:
    (folder / file).write_text(
        told if isinstance(told, str) else yaml.safe_dump(told), encoding="utf-8"
    )
    with pytest.raises(BadInstrument) as refused:
        load_catalogue(folder)
    return str(refused.value)


def test_the_house_has_three() -> None:
    assert house_catalogue().codes == {"peg", "psfs", "pgic"}


@pytest.mark.parametrize("code", WORDING)
def test_wording_is_unaltered(code: str) -> None:
    assert tuple(item.text for item in house_catalogue().get(code).items) == WORDING[code]


@pytest.mark.parametrize("code", ENDS)
def test_ends_of_the_peg_are_unaltered(code: str) -> None:
    item = next(one for one in house_catalogue().get("peg").items if one.code == code)
    assert (item.low, item.high) == ENDS[code]


def test_ends_of_the_psfs_are_unaltered() -> None:
    item = house_catalogue().get("psfs").items[0]
    assert (item.low, item.high) == (
        "Unable to perform activity",
        "Able to perform activity at the same level as before injury or problem",
    )


def test_labels_of_the_pgic_are_unaltered() -> None:
    assert house_catalogue().get("pgic").items[0].labels == LABELS


@pytest.mark.parametrize(
    ("code", "recall"),
    [("peg", "past week"), ("psfs", "today"), ("pgic", "since the start of treatment")],
)
def test_recall_is_unaltered(code: str, recall: str) -> None:
    assert house_catalogue().get(code).recall == recall


def test_psfs_asks_each_named_activity() -> None:
    asked = house_catalogue().get("psfs").asked(("Walk", "Sit", "Lift", "Swim"))
    assert [(one.code, one.subject) for one in asked] == [
        ("activity-1", "Walk"),
        ("activity-2", "Sit"),
        ("activity-3", "Lift"),
    ]


@pytest.mark.parametrize("key", ["licence", "source", "attribution", "direction", "recall"])
def test_without_this_key_nothing_loads(tmp_path: Path, key: str) -> None:
    told = {name: value for name, value in PEG.items() if name != key}
    allowed = Instrument.model_fields[key].description
    assert refusal(tmp_path, told) == f"own.yaml, key {key}: it is missing. Allowed: {allowed}."


@pytest.mark.parametrize("key", ["licence", "source"])
def test_an_empty_licence_or_source_does_not_load(tmp_path: Path, key: str) -> None:
    assert refusal(tmp_path, {**PEG, key: "  "}).startswith(f"own.yaml, key {key}: ")


def test_an_unknown_key_is_named_with_the_known(tmp_path: Path) -> None:
    said = refusal(tmp_path, {**PEG, "colour": "plum"})
    assert said.startswith("own.yaml, key colour: this key is not known. Allowed: code, version")


def test_a_wrong_mark_is_named_by_its_place(tmp_path: Path) -> None:
    said = refusal(tmp_path, {**PEG, "marks": [{**PEG["marks"][0], "of": "median"}]})
    assert "key marks.0.of" in said
    assert said.endswith("Allowed: mean or single.")


@pytest.mark.parametrize("told", ["- a\n- b\n", "", "7"])
def test_what_is_no_mapping_is_refused(tmp_path: Path, told: str) -> None:
    assert "keys are expected here. Allowed: code" in refusal(tmp_path, told)


def test_what_is_no_yaml_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: [").startswith("own.yaml: this cannot be read")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(BadInstrument, match=r"own\.yaml: this cannot be read"):
        load_catalogue(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInstrument, match="no instrument is defined"):
        load_catalogue(tmp_path)


def test_one_version_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(PEG), encoding="utf-8")
    assert "peg 1 is defined twice" in refusal(tmp_path, PEG, "b.yaml")


def test_the_newest_version_is_current(tmp_path: Path) -> None:
    for version in ("2", "10", "9"):
        file = tmp_path / f"peg-{version}.yaml"
        file.write_text(yaml.safe_dump({**PEG, "version": version}), encoding="utf-8")
    assert load_catalogue(tmp_path).get("peg").version == "10"


def test_an_older_version_can_still_be_read(tmp_path: Path) -> None:
    for version in ("1", "2"):
        file = tmp_path / f"peg-{version}.yaml"
        file.write_text(yaml.safe_dump({**PEG, "version": version}), encoding="utf-8")
    assert load_catalogue(tmp_path).get("peg", "1").version == "1"


def test_an_unknown_instrument_is_a_fact() -> None:
    with pytest.raises(UnknownInstrument):
        house_catalogue().get("bpi")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lowest": 10}, "highest must be above lowest"),
        ({"items": [PEG["items"][0]] * 2}, "two items have the same code"),
        ({"subjects": 3}, "exactly one item"),
        ({"scoring": "label"}, "needs 11 labels"),
        ({"items": [{"code": "a", "text": "b", "low": "c"}]}, "needs low and high"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    assert said in refusal(tmp_path, {**PEG, **changed})


def test_a_definition_never_changes() -> None:
    with pytest.raises(ValidationError):
        house_catalogue().get("peg").licence = "none"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_loinc_codes_have_their_check_digit(path: Path) -> None:
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    codes = [told.get("loinc"), told.get("loinc_score"), *(i.get("loinc") for i in told["items"])]
    assert [code for code in codes if code and check_digit(code[:-2]) != code[-1]] == []


def check_digit(digits: str) -> str:
    """Mod 10 as LOINC counts it: every second digit from the right is doubled."""
    doubled = int(digits[::-1][::2][::-1]) * 2
    rest = digits[::-1][1::2][::-1]
    total = sum(int(digit) for digit in f"{doubled}{rest}")
    return str(-total % 10)


@pytest.mark.parametrize(("code", "is_right"), [("91145-3", True), ("91145-1", False)])
def test_a_slip_in_a_loinc_code_is_found(code: str, *, is_right: bool) -> None:
    assert (check_digit(code[:-2]) == code[-1]) is is_right


def test_the_content_check_names_every_instrument(capsys: pytest.CaptureFixture[str]) -> None:
    assert COMMANDS["content check"].run(Namespace()) == 0
    assert "Instruments: PEG 1, PGIC 1, PSFS 1." in capsys.readouterr().out
