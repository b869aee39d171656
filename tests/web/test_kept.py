"""Squeezed bytes kept between starts: right ones are used, torn ones never."""

from pathlib import Path

import brotli
import pytest

from portal.web.kept import Shelf

BODY = b"The grasp comes and goes. " * 200


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf()
    made.keep_in(tmp_path / "squeezed")
    return made


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "squeezed").iterdir())


def test_what_is_squeezed_unfolds_again(shelf: Shelf) -> None:
    assert brotli.decompress(shelf.squeezed(BODY)) == BODY


def test_without_a_folder_everything_is_squeezed_anew() -> None:
    assert brotli.decompress(Shelf().squeezed(BODY)) == BODY


def test_the_next_start_finds_what_was_kept(shelf: Shelf, tmp_path: Path) -> None:
    shelf.squeezed(BODY)
    worse = brotli.compress(BODY, quality=1)
    kept(tmp_path)[0].write_bytes(worse)
    assert shelf.squeezed(BODY) == worse


@pytest.mark.parametrize("torn", [b"", b"not brotli", brotli.compress(b"another page")])
def test_a_torn_or_foreign_file_is_made_anew(shelf: Shelf, tmp_path: Path, torn: bytes) -> None:
    shelf.squeezed(BODY)
    kept(tmp_path)[0].write_bytes(torn)
    assert brotli.decompress(shelf.squeezed(BODY)) == BODY
    assert brotli.decompress(kept(tmp_path)[0].read_bytes()) == BODY


def test_what_nobody_asked_for_is_not_kept_on(shelf: Shelf, tmp_path: Path) -> None:
    shelf.squeezed(BODY)
    shelf.keep_in(tmp_path / "squeezed")
    shelf.squeezed(b"a new page" * 50)
    shelf.forget_the_rest()
    assert len(kept(tmp_path)) == 1


def test_where_nothing_can_be_stored_it_is_squeezed_all_the_same(
    shelf: Shelf, tmp_path: Path
) -> None:
    (tmp_path / "squeezed").rmdir()
    assert brotli.decompress(shelf.squeezed(BODY)) == BODY
