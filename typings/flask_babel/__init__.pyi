from collections.abc import Callable
from datetime import date
from typing import Any, Self

from flask import Flask

class Babel:
    def __init__(self, app: Flask | None = ..., **kwargs: Any) -> None: ...

class LazyString(str):
    def __new__(cls, func: Callable[..., str], *args: Any, **kwargs: Any) -> Self: ...

def format_date(date: date | None = ..., format: str | None = ..., rebase: bool = ...) -> str: ...
