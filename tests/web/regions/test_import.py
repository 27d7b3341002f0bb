"""A list of members: uploaded or pasted, shown as a difference, saved whole or not at all."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from samlop.accounts.rules import Role
from samlop.municipalities.models import RegionMembership
from samlop.municipalities.rules.kinds import Certainty, RegionKind
from samlop.web import uploads
from tests import factories as make
from tests.web.regions.conftest import Group, SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(group: Group, sign_in: SignIn) -> None:
    sign_in(Role.CONTACT_PERSON, region=group.region)


def pasted(client: Client, group: Group, text: str, on: str = "2026-01-01"):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return client.post(f"{group.address}importer/", {"text": text, "on": on})


def token_in(text: str) -> str:
    found = re.search(r'name="forhandsvisning" value="([^"]+)"', text)
    assert found
    return found[1]


def members(group: Group) -> set[tuple[str, str]]:
    rows = RegionMembership.objects.filter(region=group.region)
    return set(rows.values_list("municipality__codes__name", "certainty"))


BEFORE = {("Arendal", "assumed"), ("Risør", "assumed")}


def test_the_preview_shows_the_difference_and_saves_nothing(
    client: Client, group: Group, contact: None
) -> None:
    make.municipality(name="Åmli", number="4217")

    response = pasted(client, group, "kommune;til\n4217;\nArendal;\nRisør;2026-02-01")

    assert response.status_code == 200
    assert "Lagre 3 endringer" in response.text
    for words in (
        "Legges til (1)",
        "Bekreftes (1)",
        "Slutter (1)",
        "Ikke lenger med fra 1. februar 2026",
    ):
        assert words in response.text
    assert members(group) == BEFORE


def test_what_was_shown_is_saved(client: Client, group: Group, contact: None) -> None:
    make.municipality(name="Åmli", number="4217")
    token = token_in(pasted(client, group, "kommune\n4217\nArendal").text)

    response = client.post(
        f"{group.address}importer/lagre/", {"forhandsvisning": token}, follow=True
    )

    assert "2 endringer er lagret." in response.text
    assert members(group) == {
        ("Arendal", "confirmed"),
        ("Risør", "assumed"),
        ("Åmli", "confirmed"),
    }
    added = RegionMembership.objects.get(municipality__codes__name="Åmli")
    assert added.valid_from == date(2026, 1, 1)


def test_a_file_works_like_a_pasted_list(client: Client, group: Group, contact: None) -> None:
    file = SimpleUploadedFile("liste.csv", "kommune;kilde\nRisør;Årsmøtet\n".encode("cp1252"))

    response = client.post(f"{group.address}importer/", {"file": file, "on": "2026-01-01"})

    assert "Bekreftes (1)" in response.text
    client.post(f"{group.address}importer/lagre/", {"forhandsvisning": token_in(response.text)})
    assert RegionMembership.objects.get(certainty=Certainty.CONFIRMED.value).source == "Årsmøtet"


def test_a_pasted_list_needs_no_header(client: Client, group: Group, contact: None) -> None:
    assert "Bekreftes (2)" in pasted(client, group, "4203 Arendal\r\nRisør\r\n").text


def test_pasted_columns_from_a_spreadsheet_need_no_header(
    client: Client, group: Group, contact: None
) -> None:
    response = pasted(client, group, "Arendal\t01.01.2024\t01.07.2026\tVedtak")

    assert "Ikke lenger med fra 1. juli 2026" in response.text


def test_pasted_rows_may_stop_before_the_last_column(
    client: Client, group: Group, contact: None
) -> None:
    response = pasted(client, group, "Arendal\n\nRisør\t\t01.07.2026\tVedtak")

    assert "Bekreftes (1)" in response.text
    assert "Ikke lenger med fra 1. juli 2026" in response.text


def test_a_list_without_news_says_so(client: Client, group: Group, contact: None) -> None:
    RegionMembership.objects.update(certainty=Certainty.CONFIRMED.value)

    response = pasted(client, group, "Arendal\nRisør")

    assert "Ingen endringer" in response.text
    assert "Uendret (2)" in response.text
    assert "forhandsvisning" not in response.text


@pytest.mark.parametrize(
    ("text", "row", "column", "message"),
    [
        ("kommune;fra\nArendal;tull", 2, "fra", "er ingen dato"),
        ("kommune\nArendal\nAtlantis", 3, "kommune", "«Atlantis» er ingen kommune"),
        ("Arendal\nAtlantis", 2, "kommune", "«Atlantis» er ingen kommune"),
        ("kommune;farge\nArendal;blå", 1, "farge", "Kolonnen er ukjent"),
        ("kommune;region\nArendal;Digi Vest", 2, "region", "Filen gjelder E-helse Agder"),
        ("kommune;fra\nSirdal;2026-01-01", 2, "kommune", "Sirdal er med i Digi Rogaland"),
    ],
)
def test_a_broken_list_is_refused_whole_with_row_and_column(
    client: Client,
    group: Group,
    contact: None,
    text: str,
    row: int,
    column: str,
    message: str,
) -> None:
    elsewhere = make.municipality(name="Sirdal")
    make.region(kind=RegionKind.EHEALTH_GROUP, name="Digi Rogaland", members=(elsewhere,))

    response = pasted(client, group, text)

    assert response.status_code == 422
    shown = " ".join(response.text.split())
    assert re.search(rf'class="numeric">{row}</td> ?<td>{column}</td> ?<td>[^<]*{message}', shown)
    assert "Ingenting er endret" in shown
    assert text.rsplit("\n", maxsplit=1)[-1] in response.text
    assert members(group) == BEFORE


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Velg en fil, eller lim inn lista."),
        ({"text": "   "}, "Velg en fil, eller lim inn lista."),
        ({"text": "Arendal", "on": ""}, "Velg en dato."),
    ],
)
def test_an_empty_form_says_what_is_missing(
    client: Client, group: Group, contact: None, data: dict[str, str], sentence: str
) -> None:
    response = client.post(f"{group.address}importer/", {"on": "2026-01-01"} | data)

    assert response.status_code == 422
    assert sentence in response.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "Filen er tom"), (b"x" * (uploads.MOST_BYTES + 1), "Filen er større enn 5 MB")],
)
def test_an_empty_or_too_large_file_is_refused_with_a_sentence(
    client: Client, group: Group, contact: None, content: bytes, sentence: str
) -> None:
    file = SimpleUploadedFile("liste.csv", content)

    response = client.post(f"{group.address}importer/", {"file": file, "on": "2026-01-01"})

    assert response.status_code == 422
    assert sentence in response.text


def test_a_picture_is_refused(client: Client, group: Group, contact: None) -> None:
    file = SimpleUploadedFile("liste.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")

    response = client.post(f"{group.address}importer/", {"file": file, "on": "2026-01-01"})

    assert response.status_code == 422
    assert "ikke tekst" in response.text


def test_a_stale_preview_is_shown_anew_and_saves_nothing(
    client: Client, group: Group, contact: None
) -> None:
    token = token_in(pasted(client, group, "Arendal\nRisør").text)
    RegionMembership.objects.filter(pk=group.memberships[0].pk).update(
        certainty=Certainty.CONFIRMED.value
    )

    response = client.post(f"{group.address}importer/lagre/", {"forhandsvisning": token})

    assert response.status_code == 409
    assert "Regionen er endret siden du så forhåndsvisningen" in response.text
    assert "Lagre 1 endring" in response.text
    assert members(group) == {("Arendal", "confirmed"), ("Risør", "assumed")}

    again = token_in(response.text)
    client.post(f"{group.address}importer/lagre/", {"forhandsvisning": again})
    assert members(group) == {("Arendal", "confirmed"), ("Risør", "confirmed")}


def test_a_preview_that_can_no_longer_be_saved_names_the_row(
    client: Client, group: Group, contact: None
) -> None:
    new = make.municipality(name="Sirdal")
    token = token_in(pasted(client, group, "kommune\nSirdal").text)
    make.region(kind=RegionKind.EHEALTH_GROUP, name="Digi Rogaland", members=(new,))

    response = client.post(f"{group.address}importer/lagre/", {"forhandsvisning": token})

    assert response.status_code == 422
    assert "Sirdal er med i Digi Rogaland" in response.text


def test_saving_twice_saves_once(client: Client, group: Group, contact: None) -> None:
    token = token_in(pasted(client, group, "Arendal").text)
    address = f"{group.address}importer/lagre/"
    client.post(address, {"forhandsvisning": token})

    assert client.post(address, {"forhandsvisning": token}).status_code == 409
    assert RegionMembership.objects.filter(certainty=Certainty.CONFIRMED.value).count() == 1


@pytest.mark.parametrize("token", ["", "tull", "W10:1abc:def"])
def test_a_made_up_preview_is_refused(
    client: Client, group: Group, contact: None, token: str
) -> None:
    response = client.post(
        f"{group.address}importer/lagre/", {"forhandsvisning": token}, follow=True
    )

    assert "Forhåndsvisningen er for gammel" in response.text
    assert members(group) == BEFORE


def test_one_persons_preview_is_nobody_elses(
    client: Client, group: Group, contact: None, sign_in: SignIn
) -> None:
    token = token_in(pasted(client, group, "Arendal").text)
    sign_in(Role.ADMINISTRATOR)

    client.post(f"{group.address}importer/lagre/", {"forhandsvisning": token})

    assert members(group) == BEFORE


def test_a_preview_of_one_region_is_not_saved_in_another(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    other = make.region(slug="annen")
    sign_in(Role.ADMINISTRATOR)
    token = token_in(pasted(client, group, "Arendal").text)

    client.post("/regioner/annen/importer/lagre/", {"forhandsvisning": token})

    assert not RegionMembership.objects.filter(region=other).exists()


def test_the_template_holds_the_members_and_can_be_sent_back(
    client: Client, group: Group, contact: None
) -> None:
    template = client.get(f"{group.address}importer/mal/")
    assert "4203 Arendal" in template.content.decode("utf-8-sig")

    file = SimpleUploadedFile("mal.csv", template.content)
    response = client.post(f"{group.address}importer/", {"file": file, "on": "2026-01-01"})

    assert "Bekreftes (2)" in response.text


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ROLLOUT_LEADER, Role.VENDOR])
@pytest.mark.parametrize("path", ["importer/", "importer/mal/"])
def test_others_cannot_import(
    client: Client, group: Group, sign_in: SignIn, role: Role, path: str
) -> None:
    sign_in(role, region=group.region)

    assert client.get(group.address + path).status_code == 403


@pytest.mark.parametrize("path", ["importer/", "importer/mal/"])
def test_a_visitor_must_log_in_to_import(client: Client, group: Group, path: str) -> None:
    response = client.get(group.address + path)

    assert response.status_code == 302
    assert "next=" in response.headers["Location"]
