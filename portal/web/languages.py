"""The language of a page and its words: the only way from a sentence in the code to a reader's.

A page asks for hundreds of words, so they are answered from one context variable. Asking
flask-babel each time, through its request proxies, took a quarter of a brief (measured).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, request
from flask_babel import Babel, LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup  # noqa: TID251 - one of the modules of web that may

LANGUAGES = ("en", "fr")
_CATALOGUES = Path(__file__).parent.parent / "translations"


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> NullTranslations:
    """Return the words of a language; where nobody has translated them, the English ones."""
    return Translations.load(_CATALOGUES, [language])


_ENGLISH = catalogue("en")
_spoken: ContextVar[NullTranslations] = ContextVar("spoken", default=_ENGLISH)


def gettext(string: str, /, **variables: Any) -> str:
    """Return a sentence in the language being spoken, with its `%(name)s` filled in."""
    said = _spoken.get().gettext(string)
    return said % variables if variables else said


def ngettext(singular: str, plural: str, num: int, /, **variables: Any) -> str:
    """Return the sentence for one or for many; `%(num)s` is the number itself."""
    return _spoken.get().ngettext(singular, plural, num) % {"num": num, **variables}


def lazy_gettext(string: str, /, **variables: Any) -> LazyString:
    """Return a sentence that is put into words when it is shown, for what is made at import."""
    return LazyString(gettext, string, **variables)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language for a while, as a letter to somebody else does."""
    before = _spoken.set(catalogue(language))
    try:
        yield
    finally:
        _spoken.reset(before)


@pass_eval_context
def _written(how: EvalContext, string: str, /, **variables: Any) -> str:
    """A sentence in a template: our own words as they are, what is filled in escaped."""
    if how.autoescape and not variables:
        return _safe(_spoken.get(), string)
    return _filled(how, _spoken.get().gettext(string), variables)


@lru_cache(maxsize=4096)
def _safe(spoken: NullTranslations, string: str) -> Markup:
    """One of our own sentences with nothing to fill in, the same for every page."""
    said = Markup(spoken.gettext(string))
    return said % {} if "%" in said else said


@pass_eval_context
def _counted(how: EvalContext, singular: str, plural: str, num: int, /, **variables: Any) -> str:
    said = _spoken.get().ngettext(singular, plural, num)
    return _filled(how, said, {"num": num, **variables})


def _filled(how: EvalContext, said: str, variables: dict[str, Any]) -> str:
    text = Markup(said) if how.autoescape else said
    return text % variables if "%" in said else text


def _language() -> str:
    return "fr" if request.path.startswith("/fr/") else "en"


def _speak() -> None:
    _spoken.set(catalogue(_language()))


def register_languages(app: Flask) -> None:
    """Let the address decide the language, never the browser or a redirect."""
    Babel(app, locale_selector=_language)
    app.before_request(_speak)
    app.jinja_env.globals.update({"gettext": _written, "_": _written, "ngettext": _counted})
