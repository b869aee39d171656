"""Words in a drawing, written out in one go: a brief has hundreds of them."""

from collections.abc import Iterable
from typing import Protocol

from markupsafe import Markup, escape  # noqa: TID251 - one of the modules of web that may


class Word(Protocol):
    """A word or number with its place; `css` is its class, `y` its baseline."""

    @property
    def text(self) -> str:
        """What stands there."""

    @property
    def x(self) -> float:
        """Where its anchor is."""

    @property
    def y(self) -> float:
        """Its baseline."""

    @property
    def anchor(self) -> str:
        """The end that stands at x: start, middle or end."""

    @property
    def css(self) -> str:
        """Its class; empty for plain words."""


def words_drawn(words: Iterable[Word]) -> Markup:
    """Return the words as SVG text elements, escaped."""
    return Markup("").join(_element(word) for word in words)


def _element(word: Word) -> Markup:
    css = f' class="{word.css}"' if word.css else ""
    anchor = f' text-anchor="{word.anchor}"' if word.anchor != "start" else ""
    place = f'x="{word.x:.1f}" y="{word.y:.1f}"'
    text = escape(word.text)
    return Markup(f"<text{css} {place}{anchor}>{text}</text>")
