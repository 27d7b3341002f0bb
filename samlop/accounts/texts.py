"""The words people read for roles."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.accounts.rules import PeopleRefusal, Role, Scope

Words = str | Promise

ROLES: Final[Mapping[Role, Words]] = {
    Role.MUNICIPAL_COORDINATOR: _("Lokal koordinator"),
    Role.DECISION_MAKER: _("Beslutningstaker"),
    Role.PROJECT_LEADER: _("Lokal prosjektleder"),
    Role.CONTACT_PERSON: _("Kontaktperson e-helse"),
    Role.ROLLOUT_LEADER: _("Innføringsleder"),
    Role.NETWORK_RESOURCE: _("Nettverksressurs"),
    Role.COORDINATION_GROUP_MEMBER: _("Medlem av nasjonal koordineringsgruppe"),
    Role.PORTFOLIO_OWNER: _("Porteføljeeier"),
    Role.PROGRAMME: _("Program eller prosjekt"),
    Role.VENDOR: _("Leverandør"),
    Role.HEALTH_ASSESSOR: _("Helsefaglig vurderer"),
    Role.ANALYST: _("Analytiker"),
    Role.ADMINISTRATOR: _("Administrator"),
}

SCOPES: Final[Mapping[Scope, Words]] = {
    Scope.NATION: _("Hele landet"),
    Scope.REGION: _("Region"),
    Scope.MUNICIPALITY: _("Kommune eller fylkeskommune"),
    Scope.VENDOR: _("Leverandør"),
    Scope.SOLUTION: _("Løsning"),
}


def role_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in ROLES.items()]


EMAIL_TAKEN: Final = _("Adressen er allerede i bruk av en annen person.")

PEOPLE_REFUSALS: Final[Mapping[PeopleRefusal, Words]] = {
    PeopleRefusal.NO_NAME: _("Skriv navnet på personen."),
    PeopleRefusal.BAD_EMAIL: _("«%(text)s» er ingen e-postadresse. Skriv den som navn@kommune.no."),
    PeopleRefusal.SHARED_MAILBOX: _(
        "%(text)s er en felles postkasse. Skriv personens egen adresse; dit sendes koden for å "
        "logge inn."
    ),
    PeopleRefusal.BAD_PHONE: _(
        "«%(text)s» er ikke ett telefonnummer. Skriv åtte siffer, eller begynn med + og landkode."
    ),
    PeopleRefusal.ALREADY_HELD: _("%(name)s har allerede rollen %(role)s her."),
    PeopleRefusal.ALREADY_ENDED: _("Rollen er allerede avsluttet."),
    PeopleRefusal.LAST_COORDINATOR: _(
        "Dette er den eneste lokale koordinatoren. Gi rollen videre, eller inviter en ny "
        "koordinator først. Kontaktpersonen i regionen kan også overta oppfølgingen."
    ),
    PeopleRefusal.LAST_ADMINISTRATOR: _(
        "Dette er den eneste administratoren. Inviter en ny administrator først."
    ),
    PeopleRefusal.NO_REASON: _("Skriv kort hvorfor."),
    PeopleRefusal.NOT_THE_LAST: _(
        "Det er flere koordinatorer her. Avslutt rollen på vanlig måte i stedet."
    ),
    PeopleRefusal.TO_HERSELF: _("Adressen er den samme. Skriv adressen til den som overtar."),
    PeopleRefusal.ALREADY_UNDONE: _("Innlastingen er allerede angret."),
    PeopleRefusal.ERASED: _("Personen er allerede slettet."),
}
