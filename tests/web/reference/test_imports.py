"""Files from an administrator: refused whole, or shown as a difference and saved."""

import json
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from samlop.accounts.rules import Role
from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.municipalities.rules.kinds import RegionKind
from samlop.web import uploads
from tests import factories as make
from tests.web.reference.test_state import sign_in

pytestmark = pytest.mark.django_db

CODES = "/referansedata/kommuner/"
FACTS = "/referansedata/fakta/"


@pytest.fixture(autouse=True)
def administrator(client: Client) -> None:
    sign_in(client, Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def agder() -> None:
    """Three municipalities in one county."""
    make.region(kind=RegionKind.COUNTY, number="42", name="Agder", slug="agder")
    for number, name in (("4201", "Risør"), ("4203", "Arendal"), ("4204", "Kristiansand")):
        make.municipality(number=number, name=name)


def token_in(text: str) -> str:
    found = re.search(r'name="forhandsvisning" value="([^"]+)"', text)
    assert found
    return found[1]


def file_of(name: str, content: object) -> SimpleUploadedFile:
    if isinstance(content, bytes):
        return SimpleUploadedFile(name, content)
    return SimpleUploadedFile(name, json.dumps(content).encode())


def listed(*codes: str, valid_from: str = "2027-01-01") -> SimpleUploadedFile:
    """An answer to versions/{id}: «4201 Risør»."""
    items = [
        {"code": code.split(" ", 1)[0], "name": code.split(" ", 1)[1], "level": "1"}
        for code in codes
    ]
    return file_of("liste.json", {"validFrom": valid_from, "classificationItems": items})


def changed(*lines: tuple[str, str, str]) -> SimpleUploadedFile:
    items = [
        {"oldCode": old, "newCode": new, "newName": name, "changeOccurred": "2027-01-01"}
        for old, new, name in lines
    ]
    return file_of("endringer.json", {"codeChanges": items})


def numbers() -> set[tuple[str, str, date | None]]:
    return set(MunicipalityCode.objects.values_list("number", "name", "valid_to"))


AS_BEFORE = {("4201", "Risør", None), ("4203", "Arendal", None), ("4204", "Kristiansand", None)}


def test_a_list_like_ours_has_no_changes(client: Client) -> None:
    response = client.post(
        CODES, {"file": listed("4201 Risør", "4203 Arendal", "4204 Kristiansand")}
    )

    assert response.status_code == 200
    assert "Ingen endringer" in response.text
    assert "3 kommuner er uendret." in response.text
    assert "forhandsvisning" not in response.text


def test_a_merger_is_shown_and_saved(client: Client) -> None:
    response = client.post(
        CODES,
        {
            "file": listed("4203 Arendal", "4230 Skagerrak"),
            "changes": changed(("4201", "4230", "Skagerrak"), ("4204", "4230", "Skagerrak")),
        },
    )

    assert "Slått sammen (1)" in response.text
    assert "4201 Risør + 4204 Kristiansand" in response.text
    assert "4230 Skagerrak" in response.text
    assert numbers() == AS_BEFORE

    saved = client.post(f"{CODES}lagre/", {"forhandsvisning": token_in(response.text)}, follow=True)

    assert "Kommuneinndelingen fra 1. januar 2027 er lagret." in saved.text
    assert "Kommuneinndelingen ble fornyet (3 kommuner)." in saved.text
    assert ("4230", "Skagerrak", None) in numbers()
    assert ("4201", "Risør", date(2027, 1, 1)) in numbers()


def test_a_change_that_nothing_explains_can_be_looked_at_only(client: Client) -> None:
    response = client.post(CODES, {"file": listed("4203 Arendal", "4230 Skagerrak")})

    assert "Dette kan ikke lagres" in response.text
    assert "som ingen endring forklarer" in response.text
    assert "forhandsvisning" not in response.text


@pytest.mark.parametrize(
    ("content", "row", "column", "message"),
    [
        (b"code;name\n4201;Ris\xc3\x83\xc2\xb8r", "2", "name", "feil tegnsett"),
        (b"code;name\n4201;Arendal\n4201;Risor", "3", "code", "4201 står også i rad 2"),
        (b"code;name\n301;Oslo", "2", "code", "ikke et kommunenummer på fire sifre"),
        (b"code;name\n9901;Atlantis", "2", "code", "Fylke 99 finnes ikke"),
        (b"farge;pris\nblaa;2", "", "", "ikke en kommuneliste"),
        (b"{", "1", "", "ikke hel JSON"),
        (b"oldCode;newCode\n1;2", "1", "changeOccurred", "Kolonnen mangler"),
    ],
)
def test_a_broken_list_is_refused_whole_with_row_and_column(
    client: Client, content: bytes, row: str, column: str, message: str
) -> None:
    response = client.post(
        CODES, {"file": file_of("liste.csv", content), "valid_from": "2027-01-01"}
    )

    assert response.status_code == 422
    shown = " ".join(response.text.split())
    assert re.search(rf'class="numeric">{row}</td> ?<td>{column}</td> ?<td>[^<]*{message}', shown)
    assert "Ingenting er endret." in shown
    assert numbers() == AS_BEFORE


def test_with_two_files_each_problem_says_which_it_is_in(client: Client) -> None:
    response = client.post(
        CODES,
        {
            "file": file_of("liste.csv", b"code;name\n301;Oslo"),
            "changes": file_of("endringer.csv", b"farge;pris\n1;2"),
        },
    )

    assert "liste.csv: «301»" in response.text
    assert "endringer.csv: Filen er ikke" in response.text


def test_a_list_that_does_not_say_its_day_asks_for_it(client: Client) -> None:
    content = "code;name\n4201;Risør\n4203;Arendal\n4204;Kristiansand\n".encode()

    asked = client.post(CODES, {"file": file_of("liste.csv", content)})
    assert asked.status_code == 422
    assert "Oppgi dagen" in asked.text

    given = client.post(CODES, {"file": file_of("liste.csv", content), "valid_from": "1.1.2027"})
    assert "Ingen endringer" in given.text


def test_no_file_is_said_at_the_field(client: Client) -> None:
    response = client.post(CODES, {})

    assert response.status_code == 422
    assert "Velg en fil." in response.text


@pytest.mark.parametrize("address", [CODES, FACTS])
def test_a_file_over_five_megabytes_is_refused_with_a_sentence(
    client: Client, address: str
) -> None:
    file = SimpleUploadedFile("liste.csv", b"x" * (uploads.MOST_BYTES + 1))

    response = client.post(address, {"file": file, "source": "SSB"})

    assert response.status_code == 422
    assert "Filen er større enn 5 MB" in response.text
    assert "Velg en fil." not in response.text


def test_a_stale_preview_of_the_list_is_shown_anew(client: Client) -> None:
    shown = client.post(
        CODES, {"file": listed("4201 Risør", "4203 Arendal - Árendal", "4204 Kristiansand")}
    )
    make.municipality(number="4211", name="Gjerstad")

    response = client.post(f"{CODES}lagre/", {"forhandsvisning": token_in(shown.text)})

    assert response.status_code == 409
    assert "Kommunene er endret siden lista ble sammenlignet" in response.text
    assert MunicipalityCode.objects.filter(name__contains="Árendal").count() == 0


def test_a_preview_made_for_another_purpose_is_refused(client: Client) -> None:
    shown = client.post(
        CODES, {"file": listed("4201 Risør", "4203 Arendal - X", "4204 Kristiansand")}
    )

    response = client.post(f"{FACTS}lagre/", {"forhandsvisning": token_in(shown.text)}, follow=True)

    assert "Forhåndsvisningen er for gammel" in response.text


# --- facts ---


def facts(content: str) -> dict[str, object]:
    return {"file": file_of("fakta.csv", content.encode()), "source": "Enhetsregisteret"}


def test_facts_are_shown_and_saved(client: Client) -> None:
    response = client.post(
        FACTS, facts("number;organisation_number;postmottak\n4201;974760673;post@risor.example")
    )

    assert "Organisasjonsnummer (1)" in response.text
    assert "post@risor.example" in response.text
    assert "Lagre 2 endringer" in response.text
    assert not Municipality.objects.exclude(postmottak="").exists()

    saved = client.post(f"{FACTS}lagre/", {"forhandsvisning": token_in(response.text)}, follow=True)

    assert "1 kommune er endret." in saved.text
    assert "Enhetsregisteret" in saved.text
    changed_one = Municipality.objects.get(codes__number="4201")
    assert changed_one.organisation_number == "974760673"
    assert changed_one.postmottak == "post@risor.example"


@pytest.mark.parametrize(
    ("content", "row", "column", "message"),
    [
        ("number;postmottak\n4201;ikke en adresse", 2, "postmottak", "ikke en e-postadresse"),
        ("number;organisation_number\n4201;123", 2, "organisation_number", "tastefeil"),
        ("number;kostra_group\n9999;2", 2, "number", "er ingen kommune"),
        ("number;kostra_group\n4201;2\n4201;3", 3, "number", "Risør står også i rad 2"),
        ("postmottak\na@b.no", 1, "number", "Kolonnen mangler"),
    ],
)
def test_broken_facts_are_refused_whole(
    client: Client, content: str, row: int, column: str, message: str
) -> None:
    response = client.post(FACTS, facts(content))

    assert response.status_code == 422
    shown = " ".join(response.text.split())
    assert re.search(rf'class="numeric">{row}</td> ?<td>{column}</td> ?<td>[^<]*{message}', shown)
    assert "Enhetsregisteret" in shown


def test_a_stale_preview_of_facts_is_shown_anew(client: Client) -> None:
    shown = client.post(FACTS, facts("number;kostra_group\n4201;2"))
    Municipality.objects.filter(codes__number="4201").update(kostra_group="7")

    response = client.post(f"{FACTS}lagre/", {"forhandsvisning": token_in(shown.text)})

    assert response.status_code == 409
    assert "Kommunene er endret siden du så forhåndsvisningen" in response.text
    assert Municipality.objects.get(codes__number="4201").kostra_group == "7"


def test_the_template_of_facts_can_be_sent_back_unchanged(client: Client) -> None:
    Municipality.objects.filter(codes__number="4201").update(postmottak="post@risor.example")
    template = client.get(f"{FACTS}mal/").content

    response = client.post(
        FACTS, {"file": file_of("mal.csv", template), "source": "Enhetsregisteret"}
    )

    assert "Ingen endringer" in response.text
