import os
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from portal.education.keeper import Keeper
from tests.education.shelf import PAGE, lay


@pytest.fixture(autouse=True)
def _one_home_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.education.check.HOME_CLAIMS", ("effect-relax",))


def rewrite(folder: Path, text: str) -> None:
    page = folder / "en" / "what-it-is.md"
    page.write_text(text, encoding="utf-8")
    os.utime(page, ns=(1, page.stat().st_mtime_ns + 1_000_000_000))


def title(keeper: Keeper) -> str:
    article = keeper.library.article("what-it-is")
    assert article is not None
    return article.front.title


def test_changed_page_is_read_again(tmp_path: Path) -> None:
    folder = lay(tmp_path)
    keeper = Keeper(folder)
    before = keeper.stamp()
    rewrite(folder, PAGE.replace("title: What it is", "title: Another title"))
    assert keeper.stamp() != before
    assert title(keeper) == "Another title"


def test_page_changed_for_the_worse_leaves_the_last_good_one(tmp_path: Path) -> None:
    folder = lay(tmp_path)
    keeper = Keeper(folder)
    rewrite(folder, PAGE.replace("Nothing is injected.", "A cure."))
    keeper.stamp()
    assert title(keeper) == "What it is"


def test_stamp_changes_at_midnight(tmp_path: Path, now: time_machine.Traveller) -> None:
    keeper = Keeper(lay(tmp_path))
    before = keeper.stamp()
    now.shift(timedelta(days=1))
    assert keeper.stamp() != before


def test_stamp_stays_while_nothing_changes(tmp_path: Path) -> None:
    keeper = Keeper(lay(tmp_path))
    assert keeper.stamp() == keeper.stamp()
