"""Putting material in and keeping it: who may, what is refused, and two who write at once."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.files.models import File
from samlop.messages.models import Message
from samlop.messages.services import writing
from samlop.portfolio.models import Material, MaterialText, TemplateRow
from samlop.portfolio.rules.copies import TemplateKind
from samlop.portfolio.services import material as services
from samlop.portfolio.services.material import REVIEW
from tests import factories as make
from tests.rules.test_files import BAD, PDF
from tests.web.files.test_documents import Endless
from tests.web.material.conftest import AT, BY, Hold, Shelf, SignIn, publish

pytestmark = pytest.mark.django_db

KEEPERS = {Role.PROGRAMME, Role.PORTFOLIO_OWNER}
TOMORROW = str(timezone.localdate() + timedelta(days=1))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


def form(**more: object) -> dict[str, object]:
    return {
        "title": "Kurs",
        "kind": "training",
        "solutions": ["own"],
        "is_public": "on",
        "vedlegg": SimpleUploadedFile("kurs.pdf", PDF),
        **more,
    }


def rows(*found: dict[str, str], **more: str) -> dict[str, str]:
    sent = {"rader": str(len(found)), **more}
    for index, row in enumerate(found):
        sent |= {f"rad-{index}-{name}": value for name, value in row.items()}
    return sent


# --- who may ---


@pytest.mark.parametrize("role", Role)
def test_who_keeps_the_material_of_a_solution(
    role: Role, client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    sign_in(role)
    expected = 200 if role in KEEPERS else 403
    at = "/materiell/brev-til-ansatte/"

    assert client.get("/materiell/ny/").status_code == expected
    assert client.get("/materiell/ny/mal/").status_code == expected
    for end in ("rediger", "ny-versjon", "gjennomgatt", "trekk"):
        assert client.get(f"{at}{end}/").status_code == expected, end
    assert client.post(f"{at}legg-frem/").status_code == (302 if role in KEEPERS else 403)
    assert ("Ny versjon" in words(client.get(at).text)) is (role in KEEPERS)


def test_another_solutions_programme_keeps_nothing_here(
    client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    make.solution(name="Annen", slug="other")
    sign_in(Role.PROGRAMME, own=False)

    assert client.get("/materiell/brev-til-ansatte/rediger/").status_code == 403
    assert client.post("/materiell/ny/", form()).status_code == 422
    assert not Material.objects.filter(title="Kurs").exists()
    # Nor something that is about no solution at all.
    said = client.post("/materiell/ny/", form(solutions=[]))
    assert "Velg en løsning du har ansvar for." in said.text


def test_visitors_are_asked_who_they_are(client: Client, shelf: Shelf) -> None:
    for address in ("/materiell/ny/", "/materiell/brev-til-ansatte/rediger/"):
        assert client.get(address).headers["Location"].startswith("/konto/logg-inn/")


# --- in, changed, a new version, out ---


def test_a_programme_adds_changes_publishes_and_withdraws(
    client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    sign_in(Role.PROGRAMME)
    assert "«Kurs» ligger i biblioteket." in words(
        client.post("/materiell/ny/", form(), follow=True).text
    )
    text = MaterialText.objects.get(version__material__title="Kurs")
    assert text.file is not None

    said = client.post("/materiell/kurs/rediger/", form(title="Kurs i dag", seen="0"), follow=True)
    assert "Endringene er lagret." in words(said.text)
    late = client.post("/materiell/kurs/rediger/", form(title="Noe annet", seen="0"))
    assert late.status_code == 422
    assert Material.objects.get(slug="kurs").title == "Kurs i dag"

    new = {"seen": "1", "note": "Kortere.", "review_on": TOMORROW, "body": "Bare tekst nå"}
    assert client.post("/materiell/kurs/ny-versjon/", new | {"note": ""}).status_code == 422
    said = client.post("/materiell/kurs/ny-versjon/", new, follow=True)
    assert "Ny versjon av «Kurs i dag» er publisert." in words(said.text)
    again = client.post("/materiell/kurs/ny-versjon/", new)
    assert again.status_code == 422
    assert "Noen andre publiserte versjon 2 mens du skrev." in words(again.text)
    shown = words(client.get("/materiell/kurs/").text)
    assert "Versjon 1" in shown
    assert "Kortere." in shown

    client.post("/materiell/kurs/trekk/", {"reason": "Utdatert"})
    assert "Trukket tilbake" in words(client.get("/materiell/kurs/").text)
    client.logout()
    assert client.get("/materiell/kurs/").status_code == 404
    sign_in(Role.PROGRAMME)
    client.post("/materiell/kurs/legg-frem/")
    client.logout()
    assert client.get("/materiell/kurs/").status_code == 200


def test_one_form_is_changed_and_the_other_goes_along(
    client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    sign_in(Role.PROGRAMME)
    client.post(
        "/materiell/brev-til-ansatte/ny-versjon/",
        {"seen": "1", "note": "Nytt", "review_on": TOMORROW, "link": "https://example.org/brev"},
    )
    assert "Les versjon 1, bokmål" in words(client.get("/materiell/brev-til-ansatte/").text)
    texts = MaterialText.objects.filter(version__material=shelf.text, version__number=2)
    assert {text.language: (text.content, text.body or text.link) for text in texts} == {
        "bokmal": ("link", "https://example.org/brev"),
        "nynorsk": ("text", "Hei"),
    }


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//x.no", "https://"])
def test_a_link_that_is_no_page_is_refused(
    link: str, client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    sign_in(Role.PROGRAMME)
    said = client.post("/materiell/ny/", form(vedlegg="", link=link))
    assert said.status_code == 422
    assert "Lenken må begynne med https://" in said.text


def test_nothing_in_it_is_refused(client: Client, shelf: Shelf, sign_in: SignIn) -> None:
    sign_in(Role.PROGRAMME)
    said = client.post("/materiell/ny/", form(vedlegg="", title=" ", kind="other"))
    assert said.status_code == 422
    assert "Skriv hva materiellet heter." in said.text
    said = client.post("/materiell/ny/", form(vedlegg="", kind="other"))
    assert "Skriv hva slags materiell det er." in said.text
    said = client.post("/materiell/ny/", form(vedlegg=""))
    assert "Legg ved en fil, skriv en tekst eller oppgi en lenke." in said.text


# --- files ---


@pytest.mark.parametrize("case", sorted(set(BAD) - {"too large"}))
@pytest.mark.parametrize("where", ["vedlegg", "vedlegg_nynorsk"])
def test_a_file_that_is_not_let_in_is_refused_in_one_sentence(
    case: str, where: str, client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    name, content, _ = BAD[case]
    sign_in(Role.PROGRAMME)
    before = File.objects.count()
    sent = form(body="tekst", vedlegg="") | {where: SimpleUploadedFile(name or "uten", content)}

    response = client.post("/materiell/ny/", sent)

    assert response.status_code == 422
    assert len(re.findall(r'class="ds-validation-message"', response.text)) == 1
    assert 'value="Kurs"' in response.text
    assert File.objects.count() == before


@pytest.mark.parametrize("where", ["vedlegg", "vedlegg_nynorsk"])
def test_two_hundred_megabytes_are_refused(
    where: str, client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    sign_in(Role.PROGRAMME)
    before = File.objects.count()
    sent = form(body="tekst", vedlegg="") | {where: Endless(200 * 1024 * 1024)}

    response = client.post("/materiell/ny/", sent)

    assert response.status_code == 422
    assert "Filen er større enn 25 MB." in response.text
    assert File.objects.count() == before


# --- templates ---


def test_a_template_is_written_on_the_page_and_changed_there(
    client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    sign_in(Role.PROGRAMME)
    about = {"title": "DPIA for alt", "template": "dpia", "solutions": "own", "is_public": "on"}
    first = {"heading": "Hva er formålet?", "section": "Behandling", "body": "a\r\nb"}
    more = client.post("/materiell/ny/mal/", rows(first, flere="1", **about))
    assert more.status_code == 200
    assert 'value="Hva er formålet?"' in more.text
    assert not Material.objects.filter(template="dpia").exists()

    client.post("/materiell/ny/mal/", rows(first, {"heading": ""}, **about))
    material = Material.objects.get(title="DPIA for alt")
    assert (material.kind, material.template) == ("dpia", TemplateKind.DPIA.value)
    row = TemplateRow.objects.get(text__version__material=material)
    assert row.body == "a\nb"

    at = f"/materiell/{material.slug}/ny-versjon/"
    shown = client.get(at).text
    key = re.search(r'name="rad-0-key" value="(\w+)"', shown)
    assert key
    assert key[1] == row.key
    kept = first | {"key": row.key, "body": "a\nb"}
    same = client.post(at, rows(kept, seen="1", note="Ny", review_on=TOMORROW))
    assert "Ingen rader er endret" in words(same.text)
    added = {"heading": "Hvem er ansvarlig?", "key": "'; drop"}
    client.post(at, rows(kept, added, seen="1", note="Ny rad", review_on=TOMORROW))
    found = TemplateRow.objects.filter(text__version__material=material, text__version__number=2)
    assert [one.key == row.key for one in found.order_by("position")] == [True, False]
    late = client.post(at, rows(kept, seen="1", note="Sent", review_on=TOMORROW))
    assert "Noen andre publiserte versjon 2" in words(late.text)
    assert "Hva er formålet?" in late.text


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ([], "En mal må ha minst én rad."),
        ([{"body": "uten overskrift"}], "En rad med innhold mangler overskrift."),
        ([{"heading": "x", "body": "y" * 4001}], "Teksten er lengre enn 4000 tegn."),
        ([{"heading": str(n)} for n in range(201)], "En mal kan ha høyst 200 rader."),
    ],
)
def test_rows_that_make_no_template_are_refused(
    found: list[dict[str, str]],
    sentence: str,
    client: Client,
    shelf: Shelf,
    sign_in: SignIn,
) -> None:
    sign_in(Role.PROGRAMME)
    about = {"title": "Mal", "template": "ros", "solutions": "own"}
    said = client.post("/materiell/ny/mal/", rows(*found, **about))
    assert said.status_code == 422
    assert sentence in words(said.text)


# --- review ---


def test_the_keeper_is_reminded_once_and_says_that_it_is_right(
    client: Client, shelf: Shelf, hold: Hold
) -> None:
    keeper = hold(Role.PROGRAMME).person
    hold(Role.PROGRAMME, own=False)
    today = timezone.localdate()
    soon = today + timedelta(days=13)
    Material.objects.filter(pk=shelf.text.pk).update(review_on=soon)
    Material.objects.filter(pk=shelf.file.pk).update(review_on=today + timedelta(days=15))

    assert services.remind_reviews(on=today, at=AT) == 1
    assert services.remind_reviews(on=today, at=AT) == 0

    message = Message.objects.get(kind=REVIEW)
    assert message.recipient_id == keeper.pk
    mail = writing.mail(message)
    assert mail is not None
    assert "Gå gjennom «Brev til ansatte»" in mail.subject
    client.force_login(keeper)
    assert "Gå gjennom «Brev til ansatte»" in words(client.get("/").text)
    assert "snart tid" in words(client.get("/materiell/brev-til-ansatte/").text)

    said = client.post("/materiell/brev-til-ansatte/gjennomgatt/", {"review_on": str(today)})
    assert "Velg en dato frem i tid" in said.text
    later = str(today + timedelta(days=365))
    client.post("/materiell/brev-til-ansatte/gjennomgatt/", {"review_on": later})
    assert "Gå gjennom" not in words(client.get("/").text)
    # The mail has nothing left to say when it is sent late.
    assert writing.mail(message) is None


def test_without_a_programme_the_portfolio_owner_is_reminded(shelf: Shelf, hold: Hold) -> None:
    owner: Person = hold(Role.PORTFOLIO_OWNER).person
    assert services.keepers(shelf.text, on=timezone.localdate()) == [owner]


def test_a_withdrawn_item_is_changed_only_after_it_is_laid_out_again(
    client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    services.withdraw(material=shelf.template, reason="Feil", by=BY, at=AT)
    sign_in(Role.PROGRAMME)
    with pytest.raises(services.CannotKeep):
        publish(shelf.template)
    said = client.post("/materiell/ros-mal/trekk/", {"reason": "Igjen"})
    assert "er trukket tilbake. Legg det frem igjen" in words(said.text)
