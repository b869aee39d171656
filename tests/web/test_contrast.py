"""The colours measured as WCAG 2 measures them, in every theme."""

import re
from itertools import pairwise

import pytest

from portal.web.assets import FOLDER, minified

CSS = minified((FOLDER / "css" / "tokens.css").read_text("utf-8"))
THEMES = {
    "light": r":root\{color-scheme:light;([^}]*)\}",
    "dark": r':root\[data-theme="dark"\]\{([^}]*)\}',
    "print": r'@media print\{:root,:root:not\(\[data-theme="light"\]\)\{([^}]*)\}',
}
TEXT = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink", "pine-soft"),
    ("ink", "alert-soft"),
    ("ink", "amber-soft"),
    ("ink", "usual"),
    ("ink-2", "paper"),
    ("ink-2", "surface"),
    ("ink-2", "sunken"),
    ("ink-2", "usual"),
    ("pine", "paper"),
    ("pine", "surface"),
    ("pine-strong", "pine-soft"),
    ("on-pine", "pine"),
    ("on-pine", "pine-strong"),
    ("clay", "paper"),
    ("clay", "surface"),
    ("clay", "sunken"),
    ("clay", "clay-soft"),
    ("paper", "clay"),
    ("plum", "surface"),
    ("plum", "paper"),
    ("on-plum", "plum"),
    ("alert", "surface"),
    ("alert", "paper"),
    ("alert", "alert-soft"),
    ("paper", "alert"),
    ("amber", "amber-soft"),
    ("paper", "ink"),
]
BORDERS = [
    ("line-strong", "paper"),
    ("line-strong", "surface"),
    ("line-strong", "skin-2"),
    ("pine", "pine-soft"),
    ("focus", "paper"),
    ("focus", "surface"),
    ("clay-mid", "paper"),
    ("needle", "surface"),
]


def _tokens(theme: str) -> dict[str, str]:
    light = _block(THEMES["light"])
    return light if theme == "light" else light | _block(THEMES[theme])


def _block(pattern: str) -> dict[str, str]:
    found = re.search(pattern, CSS)
    assert found is not None
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})\b", found[1]))


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(mark * 2 for mark in digits) if len(digits) == 3 else digits
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_words_stand_out(theme: str, front: str, back: str) -> None:
    tokens = _tokens(theme)
    assert _contrast(tokens[front], tokens[back]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), BORDERS)
def test_controls_and_drawings_stand_out(theme: str, front: str, back: str) -> None:
    tokens = _tokens(theme)
    assert _contrast(tokens[front], tokens[back]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_more_pain_is_always_further_from_the_page(theme: str) -> None:
    tokens = _tokens(theme)
    page = tokens["paper"]
    steps = [_contrast(tokens[f"p{level}"], page) for level in range(11)]
    assert all(less < more for less, more in pairwise(steps))


def test_every_theme_names_the_same_colours() -> None:
    assert _tokens("light").keys() - _block(THEMES["dark"]).keys() == {"white"}
