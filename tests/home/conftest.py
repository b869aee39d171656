"""The patient's pages are tested with the diary's own fixtures."""

from tests.diary.conftest import diary

__all__ = ["diary"]
