"""Signing in with an identity provider that is really there: the whole way, and its faults."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from samlop.accounts import services as accounts
from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.accounts.rules.tokens import Issuer, IssuerKind
from samlop.audit.models import Event
from samlop.config import environment
from samlop.lib.actors import Machine
from samlop.messages.models import Message
from samlop.messages.services import mails
from samlop.municipalities.models import Municipality, Vendor
from samlop.web import clock
from tests import factories as make
from tests import identity_provider
from tests.identity_provider import IdentityProvider, asked_for
from tests.rules.test_tokens import RESOURCE, detail
from tests.web.accounts.conftest import sign_in_by_code, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real")]

TESTS = Machine("tests")
BEGIN = "/konto/logg-inn/med/ansattporten/"
TIE = "/konto/innlogginger/ansattporten/"
REPRESENT = "/konto/representerer/"
RISOR, GJERSTAD, VISMA, UNKNOWN = "964977402", "964964998", "974768623", "971037695"
FNR = "17054026641"


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with identity_provider.running() as made:
        yield made


@pytest.fixture(autouse=True)
def issuer(provider: IdentityProvider, settings: Settings) -> Issuer:
    made = Issuer(
        key="ansattporten",
        name="Ansattporten",
        kind=IssuerKind.ANSATTPORTEN,
        issuer=provider.issuer,
        client_id="samlop",
        secret="hemmelig",
        levels=("substantial", "high"),
        resource=RESOURCE,
    )
    settings.SAMLOP_OIDC = (made,)
    cache.clear()
    return made


@pytest.fixture
def risor() -> Municipality:
    return municipality("Risør", RISOR)


@pytest.fixture
def gjerstad() -> Municipality:
    return municipality("Gjerstad", GJERSTAD)


def municipality(name: str, number: str) -> Municipality:
    made = make.municipality(name=name)
    made.organisation_number = number
    made.save()
    return made


def coordinator(person: Person, of: Municipality) -> Membership:
    return accounts.grant(
        person=person,
        role=Role.MUNICIPAL_COORDINATOR,
        by=TESTS,
        on=make.SOME_DAY,
        municipality=of,
    )


def token(*numbers: str, acr: str = "high", **more: Any) -> dict[str, Any]:
    return {
        "acr": acr,
        "pid": FNR,
        "name": "Navn Fra Tjenesten",
        "authorization_details": [detail(*numbers)],
        **more,
    }


def tied(client: Client, provider: IdentityProvider, person: Person, who: str = "kari") -> None:
    """She signs in by a code and ties it to herself on her account's page."""
    provider.knows(who, **token(RISOR))
    sign_in_by_code(client, person.email or "")
    page = client.get(TIE)
    away = re.findall(r'href="(http[^"]+)"', page.text)[0].replace("&amp;", "&")
    client.get(provider.lets_in(away, who))
    client.post("/konto/logg-ut/")


def come(client: Client, provider: IdentityProvider, who: str = "kari", **query: str) -> Any:
    """The whole way round, to the answer of the way back."""
    away = client.get(BEGIN, query).headers["Location"]
    return client.get(provider.lets_in(away, who))


def stopped(answer: Any, words: str) -> bool:
    assert answer.status_code == 403, answer
    assert words in answer.text
    return "Innloggingen ble stoppet" in answer.text


def names_in_menu(client: Client) -> list[str]:
    panel = re.findall(r'<ul class="who-roles">(.*?)</ul>', client.get("/").text, re.DOTALL)
    return re.findall(r"<li>(.*?)</li>", panel[0]) if panel else []


# --- the way in ---


def test_whoever_has_tied_it_comes_in_and_acts_for_her_municipality(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    coordinator(kari, risor)
    tied(client, provider, kari)

    answer = come(client, provider, next="/konto/")

    assert answer.headers["Location"] == "/konto/"
    assert signed_in_as(client) == str(kari.pk)
    page = client.get("/konto/").text
    assert "Du representerer nå Risør." in page
    assert "koblet til" in page
    assert client.get("/personer/").status_code == 200


def test_what_is_asked_for_on_the_way_out(client: Client, provider: IdentityProvider) -> None:
    asked = asked_for(client.get(BEGIN).headers["Location"])
    assert asked["acr_values"] == "substantial high"
    assert asked["scope"] == "openid"
    assert asked["code_challenge_method"] == "S256"
    assert RESOURCE in asked["authorization_details"]
    assert len(asked["nonce"]) == 32
    assert asked["redirect_uri"] == "http://testserver/konto/logg-inn/med/ansattporten/tilbake/"
    again = asked_for(client.get(BEGIN).headers["Location"])
    assert again["nonce"] != asked["nonce"]
    assert again["state"] != asked["state"]


def test_the_browser_decides_nothing_of_what_is_asked_for(client: Client) -> None:
    more = {"auth_params": "acr_values=low", "scope": "email", "process": "connect"}
    asked = asked_for(client.get(BEGIN, more).headers["Location"])
    assert asked["acr_values"] == "substantial high"
    assert asked["scope"] == "openid"


def test_nothing_the_token_says_of_her_is_kept(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    coordinator(kari, risor)
    tied(client, provider, kari)
    come(client, provider)

    with connection.cursor() as cursor:
        cursor.execute("select socialaccount_socialaccount::text from socialaccount_socialaccount")
        kept = cursor.fetchone()[0]
    stored = kept + str(dict(client.session.items()))
    for secret in (FNR, "Navn Fra Tjenesten", '"kari"', "hemmelig"):
        assert secret not in stored
    assert not SocialToken.objects.exists()
    kari.refresh_from_db()
    assert kari.name == "Kari Berg"


def test_two_factors_seen_there_make_a_national_role_count(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    coordinator(kari, risor)
    accounts.grant(person=kari, role=Role.ADMINISTRATOR, by=TESTS, on=make.SOME_DAY)
    tied(client, provider, kari)
    come(client, provider)
    assert client.get("/utboks/").status_code == 200


# --- whom she represents ---


def test_a_session_counts_the_roles_of_whom_she_represents_and_no_others(
    client: Client,
    provider: IdentityProvider,
    kari: Person,
    risor: Municipality,
    gjerstad: Municipality,
) -> None:
    coordinator(kari, risor)
    coordinator(kari, gjerstad)
    region = make.region(name="Digi Agder", slug="digi-agder")
    accounts.grant(
        person=kari, role=Role.NETWORK_RESOURCE, by=TESTS, on=make.SOME_DAY, region=region
    )
    tied(client, provider, kari)

    come(client, provider)

    assert names_in_menu(client) == ["Lokal koordinator, Risør", "Nettverksressurs, Digi Agder"]
    numbers = {one: one.codes.get().number for one in (risor, gjerstad)}
    assert client.get(f"/kommuner/{numbers[risor]}/opplysninger/").status_code == 200
    assert client.get(f"/kommuner/{numbers[gjerstad]}/opplysninger/").status_code == 403
    # And she has nothing to choose among.
    assert client.get(REPRESENT).status_code == 302

    # A code by mail proves that it is she, whoever she works for.
    client.post("/konto/logg-ut/")
    sign_in_by_code(client)
    assert client.get(f"/kommuner/{numbers[gjerstad]}/opplysninger/").status_code == 200


def test_who_represents_several_chooses_and_can_choose_again(
    client: Client,
    provider: IdentityProvider,
    kari: Person,
    risor: Municipality,
    gjerstad: Municipality,
) -> None:
    coordinator(kari, risor)
    coordinator(kari, gjerstad)
    visma = Vendor.objects.create(slug="visma", name="Visma", organisation_number=VISMA)
    accounts.grant(person=kari, role=Role.VENDOR, by=TESTS, on=make.SOME_DAY, vendor=visma)
    tied(client, provider, kari)
    provider.knows("kari", **token(RISOR, GJERSTAD, UNKNOWN))

    answer = come(client, provider, next="/konto/")

    assert answer.headers["Location"] == f"{REPRESENT}?next=%2Fkonto%2F"
    assert names_in_menu(client) == []
    assert "Du har ikke valgt hvem du representerer." in client.get("/konto/").text
    page = client.get(answer.headers["Location"])
    offered = re.findall(r'value="(\d)"', page.text)
    assert len(offered) == 2
    assert "Risør" in page.text
    # The vendor was not proved, so it is not to be had.
    assert "Visma" not in page.text
    assert client.post(REPRESENT, {}).status_code == 422
    assert client.post(REPRESENT, {"organisation": "2"}).status_code == 422
    assert client.post(REPRESENT, {"organisation": "-1"}).status_code == 422

    answer = client.post(f"{REPRESENT}?next=/konto/", {"organisation": "1"})
    assert answer.headers["Location"] == "/konto/"
    assert names_in_menu(client) == ["Lokal koordinator, Gjerstad"]
    assert "Velg hvem du representerer" in client.get("/").text

    client.post(REPRESENT, {"organisation": "0"})
    assert names_in_menu(client) == ["Lokal koordinator, Risør"]


def test_the_choice_leads_nobody_to_somebody_elses_page(
    client: Client,
    provider: IdentityProvider,
    kari: Person,
    risor: Municipality,
    gjerstad: Municipality,
) -> None:
    coordinator(kari, risor)
    coordinator(kari, gjerstad)
    tied(client, provider, kari)
    provider.knows("kari", **token(RISOR, GJERSTAD))
    answer = come(client, provider, next="https://evil.example/")
    assert answer.headers["Location"] == f"{REPRESENT}?next=%2F"
    answer = client.post(f"{REPRESENT}?next=https://evil.example/", {"organisation": "0"})
    assert answer.headers["Location"] == "/"


def test_a_role_that_ended_yesterday_lets_nobody_in(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    role = coordinator(kari, risor)
    tied(client, provider, kari)
    Membership.objects.filter(pk=role.pk).update(valid_to=clock.today())
    assert stopped(come(client, provider), "Du har ingen rolle i Samløp hos virksomheten")
    assert signed_in_as(client) is None

    Membership.objects.filter(pk=role.pk).update(valid_to=clock.today() + timedelta(days=1))
    come(client, provider)
    assert signed_in_as(client) == str(kari.pk)
    Membership.objects.filter(pk=role.pk).update(valid_to=clock.today())
    assert names_in_menu(client) == []


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (token(UNKNOWN), "Du har ingen rolle i Samløp hos virksomheten"),
        (token(GJERSTAD), "Du har ingen rolle i Samløp hos virksomheten"),
        (token(), "Du valgte ingen virksomhet hos Ansattporten"),
        (token(authorization_details=[]), "Du valgte ingen virksomhet hos Ansattporten"),
        (
            token(authorization_details=[detail(RISOR, resource="urn:altinn:resource:annet")]),
            "Du valgte ingen virksomhet hos Ansattporten",
        ),
        (token(RISOR, acr="low"), "var ikke sikker nok"),
        ({"authorization_details": [detail(RISOR)]}, "var ikke sikker nok"),
    ],
)
def test_a_token_that_is_not_good_enough_lets_nobody_in(
    client: Client,
    provider: IdentityProvider,
    kari: Person,
    risor: Municipality,
    gjerstad: Municipality,
    claims: dict[str, Any],
    words: str,
) -> None:
    coordinator(kari, risor)
    tied(client, provider, kari)
    provider.knows("kari", **claims)
    assert stopped(come(client, provider), words)
    assert signed_in_as(client) is None


def test_a_stranger_is_told_what_to_do_and_makes_nobody(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    """Not even with the address of somebody we know: an address can be anybody's."""
    coordinator(kari, risor)
    provider.knows("ukjent", **token(RISOR, email=kari.email, email_verified=True))
    answer = come(client, provider, "ukjent")
    assert stopped(answer, "Logg inn med kode på e-post, og koble til Ansattporten")
    assert signed_in_as(client) is None
    assert Person.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_a_person_who_is_closed_is_a_stranger(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    coordinator(kari, risor)
    tied(client, provider, kari)
    Person.objects.filter(pk=kari.pk).update(is_active=False)
    assert stopped(come(client, provider), "ikke koblet til en person i Samløp")


# --- what may go wrong or be tried on the way ---


def test_the_answer_to_a_question_of_another_browser_is_refused(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    coordinator(kari, risor)
    tied(client, provider, kari)
    back = provider.lets_in(client.get(BEGIN).headers["Location"], "kari")
    assert stopped(Client().get(back), "begynte i en annen nettleser")
    client.get(back)
    assert signed_in_as(client) == str(kari.pk)
    # And it is good once.
    client.post("/konto/logg-ut/")
    assert stopped(client.get(back), "begynte i en annen nettleser")


def test_a_forged_state_is_refused(client: Client, provider: IdentityProvider) -> None:
    back = provider.lets_in(client.get(BEGIN).headers["Location"], "kari")
    forged = re.sub(r"state=\w+", "state=abcdefghijklmnop", back)
    assert stopped(client.get(forged), "begynte i en annen nettleser")
    assert stopped(client.get(BEGIN + "tilbake/"), "begynte i en annen nettleser")


def test_a_token_made_for_another_question_is_refused(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    """A thief puts a code he got for himself, or for another, into her own way back."""
    coordinator(kari, risor)
    tied(client, provider, kari)
    away = client.get(BEGIN).headers["Location"]
    other = re.sub(r"nonce=\w+", "nonce=en-annen", away)
    assert stopped(client.get(provider.lets_in(other, "kari")), "kan ikke brukes")
    assert signed_in_as(client) is None


def test_a_code_from_another_round_trip_is_refused(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    coordinator(kari, risor)
    tied(client, provider, kari)
    mine = parse_qs(urlsplit(client.get(BEGIN).headers["Location"]).query)["state"][0]
    theirs = provider.lets_in(Client().get(BEGIN).headers["Location"], "kari")
    mixed = re.sub(r"state=\w+", f"state={mine}", theirs)
    assert stopped(client.get(mixed), "kan ikke brukes")
    assert signed_in_as(client) is None


def test_an_issuer_that_calls_itself_something_else_is_refused(
    client: Client, provider: IdentityProvider, issuer: Issuer, settings: Settings
) -> None:
    """By another name of the same machine, its configuration and its tokens name another issuer."""
    settings.SAMLOP_OIDC = (replace(issuer, issuer=f"http://localhost:{provider.port}/"),)
    assert stopped(client.get(BEGIN), "kan ikke brukes")


def test_a_token_of_another_issuer_is_refused(
    client: Client,
    provider: IdentityProvider,
    kari: Person,
    risor: Municipality,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coordinator(kari, risor)
    tied(client, provider, kari)
    provider.knows("kari", **token(RISOR))
    # The token endpoint is asked by the machine's other name, so that the token names that.
    real = requests.get(f"{issuer.issuer}/.well-known/openid-configuration", timeout=10).json()
    real["token_endpoint"] = real["token_endpoint"].replace("127.0.0.1", "localhost")
    cache.set(f"samlop.issuer.ansattporten.{issuer.issuer}", real, 60)
    assert stopped(come(client, provider), "kan ikke brukes")
    assert signed_in_as(client) is None


def test_a_token_for_another_client_is_refused(
    client: Client,
    provider: IdentityProvider,
    kari: Person,
    risor: Municipality,
    issuer: Issuer,
    settings: Settings,
) -> None:
    coordinator(kari, risor)
    tied(client, provider, kari)
    away = client.get(BEGIN).headers["Location"]
    back = provider.lets_in(re.sub(r"client_id=\w+", "client_id=annen", away), "kari")
    assert stopped(client.get(back), "kan ikke brukes")


def test_leaving_is_told_of(client: Client, provider: IdentityProvider) -> None:
    away = client.get(BEGIN).headers["Location"]
    # This provider forgets the state when somebody leaves, which the standard demands.
    back = f"{provider.is_left(away)}&state={asked_for(away)['state']}"
    assert stopped(client.get(back), "Du avbrøt hos Ansattporten")


def test_an_issuer_that_is_away_is_told_of(
    client: Client, issuer: Issuer, settings: Settings
) -> None:
    settings.SAMLOP_OIDC = (replace(issuer, issuer="http://127.0.0.1:9"),)
    assert stopped(client.get(BEGIN), "Ansattporten svarer ikke nå")


def test_addresses_without_https_are_not_believed_of_an_issuer_with_it(
    client: Client, provider: IdentityProvider, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from samlop.web.accounts.issuers import NotLetIn, RoundTrip  # noqa: PLC0415

    safe = replace(issuer, issuer="https://ansattporten.example")
    config = {
        "issuer": safe.issuer,
        "authorization_endpoint": "https://ansattporten.example/a",
        "token_endpoint": "http://ansattporten.example/t",
        "jwks_uri": "https://ansattporten.example/j",
    }
    monkeypatch.setattr(RoundTrip, "_fetched", lambda *_: config)
    with pytest.raises(NotLetIn):
        _ = RoundTrip(None, safe).openid_config  # type: ignore[arg-type]
    config["token_endpoint"] = "https://ansattporten.example/t"
    assert RoundTrip(None, safe).openid_config == config  # type: ignore[arg-type]


# --- tying it to oneself ---


def test_tying_and_removing_are_told_of_and_recorded(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    coordinator(kari, risor)
    tied(client, provider, kari)
    sign_in_by_code(client)
    assert SocialAccount.objects.filter(user=kari).count() == 1
    client.post(f"{TIE}fjern/")
    client.post(f"{TIE}fjern/")

    assert not SocialAccount.objects.exists()
    told = Message.objects.filter(kind=mails.CHANGED).order_by("pk")
    assert [one.context["what"] for one in told] == ["issuer_added", "issuer_removed"]
    assert Event.objects.filter(code="accounts.sign_in.changed").count() == 2
    client.post("/konto/logg-ut/")
    assert stopped(come(client, provider), "ikke koblet til en person i Samløp")


def test_one_identity_is_tied_to_one_person(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    coordinator(kari, risor)
    other = make.person(email="ola@risor.example.org")
    other.set_unusable_password()
    other.save()
    tied(client, provider, kari)
    sign_in_by_code(client, "ola@risor.example.org")
    away = re.findall(r'href="(http[^"]+)"', client.get(TIE).text)[0].replace("&amp;", "&")
    answer = client.get(provider.lets_in(away, "kari"))
    assert stopped(answer, "koblet til en annen person i Samløp")
    assert not SocialAccount.objects.filter(user=other).exists()


def test_a_way_back_that_somebody_else_began_ties_nothing(
    client: Client, provider: IdentityProvider, kari: Person
) -> None:
    sign_in_by_code(client)
    away = re.findall(r'href="(http[^"]+)"', client.get(TIE).text)[0].replace("&amp;", "&")
    back = provider.lets_in(away, "kari")
    client.post("/konto/logg-ut/")
    assert stopped(client.get(back), "begynte i en annen nettleser")
    assert not SocialAccount.objects.exists()


def test_a_level_too_low_cannot_be_tied(
    client: Client, provider: IdentityProvider, kari: Person
) -> None:
    provider.knows("lav", **token(RISOR, acr="low"))
    sign_in_by_code(client)
    away = re.findall(r'href="(http[^"]+)"', client.get(TIE).text)[0].replace("&amp;", "&")
    assert stopped(client.get(provider.lets_in(away, "lav")), "var ikke sikker nok")
    assert not SocialAccount.objects.exists()


def test_an_erased_person_leaves_no_identity(
    client: Client, provider: IdentityProvider, kari: Person, risor: Municipality
) -> None:
    tied(client, provider, kari)
    accounts.erase(person=kari, by=TESTS, on=clock.today(), at=timezone.now())
    assert not SocialAccount.objects.exists()


# --- Entra ---


def test_entra_comes_in_by_its_tenant_and_proves_one_factor(
    client: Client,
    provider: IdentityProvider,
    kari: Person,
    risor: Municipality,
    issuer: Issuer,
    settings: Settings,
) -> None:
    entra = replace(
        issuer,
        key="entra",
        name="Microsoft",
        kind=IssuerKind.ENTRA,
        levels=("c1",),
        resource="",
        tenants={"t-risor": RISOR},
        identity="oid",
    )
    settings.SAMLOP_OIDC = (issuer, entra)
    coordinator(kari, risor)
    accounts.grant(person=kari, role=Role.ADMINISTRATOR, by=TESTS, on=make.SOME_DAY)
    claims = {"tid": "t-risor", "oid": "o-1", "acrs": ["c1"]}
    provider.knows("kari-entra", **claims)
    sign_in_by_code(client)
    page = client.get("/konto/innlogginger/entra/")
    away = re.findall(r'href="(http[^"]+)"', page.text)[0].replace("&amp;", "&")
    client.get(provider.lets_in(away, "kari-entra"))
    client.post("/konto/logg-ut/")

    def come_by_entra() -> Any:
        away = client.get("/konto/logg-inn/med/entra/").headers["Location"]
        assert '"acrs"' in asked_for(away)["claims"]
        return client.get(provider.lets_in(away, "kari-entra"))

    answer = come_by_entra()
    assert signed_in_as(client) == str(kari.pk)
    assert answer.headers["Location"].startswith("/konto/to-trinn/")
    assert client.get("/utboks/").status_code == 302

    client.post("/konto/logg-ut/")
    provider.knows("kari-entra", **claims | {"tid": "t-annen"})
    assert stopped(come_by_entra(), "Du valgte ingen virksomhet")
    provider.knows("kari-entra", **claims | {"acrs": ["c2"]})
    assert stopped(come_by_entra(), "ikke sikker nok")
    provider.knows("kari-entra", tid="t-risor", acrs=["c1"])
    assert stopped(come_by_entra(), "kan ikke brukes")


# --- set up by the environment alone ---


def test_without_a_provider_there_is_no_button_and_no_page(
    client: Client, settings: Settings
) -> None:
    assert "Logg inn med Ansattporten" in client.get("/konto/logg-inn/").text
    settings.SAMLOP_OIDC = ()
    assert "med Ansattporten" not in client.get("/konto/logg-inn/").text
    for address in (BEGIN, f"{BEGIN}tilbake/"):
        assert client.get(address).status_code == 404


SET_UP = (
    '[{"key": "ansattporten", "name": "Ansattporten", "kind": "ansattporten",'
    ' "issuer": "https://ansattporten.example", "client_id": "x", "secret": "y",'
    ' "levels": ["high"], "resource": "urn:altinn:resource:samlop"}]'
)


def test_it_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAMLOP_OIDC", raising=False)
    assert environment.issuers("SAMLOP_OIDC") == ()
    monkeypatch.setenv("SAMLOP_OIDC", SET_UP)
    (found,) = environment.issuers("SAMLOP_OIDC")
    assert found.levels == ("high",)
    assert found.identity == "sub"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("[{", "[", "is not JSON"),
        (SET_UP, "{}", "must be a list of objects"),
        (SET_UP, "[1]", "must be a list of objects"),
        ('"secret": "y",', "", "lacks «secret»"),
        ('["high"]', "[]", "lacks «levels»"),
        ('["high"]', '"high"', "must be a list of words"),
        ('"secret": "y",', '"secret": "y", "acr": "low",', "«acr» is not known"),
        ('"kind": "ansattporten"', '"kind": "idporten"', "must be of kind"),
        ('"kind": "ansattporten"', '"kind": "entra"', "needs «tenants»"),
        (', "resource": "urn:altinn:resource:samlop"', "", "needs a «resource»"),
        ('"key": "ansattporten"', '"key": "ansatt/porten"', "letters a-z and digits"),
        ('"resource"', '"tenants": {"t": "123456789"}, "resource"', "an organisation number"),
        ("}]", "}, " + SET_UP[1:-1] + "]", "by the same key"),
    ],
)
def test_a_fault_in_it_stops_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, before: str, after: str, words: str
) -> None:
    assert before in SET_UP
    monkeypatch.setenv("SAMLOP_OIDC", SET_UP.replace(before, after, 1))
    with pytest.raises(ImproperlyConfigured, match=words):
        environment.issuers("SAMLOP_OIDC")
