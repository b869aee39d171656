"""Content that passed the check is not checked again; a changed letter is."""

from datetime import date
from pathlib import Path

import pytest

from portal.education import check, rules
from portal.education.check import Report, open_library
from portal.education.content import Library
from portal.education.errors import ContentError
from portal.education.passed import Passed
from tests.education.shelf import PAGE, lay


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which is remembered what passed."""
    monkeypatch.setattr(check, "HOME_CLAIMS", ("effect-relax",))
    monkeypatch.setattr(check, "passed", passed := Passed())
    passed.keep_in(found := tmp_path / "content.passed")
    return found


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[Report]:
    """Each report that was made."""
    made: list[Report] = []
    report_on = check.report_on

    def noted(library: Library, *, today: date) -> Report:
        made.append(report_on(library, today=today))
        return made[-1]

    monkeypatch.setattr(check, "report_on", noted)
    return made


def test_content_that_passed_is_checked_once(
    tmp_path: Path, note: Path, checked: list[Report]
) -> None:
    folder = lay(tmp_path)
    open_library(folder)
    open_library(folder)
    assert (len(checked), note.exists()) == (1, True)


def test_changed_letter_is_checked(tmp_path: Path, note: Path) -> None:
    folder = lay(tmp_path)
    open_library(folder)
    (folder / "en" / "what-it-is.md").write_text(
        PAGE.replace("Nothing is injected.", "A cure."), encoding="utf-8"
    )
    for _ in range(2):
        with pytest.raises(ContentError):
            open_library(folder)
    assert note.exists()


@pytest.mark.parametrize(
    "lost",
    [
        ("DRAWINGS", "stop.svg.html", "{drawings: stop}"),
        ("IMAGES", "hand.png", "![A raised hand](/static/hand.png)"),
    ],
)
def test_lost_drawing_or_picture_is_missed_after_content_passed(
    tmp_path: Path, note: Path, monkeypatch: pytest.MonkeyPatch, lost: tuple[str, str, str]
) -> None:
    kept_in, name, shown = lost
    monkeypatch.setattr(rules, kept_in, tmp_path / "kept")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / name).write_text("drawn", encoding="utf-8")
    folder = lay(
        tmp_path, page=PAGE.replace("Nothing is injected.", f"Nothing is injected.\n\n{shown}")
    )
    open_library(folder)
    (tmp_path / "kept" / name).unlink()
    with pytest.raises(ContentError, match="there is no"):
        open_library(folder)
    assert note.exists()


@pytest.mark.parametrize("torn", [b"", b"\xff", b"0" * 64])
def test_torn_note_is_no_proof(
    tmp_path: Path, note: Path, checked: list[Report], torn: bytes
) -> None:
    note.write_bytes(torn)
    open_library(lay(tmp_path))
    assert len(checked) == 1


def test_where_nothing_can_be_noted_it_is_checked_each_time(
    tmp_path: Path, note: Path, checked: list[Report]
) -> None:
    note.mkdir()
    folder = lay(tmp_path)
    open_library(folder)
    open_library(folder)
    assert len(checked) == 2
