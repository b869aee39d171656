"""Words and outlines in a drawing, written out in one go: a brief has hundreds of them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from markupsafe import Markup, escape  # noqa: TID251 - one of the modules of web that may

BETWEEN = "\x1f"  # no form of ours lets it into a text


def escaped(texts: Sequence[str]) -> list[str]:
    """Return texts escaped in one go, where there are many short ones."""
    return str(escape(BETWEEN.join(texts))).split(BETWEEN)


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


def words_drawn(words: Sequence[Word]) -> Markup:
    """Return the words as SVG text elements, escaped."""
    texts = escaped([word.text for word in words])
    return Markup("".join(map(_element, words, texts)))


def _element(word: Word, text: str) -> str:
    css = f' class="{word.css}"' if word.css else ""
    anchor = f' text-anchor="{word.anchor}"' if word.anchor != "start" else ""
    place = f'x="{word.x:.1f}" y="{word.y:.1f}"'
    return f"<text{css} {place}{anchor}>{text}</text>"


def paths_drawn(paths: Iterable[tuple[str, str]]) -> Markup:
    """Return paths with their classes, those that are empty left out.

    Both are ours: a path is written by portal.review.drawing from numbers alone.
    """
    return Markup("".join([f'<path class="{css}" d="{path}"/>' for css, path in paths if path]))


def marked_drawn(paths: Iterable[tuple[str, str]], of: str) -> Markup:
    """Return paths that carry a marker of the drawing `of` at every corner, as its days do."""
    return Markup("".join([_marked(f"url(#{of}-{name})", path) for name, path in paths if path]))


def _marked(marker: str, path: str) -> str:
    ends = f'marker-start="{marker}" marker-mid="{marker}" marker-end="{marker}"'
    return f'<path fill="none" {ends} d="{path}"/>'


class Place(Protocol):
    """A place of the body figure; `view` is the side it is drawn on."""

    @property
    def key(self) -> str:
        """Its code."""

    @property
    def view(self) -> str:
        """Back or front."""

    @property
    def path(self) -> str:
        """Its outline."""


def places_drawn(places: Iterable[Place], view: str, levels: Mapping[str, int]) -> Markup:
    """Return the outlines of one side of the body, darker where a level from 1 to 3 is known."""
    return Markup("".join(_place(one, levels) for one in places if one.view == view))


def _place(place: Place, levels: Mapping[str, int]) -> str:
    css = f' class="h{levels[place.key]:d}"' if place.key in levels else ""
    return f'<path{css} d="{_outline(place.path)}"/>'


@lru_cache(maxsize=128)
def _outline(path: str) -> str:
    """An outline ready to stand in a page; the house has 54."""
    return str(escape(path))
