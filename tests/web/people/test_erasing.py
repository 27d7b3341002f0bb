"""Erasing leaves no name, mail or phone anywhere: every text column of the database is searched."""

import pytest
from django.db import connection
from django.test import Client
from psycopg import sql

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.web import clock
from tests.web.people.conftest import Hold, SignIn, World

pytestmark = pytest.mark.django_db

NAME, EMAIL, PHONE = "Ragnhild Utsletta", "ragnhild@utsletta.example", "987 65 432"


def places_of(text: str) -> list[str]:
    """Every column that holds the text, as «table.column»."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = 'public' and data_type in "
            "('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY')"
        )
        columns = cursor.fetchall()
        found = []
        for table, column in columns:
            query = sql.SQL(
                "select exists (select from {table} where position(%s in {column}::text) > 0 "
                "or position(%s in {column}::text) > 0)"
            ).format(table=sql.Identifier(table), column=sql.Identifier(column))
            cursor.execute(query, [text, text.encode().hex()])
            if cursor.fetchone() == (True,):
                found.append(f"{table}.{column}")
    assert len(columns) > 100
    return sorted(found)


def test_nothing_of_an_erased_person_is_left(
    client: Client, sign_in: SignIn, hold: Hold, world: World
) -> None:
    sign_in(Role.CONTACT_PERSON)
    client.post(
        "/kommuner/4211/personer/inviter/",
        {
            "role": Role.MUNICIPAL_COORDINATOR.value,
            "name": NAME,
            "email": EMAIL,
            "phone": PHONE,
            "title": "Helsesjef",
            "starts": clock.today().isoformat(),
        },
    )
    person = Person.objects.get(email=EMAIL)
    membership = Membership.objects.get(person=person)
    client.get("/personer/")
    client.post(f"/personer/roller/{membership.pk}/inviter-igjen/")
    # The search finds what is there, or the test below would prove nothing.
    assert "accounts_person.email" in places_of(EMAIL)
    assert "accounts_person.name" in places_of(NAME)
    assert "accounts_person.phone" in places_of(PHONE)

    sign_in(Role.ADMINISTRATOR)
    client.post(f"/personer/{person.pk}/slett/")

    assert {text: places_of(text) for text in (NAME, EMAIL, PHONE)} == {
        NAME: [],
        EMAIL: [],
        PHONE: [],
    }


def test_an_erased_person_is_signed_out_everywhere(
    client: Client, sign_in: SignIn, hold: Hold
) -> None:
    target = hold(Role.DECISION_MAKER).person
    hers = Client()
    hers.force_login(target)
    assert hers.get("/kommuner/4211/personer/").status_code == 200

    sign_in(Role.ADMINISTRATOR)
    client.post(f"/personer/{target.pk}/slett/")

    assert hers.get("/kommuner/4211/personer/").headers["Location"].startswith("/konto/logg-inn/")


def test_a_row_in_the_list_of_people_names_its_programme(
    client: Client, sign_in: SignIn, hold: Hold
) -> None:
    hold(Role.PROGRAMME)
    sign_in(Role.ADMINISTRATOR)

    assert "Program eller prosjekt, own" in client.get("/personer/").text
