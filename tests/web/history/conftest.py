"""The world of the municipalities' tests: a municipality in a group, another outside, people."""

from tests.web.municipalities.conftest import product, sign_in, world

__all__ = ["product", "sign_in", "world"]
