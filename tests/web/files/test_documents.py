"""Documents of a region in the pages: who may, what is refused, and how a file is sent out."""

import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.files.models import Document, File
from samlop.files.rules import MOST_BYTES
from samlop.municipalities.rules.kinds import RegionKind
from samlop.web.files.pages import size
from tests import factories as make
from tests.rules.test_files import BAD, PDF, SVG
from tests.web.regions.conftest import Group, SignIn

pytestmark = pytest.mark.django_db


def form(
    content: bytes = PDF, *, name: str = "mandat.pdf", title: str = "Mandat", kind: str = "mandate"
) -> dict[str, object]:
    return {"vedlegg": SimpleUploadedFile(name, content), "title": title, "kind": kind}


def upload(client: Client, group: Group, content: bytes = PDF, **more: str) -> str:
    response = client.post(f"{group.address}dokumenter/nytt/", form(content, **more), follow=True)
    return response.text


def link(html: str) -> str:
    found = re.search(r'href="(/filer/[^"]+)"', html)
    assert found
    return found[1]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


KEEPERS = {Role.CONTACT_PERSON, Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", Role)
def test_who_may_do_what(role: Role, client: Client, group: Group, sign_in: SignIn) -> None:
    sign_in(Role.ADMINISTRATOR)
    address = link(upload(client, group))
    document = Document.objects.get()
    sign_in(role, region=group.region)
    expected = 200 if role in KEEPERS else 403
    at = f"{group.address}dokumenter/"

    page = client.get(group.address)
    assert ("Last opp dokument" in page.text) is (role in KEEPERS)
    assert client.get(address).status_code == 200
    assert client.get(f"{at}nytt/").status_code == expected
    assert client.get(f"{at}{document.pk}/fjern/").status_code == expected
    restored = client.post(f"{at}{document.pk}/legg-tilbake/")
    assert restored.status_code == (302 if role in KEEPERS else 403)


def test_a_contact_person_elsewhere_reads_and_keeps_nothing(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    sign_in(Role.CONTACT_PERSON, region=group.region)
    address = link(upload(client, group))
    sign_in(Role.CONTACT_PERSON)

    assert client.get(address).status_code == 200
    assert client.post(f"{group.address}dokumenter/nytt/", form(title="X")).status_code == 403


def test_visitors_neither_read_nor_see_the_list(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)
    address = link(upload(client, group))
    client.logout()

    assert client.get(address).status_code == 302
    assert "Dokumenter" not in client.get(group.address).text


def test_who_left_yesterday_has_no_documents_to_keep(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    person = sign_in(Role.CONTACT_PERSON, region=group.region)
    Membership.objects.filter(person=person).update(valid_to=make.SOME_DAY)

    assert client.get(f"{group.address}dokumenter/nytt/").status_code == 403


def test_upload_remove_and_undo(client: Client, group: Group, sign_in: SignIn) -> None:
    sign_in(Role.CONTACT_PERSON, region=group.region)
    assert "Ingen dokumenter ennå" in client.get(group.address).text

    shown = words(upload(client, group, title="Mandat 2027"))
    assert "«Mandat 2027» er lagt til." in shown
    assert re.search(
        r"Mandat 2027 \(PDF, \d+ byte\) Mandat, lagt til .* av contact_person her", shown
    )

    document = Document.objects.get()
    remove = f"{group.address}dokumenter/{document.pk}/fjern/"
    assert "I 30 dager kan du legge det tilbake" in client.get(remove).text
    address = link(client.get(group.address).text)
    shown = client.post(remove, follow=True).text
    assert "«Mandat 2027» er fjernet." in shown
    assert "Legg tilbake" in shown
    assert client.get(address).status_code == 404
    assert client.post(remove).status_code == 404

    back = f"{group.address}dokumenter/{document.pk}/legg-tilbake/"
    assert "«Mandat 2027» er lagt tilbake." in client.post(back, follow=True).text
    assert client.get(address).status_code == 200
    assert "Dokumentet er ikke fjernet." in client.post(back, follow=True).text
    history = words(client.get("/historikk/", {"type": "dokumenter"}).text)
    for what in ("lagt til", "fjernet", "lagt tilbake"):
        assert f"E-helse Agder: dokumentet «Mandat 2027» {what}" in history


def test_a_file_is_sent_so_that_nothing_in_it_runs(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)
    address = link(upload(client, group, name="møteplan «vår».pdf"))

    response = client.get(address)

    assert response.content == PDF
    headers = response.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment; filename*=utf-8''m%C3%B8teplan")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    again = client.get(address, headers={"If-None-Match": headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.replace("mandat.pdf", "annet.pdf"),
        lambda address: address.replace("mandat.pdf", "..%2Fmandat.pdf"),
        lambda address: re.sub(r"/filer/.{8}", "/filer/00000000", address),
        lambda _: "/filer/1/mandat.pdf",
    ],
)
def test_addresses_that_are_guessed_find_nothing(
    change: object, client: Client, group: Group, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)
    address = link(upload(client, group))
    assert callable(change)

    assert client.get(change(address)).status_code == 404


@pytest.mark.parametrize("case", sorted(set(BAD) - {"too large"}))
def test_the_form_refuses_in_one_sentence_and_keeps_what_was_typed(
    case: str, client: Client, group: Group, sign_in: SignIn
) -> None:
    name, content, _ = BAD[case]
    sign_in(Role.ADMINISTRATOR)

    response = client.post(
        f"{group.address}dokumenter/nytt/", form(content, name=name or "uten-ending")
    )

    assert response.status_code == 422
    assert len(re.findall(r'class="ds-validation-message"', response.text)) == 1
    assert 'value="Mandat"' in response.text
    assert not File.objects.exists()


def test_a_form_with_nothing_in_it_says_what_is_missing(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)
    response = client.post(f"{group.address}dokumenter/nytt/", {})

    assert response.status_code == 422
    for sentence in ("Velg en fil.", "Skriv hva dokumentet heter.", "Velg hva slags dokument"):
        assert sentence in response.text


def test_a_title_that_is_taken_is_said_at_its_field(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)
    upload(client, group)

    shown = client.post(f"{group.address}dokumenter/nytt/", form())

    assert shown.status_code == 422
    assert "Det finnes allerede et dokument som heter «Mandat»" in shown.text
    assert re.search(
        r'id="id_title_error">\s*<p class="ds-validation-message">Det finnes', shown.text
    )


class Endless:
    """Two hundred megabytes in pieces, and a count of how many were asked for."""

    def __init__(self, size: int) -> None:
        self.left, self.name = size, "stor.pdf"

    def read(self, count: int = -1) -> bytes:
        count = self.left if count < 0 else min(count, self.left)
        self.left -= count
        return b"%PDF-" + b"\0" * (count - 5) if count > 5 else b"\0" * count

    def chunks(self) -> Iterator[bytes]:  # pragma: no cover - the test client may ask
        while self.left:
            yield self.read(65536)


def test_two_hundred_megabytes_are_refused_without_being_kept(
    client: Client, group: Group, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read past the limit is thrown away: no handler after ours ever gets it."""
    kept = 0
    handle = MemoryFileUploadHandler.receive_data_chunk

    def counted(self: MemoryFileUploadHandler, raw_data: bytes, start: int) -> bytes | None:
        nonlocal kept
        kept += len(raw_data)
        return handle(self, raw_data, start)

    monkeypatch.setattr(MemoryFileUploadHandler, "receive_data_chunk", counted)
    sign_in(Role.ADMINISTRATOR)

    response = client.post(
        f"{group.address}dokumenter/nytt/",
        {"vedlegg": Endless(200 * 1024 * 1024), "title": "Stor", "kind": "other"},
    )

    assert response.status_code == 422
    assert "Filen er større enn 25 MB." in response.text
    assert "Velg en fil." not in response.text
    assert kept <= MOST_BYTES
    assert not File.objects.exists()


def test_a_document_of_twenty_megabytes_is_let_in(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)
    large = PDF[:20] + b"\0" * (20 * 1024 * 1024) + PDF[20:]

    assert "20,0 MB" in words(upload(client, group, large)).replace("\N{NO-BREAK SPACE}", " ")
    assert client.get(link(client.get(group.address).text)).content == large


@pytest.mark.parametrize("kind", [RegionKind.COUNTY, RegionKind.HEALTH_REGION])
def test_counties_and_health_regions_keep_no_documents(
    kind: RegionKind, client: Client, group: Group, sign_in: SignIn
) -> None:
    fact = make.region(kind=kind)
    sign_in(Role.ADMINISTRATOR)

    assert client.post(f"/regioner/{fact.slug}/dokumenter/nytt/", form()).status_code == 404
    assert "Dokumenter" not in words(client.get(f"/regioner/{fact.slug}/").text)


def test_a_document_is_reached_through_its_own_region_only(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)
    upload(client, group)
    other = make.region(kind=RegionKind.EHEALTH_GROUP)
    pk = Document.objects.get().pk

    assert client.post(f"/regioner/{other.slug}/dokumenter/{pk}/fjern/").status_code == 404
    assert client.post(f"/regioner/{other.slug}/dokumenter/{pk}/legg-tilbake/").status_code == 404


def test_the_page_costs_the_same_for_one_document_and_for_ten(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    sign_in(Role.CONTACT_PERSON, region=group.region)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(group.address)
        return len(queries)

    upload(client, group)
    client.get(group.address)
    before = cost()
    for number in range(9):
        upload(client, group, title=f"Referat {number}")
    client.get(group.address)

    assert cost() == before
    assert not [
        query["sql"] for query in _queries_of(client, group) if "files_filecontent" in query["sql"]
    ]


def _queries_of(client: Client, group: Group) -> list[dict[str, str]]:
    with CaptureQueriesContext(connection) as queries:
        client.get(group.address)
    return list(queries.captured_queries)


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 byte"), (1023, "1 023 byte"), (1024, "1 kB"), (1258291, "1,2 MB")],
)
def test_sizes_as_people_read_them(count: int, words: str) -> None:
    assert size(count).replace("\N{NO-BREAK SPACE}", " ") == words


def test_svg_is_never_among_what_the_field_offers(
    client: Client, group: Group, sign_in: SignIn
) -> None:
    sign_in(Role.ADMINISTRATOR)
    page = client.get(f"{group.address}dokumenter/nytt/").text

    assert "svg" not in re.search(r'accept="([^"]+)"', page)[1]  # type: ignore[index]
    assert b"onload" in SVG
