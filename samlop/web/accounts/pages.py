"""What the page «Logg inn som …» shows."""

from dataclasses import dataclass
from datetime import date

from samlop.accounts import texts
from samlop.accounts.models import Membership
from samlop.accounts.rules import SCOPE_OF, Role, Scope


@dataclass(frozen=True, slots=True)
class Choice:
    person_id: int
    name: str
    role: texts.Words
    title: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    heading: texts.Words
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SignInAsPage:
    groups: tuple[Group, ...]
    next: str


def sign_in_as(*, on: date, current: int | None, next_address: str) -> SignInAsPage:
    """The example people with a role today, by the kind of place they hold it in. One query.

    Those who have not been here yet only answer letters: there is one in most municipalities.
    """
    rows = (
        Membership.objects.filter(
            person__is_example=True,
            person__is_active=True,
            person__first_signed_in_at__isnull=False,
        )
        .valid_on(on)
        .select_related("person")
        .order_by("pk")
    )
    groups: dict[Scope, list[Choice]] = {scope: [] for scope in Scope}
    for row in rows:
        role = Role(row.role)
        groups[SCOPE_OF[role]].append(
            Choice(
                person_id=row.person.pk,
                name=row.person.name,
                role=texts.ROLES[role],
                title=row.title,
                current=row.person.pk == current,
            )
        )
    order = (Scope.MUNICIPALITY, Scope.REGION, Scope.NATION, Scope.SOLUTION, Scope.VENDOR)
    return SignInAsPage(
        groups=tuple(
            Group(heading=texts.SCOPES[scope], choices=tuple(groups[scope]))
            for scope in order
            if groups[scope]
        ),
        next=next_address,
    )
