"""The record is in bokmål; who did something is told in the language of the page."""

import pytest
from django.utils import translation

from samlop.audit.models import Event
from samlop.web.history import pages


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "Opplysninger om kommunen endret av beslutningstaker"),
        ("nn", "Opplysningar om kommunen endra av avgjerdstakar"),
        ("en", "Details of the municipality changed by decision maker"),
    ],
)
def test_a_role_in_the_record_is_translated(language: str, words: str) -> None:
    event = Event(
        code="municipalities.facts.changed", actor_id=1, actor_label="Beslutningstaker", details={}
    )
    with translation.override(language):
        assert pages._short(event) == words


def test_a_machine_is_called_what_it_is() -> None:
    event = Event(
        code="municipalities.facts.imported", actor_id=None, actor_label="Samløp", details={}
    )
    with translation.override("nn"):
        assert pages._short(event) == "Opplysningar om kommunen henta frå fil av Samløp"
