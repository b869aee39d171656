import re

from portal.web.qr import BORDER, qr_picture


def dark(text: str) -> set[tuple[int, int]]:
    """The dark modules that a picture's path covers."""
    strokes = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", qr_picture(text).path)
    return {(int(x) + step, int(y)) for x, y, run, _ in strokes for step in range(int(run))}


def test_picture_has_its_three_corners_and_a_quiet_border() -> None:
    size, modules = qr_picture("http://localhost/").size, dark("http://localhost/")
    corners = {(BORDER, BORDER), (size - BORDER - 1, BORDER), (BORDER, size - BORDER - 1)}
    assert corners <= modules
    assert all(min(module) >= BORDER and max(module) < size - BORDER for module in modules)


def test_other_words_make_another_picture() -> None:
    assert dark("one") != dark("two")
