"""A contact person's first day: the list she has, looked at, put right, loaded, taken back."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import timezone

from samlop.accounts import services as accounts
from samlop.accounts.models import Membership, PeopleLoad, Person
from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.lib.actors import Machine
from samlop.messages.models import Message
from samlop.messages.services import mails
from samlop.municipalities.models import Region
from samlop.web import clock
from tests import factories as make
from tests import messy_list

pytestmark = pytest.mark.django_db

LOAD = "/regioner/digi-agder/personer/last-inn/"
TESTS = Machine("tests")
PUT_RIGHT = {
    f"rad-{messy_list.OUTSIDE}-kommune": "Risør",
    f"rad-{messy_list.SAME_ADDRESS}-epost": "per@example.org",
    f"rad-{messy_list.AMBIGUOUS}-rolle": "koordinator",
}


@pytest.fixture
def contact(norway: None, client: Client) -> Person:
    person = make.person(name="Kontaktperson, Agder")
    accounts.grant(
        person=person,
        role=Role.CONTACT_PERSON,
        region=Region.objects.get(slug="digi-agder"),
        by=TESTS,
        on=make.SOME_DAY,
    )
    client.force_login(person)
    return person


def upload(client: Client, content: bytes, name: str = "liste.xlsx") -> HttpResponseBase:
    return client.post(LOAD, {"file": SimpleUploadedFile(name, content)})


def words(response: HttpResponseBase) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def fields(response: HttpResponseBase) -> dict[str, str]:
    """What the preview's form would send back untouched."""
    text = words(response)
    form = text[text.index("forhandsvisning") - 80 :]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'\b{one}="([^"]*)"', tag) for one in ("name", "value"))
        if name:
            found[name[1]] = value[1] if value else ""
    return found


def save(
    client: Client, response: HttpResponseBase, what: str = "alle", **typed: str
) -> HttpResponseBase:
    data = fields(response) | typed | {"hva": what}
    return client.post(f"{LOAD}lagre/", data)


def given() -> int:
    return Membership.objects.filter(load__isnull=False).count()


def test_the_preview_tells_what_is_new_and_what_must_be_put_right(
    client: Client, contact: Person
) -> None:
    response = upload(client, messy_list.workbook())
    text = words(response)

    assert response.status_code == 200
    assert "Vi leste 41 rader" in text
    assert "3 rader må rettes" in text
    assert "Sandnes er ikke med i Digi Agder." in text
    assert f"Adressen står også på rad {messy_list.FIRST_ROW + 3}" in text
    assert "kan være kommunens eller regionens" in text
    assert "4205 Lindesnes" in text
    assert given() == 0
    assert not Message.objects.exists()


def test_all_is_loaded_when_the_three_are_put_right(client: Client, contact: Person) -> None:
    response = save(client, upload(client, messy_list.workbook()), **PUT_RIGHT)

    assert response.status_code == 302
    assert given() == 41
    assert Membership.objects.filter(load__isnull=False, valid_from=clock.today()).count() == 41
    per = Membership.objects.get(person__email="per@example.org")
    assert per.role == Role.PROJECT_LEADER.value
    # One mail to each person, however many roles.
    assert Message.objects.count() == Person.objects.exclude(pk=contact.pk).count()
    event = Event.objects.get(code="accounts.people.loaded")
    assert (event.actor_id, event.actor_label, event.details) == (
        contact.pk,
        "Kontaktperson e-helse",
        {"roles": 41},
    )


def test_all_or_nothing_when_all_was_asked_for(client: Client, contact: Person) -> None:
    response = save(
        client,
        upload(client, messy_list.workbook()),
        **PUT_RIGHT | {f"rad-{messy_list.OUTSIDE}-kommune": "Bodø"},
    )
    text = words(response)

    assert response.status_code == 422
    assert "1 rad må rettes." in text
    assert "Bodø er ikke med i Digi Agder." in text
    assert given() == 0
    # The two that were put right stay so.
    assert "Per Holm" in text
    assert (
        save(client, response, **{f"rad-{messy_list.OUTSIDE}-kommune": "Risør"}).status_code == 302
    )
    assert given() == 41


def test_those_that_are_ready_are_loaded_and_the_rest_can_follow(
    client: Client, contact: Person
) -> None:
    response = save(client, upload(client, messy_list.workbook()), "klare")
    text = words(response)

    assert response.status_code == 200
    assert "38 rader er lagt inn" in text
    assert "3 rader må rettes." in text
    assert given() == 38

    assert save(client, response, **PUT_RIGHT).status_code == 302
    assert given() == 41
    assert PeopleLoad.objects.count() == 2


def test_the_same_list_twice_changes_nothing(client: Client, contact: Person) -> None:
    save(client, upload(client, messy_list.workbook()), **PUT_RIGHT)

    again = upload(client, messy_list.workbook())
    refused = save(client, again, "klare")

    assert "Disse er der fra før (38)" in words(again)
    assert refused.status_code == 422
    assert "Ingen nye rader er klare." in words(refused)
    assert given() == 41


def test_a_pasted_list_is_read_as_well(client: Client, contact: Person) -> None:
    pasted = "kommune\tnavn\trolle\te-post\nValle\tKari Berg\thelseleder\tkari@example.org"

    response = client.post(LOAD, {"text": pasted})
    assert "4221 Valle" in words(response)
    assert save(client, response).status_code == 302
    assert given() == 1


def test_a_list_changed_by_others_meanwhile_is_shown_again(client: Client, contact: Person) -> None:
    pasted = "kommune;navn;rolle;e-post\nValle;Kari Berg;helseleder;kari@example.org"
    response = client.post(LOAD, {"text": pasted})
    save(client, client.post(LOAD, {"text": pasted}))

    late = save(client, response)

    assert late.status_code == 409
    assert "Noe er endret siden du så forhåndsvisningen" in words(late)
    assert given() == 1


@pytest.mark.parametrize("token", ["", "tull", "e30:abc:def"])
def test_what_is_not_our_preview_is_refused(client: Client, contact: Person, token: str) -> None:
    response = client.post(f"{LOAD}lagre/", {"forhandsvisning": token}, follow=True)

    assert "Forhåndsvisningen er for gammel" in words(response)
    assert given() == 0


def test_a_preview_is_no_use_to_somebody_else(client: Client, contact: Person) -> None:
    response = upload(client, messy_list.workbook())
    other = make.person()
    accounts.grant(
        person=other,
        role=Role.CONTACT_PERSON,
        region=Region.objects.get(slug="digi-agder"),
        by=TESTS,
        on=make.SOME_DAY,
    )
    client.force_login(other)

    save(client, response, "klare")

    assert given() == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("liste.xlsx", b"PK\x03\x04 tull", "kan ikke leses som regneark"),
        ("liste.csv", b"Gjerstad;Kari", "ingen rad med overskrifter"),
        ("liste.csv", b"kommune;navn;rolle\nValle;Kari;koordinator", "Kolonnen mangler"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(
    client: Client, contact: Person, name: str, content: bytes, sentence: str
) -> None:
    response = upload(client, content, name)

    assert response.status_code == 422
    assert sentence in words(response)


def test_an_empty_form_says_what_to_do(client: Client, contact: Person) -> None:
    response = client.post(LOAD)

    assert response.status_code == 422
    assert "Velg en fil, eller lim inn lista." in words(response)


def test_the_template_can_be_loaded_as_it_is_read(client: Client, contact: Person) -> None:
    content = client.get(f"{LOAD}mal/").content

    filled = content.decode("utf-8-sig").replace(
        "4221 Valle;;koordinator;;", "4221 Valle;Kari;koordinator;kari@example.org;"
    )
    response = client.post(LOAD, {"text": filled})

    assert "Vi leste 1 rad." in words(response)


def test_a_load_is_taken_back(client: Client, contact: Person) -> None:
    save(client, upload(client, messy_list.workbook()), **PUT_RIGHT)
    load = PeopleLoad.objects.get()
    page = f"{LOAD}{load.pk}/angre/"
    assert f'href="{page}"' in client.get("/regioner/digi-agder/personer/").text

    assert "De 41 rollene lista ga" in client.get(page).text
    client.post(page)

    assert not Membership.objects.filter(load=load).valid_on(clock.today()).exists()
    assert set(Person.objects.exclude(email=None)) == {contact}
    assert client.get(page).status_code == 404


def test_whoever_has_come_is_told_that_the_list_was_taken_back(
    client: Client, contact: Person
) -> None:
    save(client, upload(client, messy_list.workbook()), **PUT_RIGHT)
    came = Person.objects.get(email="per@example.org")
    accounts.signed_in(person=came, at=timezone.now())

    client.post(f"{LOAD}{PeopleLoad.objects.get().pk}/angre/")

    told = Message.objects.filter(kind=mails.ROLE_ENDED)
    assert [message.recipient for message in told] == [came]


def test_a_list_with_very_many_mistakes_is_put_right_in_turns(
    client: Client, contact: Person
) -> None:
    lines = [f"Valle;Person Nr{index};vaktmester;p{index}@example.org" for index in range(250)]
    pasted = "\n".join(["kommune;navn;rolle;e-post", *lines])

    response = client.post(LOAD, {"text": pasted})
    text = words(response)

    assert "250 rader må rettes" in text
    assert "150 rader til må rettes" in text
    again = save(client, response, **{"rad-2-rolle": "koordinator"})
    assert "249 rader må rettes" in words(again)


def test_what_is_downloaded_can_be_loaded_again(client: Client, contact: Person) -> None:
    save(client, upload(client, messy_list.workbook()), **PUT_RIGHT)

    downloaded = client.get("/regioner/digi-agder/personer/?format=csv")
    assert isinstance(downloaded, HttpResponse)
    again = upload(client, downloaded.content, "personer.csv")

    # The contact person herself is among them.
    assert "Vi leste 42 rader" in words(again)
    assert "Disse er der fra før (42)" in words(again)
