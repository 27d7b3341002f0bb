"""What a token must say: level, question and represented organisations."""

from dataclasses import replace
from typing import Any

import pytest

from samlop.accounts.rules import tokens
from samlop.accounts.rules.representing import (
    Organisation,
    OrganisationKind,
    Representing,
    begin,
)
from samlop.accounts.rules.second_factor import ISSUER_ONE, ISSUER_TWO, is_strong
from samlop.accounts.rules.tokens import Issuer, IssuerKind

RESOURCE = "urn:altinn:resource:samlop"
RISOR, GJERSTAD = "964977402", "964964998"
ANSATTPORTEN = Issuer(
    key="ansattporten",
    name="Ansattporten",
    kind=IssuerKind.ANSATTPORTEN,
    issuer="https://ansattporten.example",
    client_id="samlop",
    secret="hemmelig",
    levels=("substantial", "high"),
    resource=RESOURCE,
)
ENTRA = Issuer(
    key="entra",
    name="Microsoft",
    kind=IssuerKind.ENTRA,
    issuer="https://login.example/{tenantid}/v2.0",
    client_id="samlop",
    secret="hemmelig",
    levels=("c1",),
    tenants={"t-risor": RISOR},
)


def detail(*numbers: str, **other: Any) -> dict[str, Any]:
    """As Ansattporten writes a right to a resource in Altinn."""
    return {
        "type": "ansattporten:altinn:resource",
        "resource": RESOURCE,
        "authorized_parties": [
            {
                "orgno": {"authority": "iso6523-actorid-upis", "ID": f"0192:{number}"},
                "resource": "samlop",
                "unit_type": "KOMM",
            }
            for number in numbers
        ],
        **other,
    }


@pytest.mark.parametrize(
    ("claims", "reached"),
    [
        ({"acr": "high"}, "high"),
        ({"acr": "substantial"}, "substantial"),
        ({"acr": "low"}, None),
        ({"acr": "High"}, None),
        ({"acr": ["high"]}, None),
        ({"acr": {"high": 1}}, None),
        ({}, None),
    ],
)
def test_only_a_level_that_is_listed_is_good_enough(
    claims: dict[str, Any], reached: str | None
) -> None:
    assert tokens.level(claims, ANSATTPORTEN) == reached


@pytest.mark.parametrize(
    ("claims", "reached"),
    [({"acrs": ["c1"]}, "c1"), ({"acrs": "c1"}, "c1"), ({"acrs": ["c2"], "acr": "1"}, None)],
)
def test_entra_tells_it_in_a_claim_of_its_own(claims: dict[str, Any], reached: str | None) -> None:
    assert tokens.level(claims, ENTRA) == reached


def test_ansattporten_counts_as_two_factors_and_a_municipalitys_own_entra_does_not() -> None:
    assert tokens.has_two_factors(ANSATTPORTEN, "substantial")
    assert not tokens.has_two_factors(ANSATTPORTEN, "entraid")
    assert not tokens.has_two_factors(replace(ENTRA, levels=("high",)), "high")
    assert is_strong({ISSUER_TWO})
    assert not is_strong({ISSUER_ONE})


@pytest.mark.parametrize(
    ("said", "expected"),
    [("abc", True), ("abd", False), ("", False), (None, False), (["abc"], False), ("æøå", False)],
)
def test_the_token_answers_our_question(said: object, expected: bool) -> None:
    assert tokens.is_answer_to({"nonce": said}, "abc") is expected


def test_no_question_has_no_answer() -> None:
    assert not tokens.is_answer_to({"nonce": ""}, "")
    assert not tokens.is_answer_to({}, "")


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"iss": "https://login.example/t-risor/v2.0", "tid": "t-risor"}, True),
        # Another tenant than it says it is from, one we do not know, and none.
        ({"iss": "https://login.example/t-annen/v2.0", "tid": "t-risor"}, False),
        ({"iss": "https://login.example/t-annen/v2.0", "tid": "t-annen"}, False),
        ({"iss": "https://login.example/{tenantid}/v2.0"}, False),
        ({}, False),
    ],
)
def test_only_the_tenants_we_know_are_the_issuer(claims: dict[str, Any], expected: bool) -> None:
    assert ENTRA.names(claims) is expected


@pytest.mark.parametrize("said", ["https://ansattporten.example/", "http://ansattporten.example"])
def test_an_issuer_is_itself_to_the_letter(said: str) -> None:
    assert ANSATTPORTEN.names({"iss": "https://ansattporten.example"})
    assert not ANSATTPORTEN.names({"iss": said})


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ([detail(RISOR)], {RISOR}),
        ([detail(RISOR, GJERSTAD)], {RISOR, GJERSTAD}),
        ([detail(RISOR), detail(GJERSTAD)], {RISOR, GJERSTAD}),
        # A right to something else is about somebody else's service.
        ([detail(RISOR, resource="urn:altinn:resource:annet")], set()),
        ([detail(RISOR, type="annet")], set()),
        ([detail("12345678")], set()),
        ([detail("9649774021")], set()),
        ([detail(authorized_parties=[{"orgno": {"authority": "x", "ID": RISOR}}])], set()),
        ([detail(authorized_parties=["x", None, {}])], set()),
        ([detail(authorized_parties="x")], set()),
        # An employee whom Entra has let in behind Ansattporten.
        ([{"type": "ansattporten:orgno", "orgno": {"ID": f"0192:{RISOR}"}}], {RISOR}),
        (["x", 1, None], set()),
        ("x", set()),
        (None, set()),
    ],
)
def test_the_represented_are_read_out_of_authorization_details(
    details: object, expected: set[str]
) -> None:
    claims = {"authorization_details": details, "organization": RISOR, "tid": "t-risor"}
    assert tokens.organisations(claims, ANSATTPORTEN) == expected


def test_in_entra_the_tenant_says_it_and_nothing_else_does() -> None:
    assert tokens.organisations({"tid": "t-risor"}, ENTRA) == {RISOR}
    claims = {"tid": "t-annen", "authorization_details": [detail(RISOR)]}
    assert tokens.organisations(claims, ENTRA) == set()


def test_one_is_chosen_by_itself_and_of_several_none() -> None:
    risor = Organisation(OrganisationKind.MUNICIPALITY, 1)
    visma = Organisation(OrganisationKind.VENDOR, 1)
    assert begin((risor,)) == Representing(among=(risor,), chosen=risor)
    assert not begin((risor,)).may_choose
    assert begin((risor, visma)).chosen is None
    assert begin((risor, visma)).may_choose


def test_the_secret_is_not_shown() -> None:
    assert "hemmelig" not in repr(ANSATTPORTEN)
