"""Settings, frozen, that refuse to be unsafe."""

import os
import re
import stat
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic.types import AwareDatetime
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from portal.errors import BadSettings

CHECKOUT = Path(__file__).resolve().parent.parent
PREFIX = "PORTAL_"
_LOOPBACK = re.compile(r"^http://(127\.0\.0\.1|localhost)(:\d+)?$")
_MIN_KEY_BYTES = 32
_ADDRESS = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
    r"(?::([0-9]{1,5}))?/*"
)
_GOES_WITHOUT_SAYING = {"http": 80, "https": 443}
_PORTS = range(1, 65536)
_SENDER = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
_DATABASES = ("sqlite:///", "postgresql+psycopg://")


class Env(StrEnum):
    """What this installation is for."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class Settings(BaseModel):
    """Everything a clinic may set, from the environment or `portal.toml` in the instance folder.

    The environment wins over the file. A missing or unsafe value stops the start with one
    sentence that names the setting and what is allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: Env = Field(default=Env.PRODUCTION, description="production, demo or test")
    base_url: str = ""
    database_url: str = ""
    instance: Path = CHECKOUT / "instance"
    secret_key_file: Path | None = None
    smtp_url: str = ""
    mail_from: str = ""
    proxy_hops: int = Field(default=0, ge=0, le=5, description="a whole number from 0 to 5")
    public_clinic: str = ""
    test_now: AwareDatetime | None = Field(
        default=None, description="an instant with its zone, such as 2026-11-09T20:00:00-05:00"
    )
    argon2_memory_kib: int = Field(
        default=19456,
        ge=8,
        le=1_048_576,
        description="a whole number, from 19456 (in production) to 1048576",
    )
    argon2_passes: int = Field(
        default=2, ge=1, le=100, description="a whole number, from 2 (in production) to 100"
    )
    invitation_days: int = Field(default=7, ge=1, le=14, description="a whole number from 1 to 14")

    @field_validator("base_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        """Return the address as browsers say it: small letters, no port that needs no saying."""
        if not value:
            return value
        found = _ADDRESS.fullmatch(value.strip().lower())
        if found is None or ".." in found[2] or int(found[3] or 443) not in _PORTS:
            raise ValueError("must be https://, a name and perhaps a port, without anything after")
        scheme, host, port = found.groups()
        is_said = port and int(port) != _GOES_WITHOUT_SAYING[scheme]
        return f"{scheme}://{host}{f':{int(port)}' if is_said else ''}"

    @field_validator("mail_from")
    @classmethod
    def _one_sender(cls, value: str) -> str:
        if value and _SENDER.fullmatch(value) is None:
            raise ValueError("must be one plain e-mail address, such as portal@example.org")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _usable_server(cls, value: str) -> str:
        if value:
            parsed_url(value)
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            make_url(value or _DATABASES[0])
        except (ArgumentError, ValueError):
            is_whole = False
        else:
            is_whole = not value or value.startswith(_DATABASES)
        if not is_whole:
            raise ValueError(f"must begin with {' or '.join(_DATABASES)}")
        return value

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.env is Env.PRODUCTION:
            self._refuse_unsafe_production()
        elif self.base_url and not _LOOPBACK.match(self.base_url):
            raise ValueError(
                "base_url: outside production only http://127.0.0.1 or http://localhost is allowed"
            )
        return self

    def _refuse_unsafe_production(self) -> None:
        if not self.base_url:
            raise ValueError("base_url: is required, such as https://portal.example.org")
        if not self.base_url.startswith("https://") and not _LOOPBACK.match(self.base_url):
            raise ValueError("base_url: must begin with https:// (plain http only on loopback)")
        if self.test_now is not None:
            raise ValueError("test_now: is allowed only in the demo and in tests")
        if self.argon2_memory_kib < 19456 or self.argon2_passes < 2:  # noqa: PLR2004 - S-007
            raise ValueError("argon2_memory_kib, argon2_passes: at least 19456 and 2 in production")

    @property
    def is_https(self) -> bool:
        """Whether people reach the portal over https."""
        return self.base_url.startswith("https://")

    @property
    def cookie_prefix(self) -> str:
        """The prefix browsers enforce, which plain http on loopback cannot carry."""
        return "__Host-" if self.is_https else ""

    @property
    def key_file(self) -> Path:
        """The file that holds the secret key."""
        return self.secret_key_file or self.instance / "secret.key"

    @property
    def database(self) -> str:
        """The database's address; by default one SQLite file in the instance folder."""
        return self.database_url or f"sqlite:///{self.instance / 'portal.sqlite3'}"

    def secret_key(self) -> bytes:
        """Return the secret key.

        Raises BadSettings when the file is missing, short, or readable by others.
        """
        path = self.key_file
        try:
            key = path.read_bytes().strip()
            mode = path.stat().st_mode
        except OSError as error:
            raise BadSettings(
                f"{path}: the secret key cannot be read ({error.strerror}); "
                "`portal init` makes one, or PORTAL_SECRET_KEY_FILE names it"
            ) from None
        if len(key) < _MIN_KEY_BYTES:
            raise BadSettings(f"{path}: the secret key is too short; 32 bytes or more are needed")
        if stat.S_IMODE(mode) & 0o077:
            raise BadSettings(f"{path}: others may read the secret key; run chmod 600 on it")
        return key


def _from_file(instance: Path) -> dict[str, object]:
    path = instance / "portal.toml"
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{path}: cannot be read as TOML ({error})") from None


def _from_environment() -> dict[str, object]:
    names = {PREFIX + name.upper(): name for name in Settings.model_fields}
    unknown = sorted(key for key in os.environ if key.startswith(PREFIX) and key not in names)
    if unknown:
        raise BadSettings(f"{unknown[0]}: no such setting; docs/settings.md lists all")
    return {names[key]: value for key, value in os.environ.items() if key in names}


def parsed_url(url: str) -> SplitResult:
    """Return the parts of PORTAL_SMTP_URL.

    Raises BadSettings for anything but smtp://[user:password@]host[:port] or smtps://….
    """
    try:
        parts = urlsplit(url)
        is_port_good = parts.port is None or parts.port > 0
    except ValueError:
        parts, is_port_good = urlsplit(""), False
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not is_port_good:
        raise BadSettings(
            "PORTAL_SMTP_URL: must look like smtp://user:password@mail.example.org:587 "
            "(or smtps://), or be left out"
        )
    return parts


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    message = str(first["msg"]).removeprefix("Value error, ")
    if not where:
        where, _, message = message.partition(": ")
    elif first["type"] == "extra_forbidden":
        message = "no such setting"
    elif first["type"] != "value_error":
        message = f"must be {Settings.model_fields[str(first['loc'][0])].description or 'text'}"
    return f"{PREFIX}{where.upper()}: {message}; docs/settings.md says what is allowed"


def instance_folder(chosen: object = None) -> Path:
    """The folder that `PORTAL_INSTANCE` names, or the one beside the code."""
    found = chosen or os.environ.get(f"{PREFIX}INSTANCE") or CHECKOUT / "instance"
    return Path(str(found)).absolute()


def load_settings(**overrides: object) -> Settings:
    """Read the settings from overrides, the environment and the instance's `portal.toml`.

    Raises BadSettings with one sentence that names the setting and what is allowed.
    """
    environment = _from_environment()
    instance = instance_folder(overrides.get("instance"))
    values = {**_from_file(instance), **environment, **overrides, "instance": instance}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise BadSettings(_sentence(error)) from None
