"""The pages of inviting and of accepting, gathered under their blueprint."""

from portal.care import invitation_views, invite_views
from portal.care.blueprint import bp

__all__ = ["bp", "invitation_views", "invite_views"]
