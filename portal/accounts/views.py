"""All account pages: importing this registers them on the blueprint."""

from portal.accounts import account_views, email_views, kept_views, password_views, sign_in_views
from portal.accounts.blueprint import bp

__all__ = ["account_views", "bp", "email_views", "kept_views", "password_views", "sign_in_views"]
