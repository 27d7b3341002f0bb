"""What a person decides about herself."""

from datetime import datetime

from samlop.accounts.models import Person
from samlop.audit.services import change


def choose_language(*, person: Person, language: str, at: datetime) -> None:
    """The language of her pages and mails: a code of settings.LANGUAGES."""
    with change("accounts.person.language_chosen", by=person, at=at) as record:
        if person.language == language:
            record.nothing_changed()
            return
        person.language = language
        person.save(update_fields=["language"])
        record(person, details={"language": language})


def set_password(*, person: Person, password: str, at: datetime) -> None:
    with change("accounts.person.password_changed", by=person, at=at) as record:
        person.set_password(password)
        person.save(update_fields=["password"])
        record(person)
