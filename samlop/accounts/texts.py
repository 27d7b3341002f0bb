"""The words people read for roles."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.accounts.rules import PeopleRefusal, Role, Scope
from samlop.accounts.rules.tokens import TokenRefusal

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
    PeopleRefusal.TOO_MANY_TODAY: _(
        "Du kan invitere høyst %(most)s på ett døgn på denne måten, så denne ble ikke sendt. Vent "
        "til i morgen. Har du mange på en liste, kan du laste den inn."
    ),
}

# %(issuer)s is what the button says: «Ansattporten», «Microsoft».
TOKEN_REFUSALS: Final[Mapping[TokenRefusal, Words]] = {
    TokenRefusal.NOT_BEGUN_HERE: _(
        "Innloggingen tok for lang tid, eller den begynte i en annen nettleser. Begynn på nytt."
    ),
    TokenRefusal.CANCELLED: _(
        "Du avbrøt hos %(issuer)s. Begynn på nytt, eller velg en annen måte."
    ),
    TokenRefusal.AWAY: _(
        "%(issuer)s svarer ikke nå. Prøv igjen om litt, eller logg inn med kode på e-post."
    ),
    TokenRefusal.UNUSABLE: _(
        "Svaret fra %(issuer)s kan ikke brukes. Begynn på nytt, eller logg inn med kode på e-post. "
        "Skjer det igjen, så si fra til den som drifter Samløp."
    ),
    TokenRefusal.LEVEL_TOO_LOW: _(
        "Innloggingen hos %(issuer)s var ikke sikker nok. Begynn på nytt, og velg en sikrere måte "
        "der, for eksempel BankID."
    ),
    TokenRefusal.UNKNOWN_PERSON: _(
        "%(issuer)s er ikke koblet til en person i Samløp ennå. Logg inn med kode på e-post, og "
        "koble til %(issuer)s på siden «Kontoen din». Er du ikke invitert, så spør kontaktpersonen "
        "i regionen din."
    ),
    TokenRefusal.REPRESENTS_NOBODY: _(
        "Du valgte ingen virksomhet hos %(issuer)s. Begynn på nytt, og velg den du representerer. "
        "Finner du den ikke, kan du logge inn med kode på e-post."
    ),
    TokenRefusal.NO_ROLE_THERE: _(
        "Du har ingen rolle i Samløp hos virksomheten du valgte. Begynn på nytt og velg en annen, "
        "eller be en koordinator der eller kontaktpersonen i regionen om å gi deg en rolle."
    ),
    TokenRefusal.SOMEBODY_ELSES: _(
        "Denne innloggingen hos %(issuer)s er koblet til en annen person i Samløp. Er begge deg, "
        "så fjern den der først."
    ),
}
