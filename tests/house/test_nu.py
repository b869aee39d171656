"""The Nu HTML checker finds what is wrong, and only that; the run over all pages is tests/nu.py."""

from pathlib import Path

from tests import nu

SOUND = '<!doctype html><html lang="en"><title>Today</title><h1>Today</h1>'


def test_an_error_is_found_and_a_sound_page_is_not(tmp_path: Path) -> None:
    (tmp_path / "sound.html").write_text(SOUND, encoding="utf-8")
    (tmp_path / "wrong.html").write_text(SOUND + '<p role="nonsense">', encoding="utf-8")
    assert nu.errors_in(tmp_path).total() == 1
