"""What the command asks where somebody sits at the terminal."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from portal.cli import main
from portal.commands.terminal import given_or_asked, password_given_or_asked
from portal.errors import BadSettings
from tests.cli.conftest import PASSWORD


@pytest.fixture
def somebody() -> Iterator[None]:
    """Somebody sits at the terminal."""
    with patch("sys.stdin.isatty", return_value=True, create=True):
        yield


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize(("typed", "answer"), [("Guelph ", "Guelph"), ("", "Toronto")])
def test_somebody_is_asked_with_a_default(typed: str, answer: str) -> None:
    with patch("builtins.input", return_value=typed) as asked:
        assert given_or_asked(None, "--city", "Town", "Toronto") == answer
    asked.assert_called_once_with("Town [Toronto]: ")


@pytest.mark.usefixtures("somebody")
def test_password_is_asked_twice() -> None:
    with patch("getpass.getpass", return_value=PASSWORD):
        assert password_given_or_asked(None) == PASSWORD
    with patch("getpass.getpass", side_effect=["one", "two"]), pytest.raises(BadSettings):
        password_given_or_asked(None)


def test_flag_is_taken_without_asking() -> None:
    assert given_or_asked(" Guelph ", "--city", "Town") == "Guelph"


def test_password_file_loses_nothing_but_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b" two words \r\nnot this\n")
    assert password_given_or_asked(tmp_path / "password") == " two words "


def test_interrupted_command_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with patch("portal.commands.serving.load_settings", side_effect=KeyboardInterrupt):
        assert main(["migrate"]) == 130
    assert "nothing further was done" in capsys.readouterr().err
