from tests.access.conftest import stage

__all__ = ["stage"]
