"""Putting the portal together: one short function per concern."""

from datetime import timedelta
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Blueprint, Flask, has_request_context, request
from flask_wtf import CSRFProtect
from sqlalchemy.exc import OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import clock, db, models
from portal.accounts import gate, own_phone, session
from portal.accounts import views as accounts_views
from portal.accounts.reader import Reader
from portal.admin import views as admin_views
from portal.audit.record import seal_events
from portal.care import views as care_views
from portal.care import visit_views
from portal.care.directory import Directory
from portal.clinics.stamp import Stamp
from portal.config import Env, Settings, load_settings
from portal.diary import check_views, draft_views, history_views, link_views, plan_views
from portal.education import keeper
from portal.education import views as education_views
from portal.errors import BadSettings, StorageUnavailable
from portal.home import reading_views, settings_views, trends_views
from portal.home import views as home_views
from portal.instruments.catalogue import house_catalogue
from portal.privacy import views as privacy_views
from portal.review import views as review_views
from portal.review.summaries import refresh
from portal.web import health
from portal.web.assets import register_assets
from portal.web.body import register_body_limits
from portal.web.converters import register_converters
from portal.web.errors import register_errors
from portal.web.guard import install_guard
from portal.web.headers import register_headers
from portal.web.jinja import configure_jinja
from portal.web.languages import register_languages
from portal.web.log import configure_log, register_log
from portal.web.origin import install_origin_check, is_own_host
from portal.web.pages import install_page_cache
from portal.web.request import HouseRequest
from portal.web.squeeze import register_squeezing

MAX_BODY = 1024 * 1024
FEATURES = (
    health.bp,
    accounts_views.bp,
    education_views.bp,
    visit_views.bp,
    care_views.bp,
    admin_views.bp,
    privacy_views.bp,
    review_views.bp,
    history_views.bp,
    draft_views.bp,
    check_views.bp,
    home_views.bp,
    link_views.bp,
    plan_views.bp,
    reading_views.bp,
    settings_views.bp,
    trends_views.bp,
)
TOKEN_AUTHORISED = frozenset({"links.stop_mail"})


def create_app(settings: Settings | None = None, *more: Blueprint) -> Flask:
    """Build the application; `more` are pages of the demo, which need no form token.

    Raises BadSettings, with one sentence, for anything that would make it unsafe to run.
    """
    settings = settings or load_settings()
    assert models  # noqa: S101 - every table is known from here on
    house_catalogue()
    app = Flask("portal", instance_path=str(settings.instance), static_folder=None)
    app.request_class = HouseRequest
    app.extensions["portal.settings"] = settings
    _set_clock(settings)
    _configure(app, settings)
    configure_log()
    _open_database(app, settings)
    register_log(app)
    register_body_limits(app)
    configure_jinja(app)
    register_languages(app)
    register_assets(app)
    register_converters(app)
    register_headers(app, https=settings.is_https)
    register_squeezing(app)
    session.init_app(app)
    _hang_on_the_write_path(app)
    register_errors(app)
    gate.init_app(app)
    own_phone.init_app(app)
    _know_the_clinic(app, settings)
    _register_features(app, more)
    install_origin_check(app, settings, TOKEN_AUTHORISED)
    install_guard(app, standing=own_phone.standing, unknown_person=gate.unknown_person)
    tokens = CSRFProtect(app)
    for blueprint in more:
        tokens.exempt(blueprint)
    for endpoint in TOKEN_AUTHORISED:
        tokens.exempt(app.view_functions[endpoint])
    _answer_public_pages_from_memory(app, settings)
    return app


def _set_clock(settings: Settings) -> None:
    if settings.test_now is not None:
        clock.run_from(settings.test_now)


def derived_key(secret: bytes, purpose: str) -> bytes:
    """Return a key of 32 bytes for one purpose, so that no two uses share one."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


def _configure(app: Flask, settings: Settings) -> None:
    secret = settings.secret_key() if settings.env is not Env.TEST else token_bytes(32)
    app.config.update(
        SECRET_KEY=derived_key(secret, "cookies"),
        PORTAL_PEPPER=derived_key(secret, "passwords"),
        PORTAL_SEED_KEY=derived_key(secret, "second factors"),
        PORTAL_LINK_KEY=derived_key(secret, "links"),
        SESSION_COOKIE_NAME=f"{settings.cookie_prefix}portal",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # The server ends sign-ins; the cookie outlives them by the day that words are kept (S-026).
        PERMANENT_SESSION_LIFETIME=timedelta(hours=49),
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=1000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.is_https,
    )
    if settings.proxy_hops:
        hops = settings.proxy_hops
        behind = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        vars(app)["wsgi_app"] = behind


def _open_database(app: Flask, settings: Settings) -> None:
    app.extensions["portal.database"] = db.open_database(settings.database)
    app.teardown_appcontext(db.end_read)


def _hang_on_the_write_path(app: Flask) -> None:
    hooks: db.Hooks = app.extensions["portal.database"].hooks
    hooks.recheck.append(session.recheck)
    hooks.recheck.append(own_phone.recheck)
    hooks.refreshers.append(refresh)
    hooks.seal.append(seal_events)


def _register_features(app: Flask, more: tuple[Blueprint, ...]) -> None:
    for blueprint in (*FEATURES, *more):
        app.register_blueprint(blueprint)


def _know_the_clinic(app: Flask, settings: Settings) -> None:
    stamp = Stamp(settings.instance / "settings.stamp")
    app.extensions["portal.stamp"] = stamp
    directory = Directory(db.session, stamp, settings.public_clinic)
    app.extensions["portal.directory"] = directory

    def page_facts() -> dict[str, Any]:
        try:
            person = session.reader_or_none() if _carries_sign_in(app) else None
            asks = person or own_phone.writer()
            clinic = _facts_or_none(directory, asks)
        except (StorageUnavailable, OperationalError):
            person = asks = clinic = None  # the page that says so must still be made
        return {
            "clinic": clinic,
            "reader": person,
            "demo": settings.env is Env.DEMO,
            "theme": asks.theme if asks else "system",
            "large": bool(asks and asks.is_large),
        }

    app.context_processor(page_facts)


def _carries_sign_in(app: Flask) -> bool:
    """Whether to look for a sign-in at all: anonymous pages never touch the cookie."""
    return has_request_context() and app.config["SESSION_COOKIE_NAME"] in request.cookies


def _facts_or_none(directory: Directory, person: Reader | None) -> object:
    try:
        return directory.of(person.clinic_id) if person else directory.public()
    except BadSettings:
        return None


def _answer_public_pages_from_memory(app: Flask, settings: Settings) -> None:
    stamp: Stamp = app.extensions["portal.stamp"]
    explainers = keeper.ClinicKeeper(keeper.house_keeper(), settings.instance / "content")
    app.extensions["portal.explainers"] = explainers
    install_page_cache(
        app,
        paths=lambda: education_views.public_paths(explainers.library),
        stamp=lambda: (stamp.value(), explainers.stamp()),
        cookie_names={app.config["SESSION_COOKIE_NAME"]},
        base_url=settings.base_url or "http://127.0.0.1",
        is_own_host=lambda host: is_own_host(settings, host),
    )
