"""What people write about people."""

import pytest

from samlop.accounts.rules import Role, writing


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", ""),
        ("  ", ""),
        ("91234567", "912 34 567"),
        ("912 34 567", "912 34 567"),
        ("+47 912 34 567", "912 34 567"),
        ("0047 91234567", "912 34 567"),
        ("4791234567", "912 34 567"),
        ("(+47) 91-23-45-67", "912 34 567"),
        ("912\u00a034\u00a0567", "912 34 567"),
        ("38 00 12 34", "38 00 12 34"),
        ("38001234", "38 00 12 34"),
        ("47123456", "471 23 456"),
        ("+46 70 123 45 67", "+46 701234567"),
        ("000 00 012", None),
        ("000 00 0012", None),
        ("1234567", None),
        ("912345678", None),
        ("12345678", None),
        ("91234567 / 38001234", None),
        ("ring Kari", None),
        ("+", None),
    ],
)
def test_phone(text: str, number: str | None) -> None:
    assert writing.phone(text) == number


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("kari@gjerstad.kommune.no", "kari@gjerstad.kommune.no"),
        (" Kari Berg <kari@gjerstad.kommune.no> ", "kari@gjerstad.kommune.no"),
        ("mailto:kari@gjerstad.kommune.no", "kari@gjerstad.kommune.no"),
        ("", ""),
        ("kari", None),
        ("kari@gjerstad", None),
        ("kari@a.no; ola@a.no", None),
    ],
)
def test_email(text: str, address: str | None) -> None:
    assert writing.email(text) == address


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("postmottak@gjerstad.kommune.no", True),
        ("Post@gjerstad.kommune.no", True),
        ("kari.post@gjerstad.kommune.no", False),
    ],
)
def test_a_code_is_not_sent_to_a_shared_mailbox(address: str, shared: bool) -> None:
    assert writing.is_shared_mailbox(address) is shared


@pytest.mark.parametrize(
    ("text", "role", "title"),
    [
        ("Koordinator", Role.MUNICIPAL_COORDINATOR, ""),
        ("lokal  koordinator", Role.MUNICIPAL_COORDINATOR, ""),
        ("E-helsekoordinator", Role.MUNICIPAL_COORDINATOR, "E-helsekoordinator"),
        ("Helseleder", Role.DECISION_MAKER, "Helseleder"),
        (
            "Kommunalsjef helse og omsorg",
            Role.DECISION_MAKER,
            "Kommunalsjef helse og omsorg",
        ),
        ("Beslutningstaker", Role.DECISION_MAKER, ""),
        ("Oppvekstsjef", Role.DECISION_MAKER, "Oppvekstsjef"),
        ("Kommunedirektør", Role.DECISION_MAKER, "Kommunedirektør"),
        ("prosjektleiar", Role.PROJECT_LEADER, ""),
        ("Prosjekteier", Role.DECISION_MAKER, "Prosjekteier"),
        ("Kontaktperson e–helse", Role.CONTACT_PERSON, ""),
        ("Innføringsleder", Role.ROLLOUT_LEADER, ""),
        ("Nettverksressurs", Role.NETWORK_RESOURCE, ""),
    ],
)
def test_role(text: str, role: Role, title: str) -> None:
    called = writing.role(text)
    assert called is not None
    assert (called.role, called.title) == (role, title)


@pytest.mark.parametrize("text", ["", "kontaktperson", "lege", "vaktmester"])
def test_what_says_no_role_is_not_guessed(text: str) -> None:
    assert writing.role(text) is None


@pytest.mark.parametrize("word", writing.ORDINARY_WORDS)
def test_the_words_we_suggest_are_understood(word: str) -> None:
    assert writing.role(word) is not None
