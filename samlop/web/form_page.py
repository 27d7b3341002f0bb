"""A page that is one form: used where a change needs more than a button."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from django import forms
from django.http import HttpResponse

from samlop.lib.errors import Refused
from samlop.web import render
from samlop.web.request import Request

DoneT = TypeVar("DoneT")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """`trail` is the breadcrumbs above this page; `cancel` the way back without a change."""

    heading: str
    form: forms.Form
    submit: str
    cancel: str
    trail: tuple[tuple[str, str], ...] = ()
    kicker: str = ""
    lead: str = ""
    # For what takes something away: the button is red, and `warning` says what follows.
    danger: bool = False
    warning: str = ""
    # What the warning is about, one by one.
    points: tuple[str, ...] = ()
    # Words and addresses: where what the form chooses among is made.
    ways: tuple[tuple[str, str], ...] = ()
    # Fields that are needed for one of the choices, so that «optional» would be wrong.
    needed_at_times: frozenset[str] = frozenset()


def answer(request: Request, page: FormPage) -> HttpResponse:
    status = 422 if page.form.errors else 200
    return render.page(request, "form_page.html", page, status=status)


def made(
    form: forms.Form, change: Callable[[], DoneT], fields: Mapping[StrEnum, str] | None = None
) -> DoneT | None:
    """What the change gave, or None when a rule refused it: then the form says why.

    `fields` names the field a refusal belongs to; what was typed stays.
    """
    try:
        return change()
    except Refused as error:
        field = (fields or {}).get(getattr(error, "refusal", None))  # type: ignore[arg-type]
        form.add_error(field if field in form.fields else None, str(error))
        return None


def accepted(
    form: forms.Form, change: Callable[[], object], fields: Mapping[StrEnum, str] | None = None
) -> bool:
    """Whether the change was made; see `made`."""
    made(form, change, fields)
    return not form.errors
