"""The region tests' group and people."""

from tests.web.regions.conftest import group, sign_in

__all__ = ["group", "sign_in"]
