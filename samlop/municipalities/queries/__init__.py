"""Questions across models, answered with frozen dataclasses."""

from samlop.municipalities.queries.codes import at, municipality, resolve
from samlop.municipalities.queries.search import search

__all__ = ["at", "municipality", "resolve", "search"]
