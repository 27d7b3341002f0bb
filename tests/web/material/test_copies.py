"""A municipality's copies in the pages: who reads the answers, and what is done with them."""

import io
import re
import zipfile

import pytest
from django.test import Client

from samlop.accounts.models import Membership
from samlop.accounts.rules import PERMITS, Permission, Role
from samlop.audit.models import Event
from samlop.lib import document_text
from samlop.messages.models import Message
from samlop.messages.services import writing
from samlop.portfolio.models import LocalCopy, LocalRow
from samlop.portfolio.services.material import CHANGED
from tests.web.material.conftest import SECRET, Hold, Shelf, SignIn, World, publish

pytestmark = pytest.mark.django_db

HERE = "/kommuner/4211/maler/"
OURS = {role for role in Role if Permission.USE_TEMPLATES in PERMITS[role]}


def pages(copy: LocalCopy) -> list[str]:
    at = f"{HERE}{copy.pk}/"
    return [
        HERE,
        at,
        f"{at}endringer/",
        f"{at}last-ned/docx/",
        f"{at}last-ned/xlsx/",
        f"{at}slett/",
        f"{at}rader/ny/",
    ]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


# --- who reads the answers ---


@pytest.mark.parametrize("role", sorted(set(Role) - OURS))
def test_no_other_role_reads_or_writes_a_copy(
    role: Role, client: Client, copy: LocalCopy, sign_in: SignIn
) -> None:
    sign_in(role)

    for address in pages(copy):
        response = client.get(address)
        assert response.status_code == 403, address
        assert SECRET not in response.text
        assert client.post(address).status_code in {403, 405}, address


@pytest.mark.parametrize("role", sorted(OURS))
def test_the_same_roles_elsewhere_read_nothing_here(
    role: Role, client: Client, copy: LocalCopy, sign_in: SignIn
) -> None:
    sign_in(role, own=False)

    for address in pages(copy):
        assert client.get(address).status_code == 403, address
    # Nor by asking for it under their own number.
    assert client.get(f"/kommuner/1108/maler/{copy.pk}/").status_code == 404
    assert client.get(f"/kommuner/1108/maler/{copy.pk}/last-ned/docx/").status_code == 404
    assert client.post(f"/kommuner/1108/maler/{copy.pk}/slett/").status_code == 404


@pytest.mark.parametrize("role", sorted(OURS))
def test_the_municipality_itself_reads_and_is_told_that_only_it_does(
    role: Role, client: Client, copy: LocalCopy, sign_in: SignIn
) -> None:
    sign_in(role)

    assert "kan bare leses av kommunen selv" in words(client.get(HERE).text)
    shown = client.get(f"{HERE}{copy.pk}/").text
    assert SECRET in shown
    assert "Bare Gjerstad kan lese svarene her." in words(shown)


def test_visitors_are_asked_who_they_are(client: Client, copy: LocalCopy) -> None:
    for address in pages(copy):
        assert client.get(address).headers["Location"].startswith("/konto/logg-inn/"), address


def test_who_left_yesterday_reads_nothing(client: Client, copy: LocalCopy, sign_in: SignIn) -> None:
    person = sign_in(Role.MUNICIPAL_COORDINATOR)
    Membership.objects.filter(person=person).update(valid_to="2024-02-01")

    assert client.get(f"{HERE}{copy.pk}/").status_code == 403


@pytest.mark.parametrize("role", Role)
def test_no_history_holds_an_answer_and_only_the_municipality_hears_of_copies(
    role: Role, client: Client, copy: LocalCopy, sign_in: SignIn
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    client.get(f"{HERE}{copy.pk}/")
    sign_in(role)

    for address in ("/historikk/", "/kommuner/4211/historikk/"):
        for form in ("", "?format=csv"):
            text = client.get(f"{address}{form}").content.decode(errors="ignore")
            assert SECRET not in text
            assert ("kopien av «ROS-mal»" in text) is (role in OURS), (address, form)
    own_page = client.get("/kommuner/4211/").text
    assert ("kopien av «ROS-mal»" in own_page) is (role in OURS)
    for text in (
        own_page,
        client.get("/materiell/ros-mal/").text,
        client.get("/losninger/own/materiell/").text,
    ):
        assert SECRET not in text


def test_reading_and_taking_out_is_written_down(
    client: Client, copy: LocalCopy, sign_in: SignIn
) -> None:
    person = sign_in(Role.PROJECT_LEADER)
    for end in ("", "last-ned/docx/", "endringer/"):
        client.get(f"{HERE}{copy.pk}/{end}")

    read = Event.objects.filter(code="portfolio.copy.read")
    assert [event.details["form"] for event in read.order_by("pk")] == ["page", "docx", "page"]
    assert {event.actor_id for event in read} == {person.pk}
    history = words(client.get("/kommuner/4211/historikk/?type=maler").text)
    assert "Svarene i kopien av «ROS-mal» åpnet" in history
    assert "Kopien av «ROS-mal» lastet ned med svar" in history


def test_the_owner_sees_numbers_only(
    client: Client, copy: LocalCopy, shelf: Shelf, sign_in: SignIn
) -> None:
    publish(shelf.template)
    sign_in(Role.PROGRAMME)

    shown = client.get("/materiell/ros-mal/").text

    assert "Bare antall." in words(shown)
    assert re.search(r'<th scope="row">1</th><td class="numeric">1</td>', shown)
    assert re.search(r'<th scope="row">2</th><td class="numeric">0</td>', shown)
    assert "Gjerstad" not in shown


# --- copying and answering ---


def test_a_coordinator_copies_answers_two_rows_accepts_one_change_and_keeps_one(
    client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    make = f"{HERE}ny/ros-mal/"
    assert "Lag en kopi" in words(client.get(make).text)
    made = client.post(make, {"sprak": "bokmal"}, follow=True)
    assert "Kopien er laget." in words(made.text)
    copy = LocalCopy.objects.get()
    at = f"{HERE}{copy.pk}/"

    for key, text in (("r1", "Månedlig kontroll"), ("r2", "Perm på vaktrommet")):
        answer = {"rad": key, "sett": "0", "measure": text, "likelihood": "3", "consequence": "4"}
        assert "Raden er lagret." in words(client.post(at, answer, follow=True).text)
    shown = client.get(at).text
    assert "Månedlig kontroll" in shown
    assert "Høy risiko" in shown
    assert "2 av 2" in words(shown)

    publish(shelf.template)
    home = words(client.get("/").text)
    assert "Se hva som er nytt i malen «ROS-mal»" in home
    changes = client.get(f"{at}endringer/").text
    assert re.search(r"<del>.*?måned\s*</del><ins>.*?uke", changes)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in changes
    assert "<script>alert(1)</script>" not in changes
    newest = re.search(r'name="til" value="(\d+)"', changes)
    assert newest
    stand = {"til": newest[1]}
    said = client.post(f"{at}endringer/", stand | {"rad": "r1", "valg": "accept"}, follow=True)
    assert "Endringen er tatt inn." in words(said.text)
    said = client.post(f"{at}endringer/", stand | {"rad": "r3", "valg": "keep"}, follow=True)
    assert "Kopien følger nå den nyeste versjonen." in words(said.text)

    shown = client.get(at).text
    assert "hver uke" in shown
    assert "Månedlig kontroll" in shown
    assert "alert(1)" not in shown
    assert "Se hva som er nytt" not in words(client.get("/").text)


def test_a_second_writer_is_shown_what_is_stored_beside_her_own_words(
    client: Client, copy: LocalCopy, sign_in: SignIn
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    at = f"{HERE}{copy.pk}/"
    answer = {"rad": "r1", "sett": "0", "measure": "Mitt forslag", "likelihood": "2"}

    refused = client.post(at, answer)

    assert refused.status_code == 422
    assert "Ingenting er overskrevet." in words(refused.text)
    assert "Mitt forslag" in refused.text
    assert f"Lagret nå: {SECRET}" in words(refused.text)
    assert "Lagret nå: 3 – sannsynlig" in words(refused.text)
    seen = re.search(r'id="rad-r1".*?name="sett" value="(\d+)"', refused.text, re.DOTALL)
    assert seen
    client.post(at, answer | {"sett": seen[1]})
    assert LocalRow.objects.get(key="r1").answers["measure"] == "Mitt forslag"


def test_htmx_gets_the_row_alone(client: Client, copy: LocalCopy, sign_in: SignIn) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    answer = {"rad": "r2", "sett": "0", "measure": "Perm"}

    said = client.post(f"{HERE}{copy.pk}/", answer, headers={"HX-Request": "true"})

    assert said.text.strip().startswith("<article")
    assert said.text.count("<article") == 1
    assert "Lagret." in said.text
    again = client.post(f"{HERE}{copy.pk}/", answer | {"measure": "X"}, headers={"HX-Request": "1"})
    assert again.status_code == 422
    assert "Lagret nå:" in again.text


@pytest.mark.parametrize("rad", ["", "r9", "own-finnes-ikke"])
def test_a_row_that_is_not_there_is_said_to_be_gone(
    rad: str, client: Client, copy: LocalCopy, sign_in: SignIn
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    said = client.post(f"{HERE}{copy.pk}/", {"rad": rad, "sett": "x"})
    assert said.status_code == 422
    assert "Raden finnes ikke i kopien lenger." in words(said.text)


def test_own_rows_are_added_and_removed(client: Client, copy: LocalCopy, sign_in: SignIn) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    at = f"{HERE}{copy.pk}/"
    assert "Skriv hva raden gjelder." in client.post(f"{at}rader/ny/", {"heading": ""}).text
    client.post(f"{at}rader/ny/", {"heading": "Egen risiko"})
    key = LocalRow.objects.get(shown=None).key

    assert "Egen risiko" in client.get(at).text
    assert client.get(f"{at}rader/r1/fjern/").status_code == 404
    assert "blir borte" in words(client.get(f"{at}rader/{key}/fjern/").text)
    client.post(f"{at}rader/{key}/fjern/")
    assert "Egen risiko" not in client.get(at).text


def test_a_copy_that_is_taken_away_takes_its_answers_with_it(
    client: Client, copy: LocalCopy, sign_in: SignIn
) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    assert "slettes for godt" in words(client.get(f"{HERE}{copy.pk}/slett/").text)
    client.post(f"{HERE}{copy.pk}/slett/")

    assert client.get(f"{HERE}{copy.pk}/").status_code == 404
    assert not LocalRow.objects.exists()
    assert client.post(f"{HERE}ny/ros-mal/", {"sprak": "bokmal"}).status_code == 302


# --- files ---


def test_the_first_choice_is_a_file_with_the_municipality_in_it(
    client: Client, shelf: Shelf, sign_in: SignIn
) -> None:
    publish(shelf.template)
    sign_in(Role.MUNICIPAL_COORDINATOR)
    shown = client.get(HERE).text
    assert shown.index("Last ned Word") < shown.index("Lag en kopi på nett")
    address = re.search(r'href="(/materiell/ros-mal/last-ned/docx/[^"]+)"', shown)
    assert address

    file = client.get(address[1].replace("&amp;", "&") + "&siden=1")

    assert file.headers["Content-Disposition"] == (
        'attachment; filename="ros-mal-versjon-2-gjerstad.docx"'
    )
    found = document_text.words("docx", file.content)
    for line in ("Kjernejournal", "Gjerstad", "Versjon 2, publisert 2. mars 2026"):
        assert line in found
    assert "Nytt siden versjon 1" in found
    assert "Endret: =HYPERLINK(1)" in found


def test_no_cell_runs_as_a_formula(client: Client, copy: LocalCopy, sign_in: SignIn) -> None:
    sign_in(Role.MUNICIPAL_COORDINATOR)
    file = client.get(f"{HERE}{copy.pk}/last-ned/xlsx/")

    assert SECRET in document_text.words("xlsx", file.content)
    assert "Del den bare med dem" in document_text.words("xlsx", file.content)
    assert file.headers["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(file.content)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
        assert b"=HYPERLINK(1)" in parts.read("xl/sharedStrings.xml")
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_a_master_downloaded_from_the_library_holds_nobodys_answers(
    client: Client, copy: LocalCopy
) -> None:
    for end in ("docx", "xlsx"):
        file = client.get(f"/materiell/ros-mal/last-ned/{end}/?kommune=4211")
        assert file.status_code == 200
        assert SECRET not in document_text.words(end, file.content)
    assert client.get("/materiell/ros-mal/last-ned/exe/").status_code == 404


# --- being told ---


def test_those_who_work_with_a_copy_are_told_of_a_new_version_by_mail(
    client: Client, copy: LocalCopy, shelf: Shelf, hold: Hold, world: World
) -> None:
    told = hold(Role.MUNICIPAL_COORDINATOR).person
    hold(Role.MUNICIPAL_COORDINATOR, own=False)
    hold(Role.CONTACT_PERSON)

    publish(shelf.template)

    message = Message.objects.get(kind=CHANGED)
    assert message.recipient_id == told.pk
    mail = writing.mail(message)
    assert mail is not None
    assert "Ny versjon av malen «ROS-mal»" in mail.subject
    assert mail.address.endswith(f"/kommuner/4211/maler/{copy.pk}/endringer/")
    assert SECRET not in " ".join(mail.paragraphs)
    # Once all stands are taken there is nothing left to say.
    client.force_login(told)
    newest = re.search(r'name="til" value="(\d+)"', client.get(f"{HERE}{copy.pk}/endringer/").text)
    assert newest
    client.post(f"{HERE}{copy.pk}/endringer/", {"til": newest[1], "alle": "1"})
    assert writing.mail(message) is None
