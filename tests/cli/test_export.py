"""`portal export` writes the files that the patient can download, and the patient sees it."""

import json
from pathlib import Path

from tests.cli.conftest import Portal, refused
from tests.privacy.scenes import FILES

NOBODY = "01a1c2f8-1280-7d3e-9bc8-aeaea8196512"


def test_files_are_the_patients_own(portal: Portal, mia: str, tmp_path: Path) -> None:
    ran = portal("export", mia, f"--to={tmp_path / 'out'}")
    assert ran.returncode == 0, ran.stderr
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == sorted(FILES)
    record = json.loads((tmp_path / "out" / "record.json").read_text(encoding="utf-8"))
    assert record["person"]["family_name"] == "Tremblay"


def test_nobody_else_of_the_machine_can_open_them(portal: Portal, mia: str, tmp_path: Path) -> None:
    portal("export", mia, f"--to={tmp_path / 'out'}")
    files = [tmp_path / "out", *(tmp_path / "out").iterdir()]
    assert [file.stat().st_mode & 0o077 for file in files] == [0] * 7


def test_export_is_written_down(portal: Portal, mia: str, tmp_path: Path) -> None:
    portal("export", mia, f"--to={tmp_path / 'out'}")
    said = portal("audit", "who", mia).stdout
    assert "record-exported" in said
    page = (tmp_path / "out" / "record.html").read_text(encoding="utf-8")
    assert "The portal’s operator" in page


def test_folder_that_is_there_is_not_touched(portal: Portal, mia: str, tmp_path: Path) -> None:
    assert "name a new folder" in refused(portal("export", mia, f"--to={tmp_path}"))


def test_unknown_patient_is_refused(portal: Portal, mia: str, tmp_path: Path) -> None:
    assert mia
    said = refused(portal("export", NOBODY, f"--to={tmp_path / 'out'}"))
    assert "there is no patient with this id" in said
    assert not (tmp_path / "out").exists()


def test_what_is_no_id_is_refused(portal: Portal) -> None:
    assert "mia is not a patient's id" in refused(portal("export", "mia"))
