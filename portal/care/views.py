"""The pages of inviting, of accepting and of an episode, gathered under their blueprint."""

from portal.care import (
    appointment_views,
    episode_views,
    glass_views,
    invitation_views,
    invite_views,
    typed_words,
)
from portal.care.blueprint import bp

__all__ = [
    "appointment_views",
    "bp",
    "episode_views",
    "glass_views",
    "invitation_views",
    "invite_views",
    "typed_words",
]
