"""Names, addresses and slugs as people type them."""

import pytest

from samlop.lib.slugs import free_slug, slug
from samlop.municipalities.rules import writing


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hedmark IKT", "Hedmark IKT"),
        ("  Hedmark \t IKT\n", "Hedmark IKT"),
        ("Æ", "Æ"),
        ("", None),
        ("  ", None),
        ("123 – 4", None),
        ("x" * 120, "x" * 120),
        ("x" * 121, None),
    ],
)
def test_name(text: str, name: str | None) -> None:
    assert writing.name(text) == name


@pytest.mark.parametrize(
    ("text", "website"),
    [
        ("", ""),
        ("  ", ""),
        ("www.oslo.kommune.no", "https://www.oslo.kommune.no"),
        ("https://diginordland.no/om-oss/", "https://diginordland.no/om-oss/"),
        ("HTTP://www.eksempel.no:8080/a?b=c", "http://www.eksempel.no:8080/a?b=c"),
        ("www.våler.kommune.no", "https://www.våler.kommune.no"),
        ("javascript:alert(1)", None),
        ("ftp://eksempel.no", None),
        ("https://", None),
        ("eksempel", None),
        ("eksempel.no/a b", None),
        ('eksempel.no/"><script>', None),
        ("https://user@eksempel.no", None),
        ("-x.no", None),
        ("eksempel.no/" + "x" * 200, None),
    ],
)
def test_website(text: str, website: str | None) -> None:
    assert writing.website(text) == website


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("", ""),
        (" postmottak@oslo.kommune.no ", "postmottak@oslo.kommune.no"),
        ("post@våler.kommune.no", "post@våler.kommune.no"),
        ("postmottak", None),
        ("postmottak@oslo", None),
        ("a@b.no, c@d.no", None),
        ("a b@c.no", None),
        ("a@b@c.no", None),
        ("x" * 250 + "@b.no", None),
    ],
)
def test_email(text: str, email: str | None) -> None:
    assert writing.email(text) == email


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Digi Møre og Romsdal", "digi-more-og-romsdal"),
        ("Værnesregionen", "vaernesregionen"),
        ("Ålesund/Ærlig – «Øst»", "alesund-aerlig-ost"),
        ("Deanu gielda – Guovdageaidnu, Kárášjohka", "deanu-gielda-guovdageaidnu-karasjohka"),
        ("Unjárga Đŋŧ", "unjarga-dnt"),
        ("!?", ""),
        ("a" * 100, "a" * 80),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_taken_slug_gets_a_number_and_an_empty_one_a_word() -> None:
    assert free_slug("Øst", {"vest"}, otherwise="region") == "ost"
    assert free_slug("Øst", {"ost", "ost-2"}, otherwise="region") == "ost-3"
    assert free_slug("…", set(), otherwise="region") == "region"
    assert len(free_slug("a" * 100, {"a" * 80}, otherwise="region")) <= 80
