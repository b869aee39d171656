from collections.abc import Callable
from typing import Any, Protocol

from flask import Flask

class Person(Protocol):
    is_active: bool
    is_authenticated: bool
    is_anonymous: bool
    def get_id(self) -> str: ...

class LoginManager:
    session_protection: str | None
    def __init__(self, app: Flask | None = ..., add_context_processor: bool = ...) -> None: ...
    def init_app(self, app: Flask, add_context_processor: bool = ...) -> None: ...
    def user_loader(
        self, callback: Callable[[str], Person | None]
    ) -> Callable[[str], Person | None]: ...

current_user: Any

def login_user(
    user: Person, remember: bool = ..., duration: Any = ..., force: bool = ..., fresh: bool = ...
) -> bool: ...
def logout_user() -> bool: ...
