"""The words people read for roles."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.accounts.rules import Role, Scope

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
