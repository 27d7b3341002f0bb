"""What lib says of a file is read in the language of the page, though lib knows no languages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from samlop.accounts.rules import Role
from samlop.lib import csvio
from samlop.lib.errors import FileRefused
from samlop.lib.marked import Marked
from samlop.web.marked import translated
from tests.web.reference.test_state import sign_in


def test_a_marked_sentence_reads_as_bokmal_until_it_is_translated() -> None:
    with pytest.raises(FileRefused) as refused:
        csvio.read(b"code;name\n0301;Oslo;x\n")
    sentence = refused.value.problems[0].message

    assert sentence == "Raden har 3 felt, men overskriften har 2."
    with translation.override("nn"):
        assert translated(sentence) == "Rada har 3 felt, men overskrifta har 2."
    with translation.override("en"):
        assert translated(sentence) == "The row has 3 cells, but the heading has 2."


def test_other_texts_are_left_as_they_are() -> None:
    with translation.override("nn"):
        assert translated("100 % ferdig, ikke oversatt") == "100 % ferdig, ikke oversatt"
        assert translated(Marked("Ukjent setning, 100 %%")) == "Ukjent setning, 100 %"


@pytest.mark.django_db
def test_the_page_shows_the_sentence_in_its_language(client: Client) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    client.cookies["django_language"] = "nn"

    response = client.post(
        "/referansedata/fakta/",
        {"file": SimpleUploadedFile("fakta.csv", b"kommune;navn\n0301;Oslo;x\n"), "source": "Oss"},
    )

    assert response.status_code == 422
    assert "Rada har 3 felt, men overskrifta har 2." in response.text
