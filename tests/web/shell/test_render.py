"""Blocks answer htmx, with everything the whole page would have had around them."""

import jinja2
import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from samlop.web import render
from samlop.web.environment import environment

PARENT = "<title>{% block title %}{% endblock %}</title>{% block main %}{% endblock %}"
MACROS = "{% macro shout(words) %}<b>{{ words }}!</b>{% endmacro %}"
CHILD = """{% extends "parent.html" %}
{% from "macros.html" import shout %}
{% set mark = "*" %}
{% block title %}never made{{ 1 / 0 }}{% endblock %}
{% block main %}
{% for row in page %}
{% block row scoped %}<i>{{ mark }}{{ shout(row) }}</i>{% endblock %}
{% endfor %}
{% endblock %}
"""


@pytest.fixture
def request_() -> HttpRequest:
    return RequestFactory().get("/")


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    loader = jinja2.DictLoader({"parent.html": PARENT, "macros.html": MACROS, "child.html": CHILD})
    monkeypatch.setattr(engines["jinja2"], "env", environment(loader=loader, autoescape=True))


def test_a_block_has_its_imports_and_variables_without_the_rest_being_made(
    request_: HttpRequest,
) -> None:
    answer = render.block(request_, "child.html", "row", row="ja & nei")

    assert answer.text == "<i>*<b>ja &amp; nei!</b></i>"


def test_both_answers_tell_caches_to_keep_them_apart(request_: HttpRequest) -> None:
    assert "HX-Request" in render.block(request_, "child.html", "row", row="")["Vary"]


def test_a_misspelt_name_fails_rather_than_showing_nothing(request_: HttpRequest) -> None:
    with pytest.raises(jinja2.UndefinedError):
        render.block(request_, "child.html", "row", roww="")


@pytest.mark.parametrize(
    ("headers", "block"),
    [
        ({}, False),
        ({"hx-request": "true"}, True),
        ({"hx-request": "true", "hx-boosted": "true"}, False),
        ({"hx-request": "true", "hx-history-restore-request": "true"}, False),
    ],
)
def test_a_block_is_sent_only_when_htmx_will_put_it_in_place(
    headers: dict[str, str], block: bool
) -> None:
    request = RequestFactory().get("/", headers=headers)
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    assert isinstance(request, HttpRequest)

    assert render.wants_block(request) is block  # type: ignore[arg-type]
