"""People and their memberships."""

from datetime import date
from typing import ClassVar, Self

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from samlop.accounts import texts
from samlop.accounts.rules import SCOPE_OF, Role, Scope
from samlop.accounts.rules.representing import Organisation, OrganisationKind
from samlop.db.columns import known_code
from samlop.db.periods import no_overlap, valid_on
from samlop.municipalities.models import CountyAuthority, Municipality, Region, Vendor


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)


# Name, e-mail and phone live in this table only, and never in its history: erasing a person
# must be one update (DESIGN rule 14). Log-in times are no history either.
@pghistory.track(exclude=["name", "email", "phone", "password", "last_login", "first_signed_in_at"])
class Person(AbstractBaseUser):
    """Somebody who signs in; the only place with her name, e-mail and phone."""

    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(null=True, blank=True, unique=True)
    phone = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=2, blank=True)
    is_active = models.BooleanField(default=True)
    # Made by the example; production refuses to run with such people.
    is_example = models.BooleanField(default=False)
    # Null for whoever is invited and has not come yet.
    first_signed_in_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(language__in=["", "nb", "nn", "en"]), name="person_language_is_known"
            ),
            models.UniqueConstraint(models.functions.Lower("email"), name="person_email_once"),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(name="", email=None, phone="", is_active=False, erased_at__isnull=False),
                name="person_erased_is_blank",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"Person {self.pk}"

    @property
    def actor_label(self) -> str:
        """Never the name: history outlives an erased person."""
        return "person"

    def get_full_name(self) -> str:
        return self.name


@pghistory.track()
class PeopleLoad(models.Model):
    """One list of people that somebody loaded for a region, so that it can be undone."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="people_loads")
    # Empty when a machine did it.
    loaded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    loaded_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(undone_at__gte=models.F("loaded_at")),
                name="people_load_undone_after_loaded",
            ),
        ]

    def __str__(self) -> str:
        return f"Load {self.pk} for {self.region_id}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(valid_on(day))

    def not_ended_on(self, day: date) -> Self:
        """Valid that day or later."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day))

    def counting_for(self, organisation: Organisation | None) -> Self:
        """Those in the organisation, and those in no organisation at all."""
        anywhere = Q(**{kind.value: None for kind in OrganisationKind})
        if organisation is None:
            return self.filter(anywhere)
        return self.filter(anywhere | Q(**{organisation.kind.value: organisation.pk}))


def _scope_condition() -> Q:
    """Exactly the columns that the role's scope demands, and no others."""
    empty = {
        "region": Q(region=None),
        "place": Q(municipality=None, county_authority=None),
        "vendor": Q(vendor=None),
        "solution": Q(solution_slug=""),
    }
    filled = {
        Scope.NATION: ("", Q()),
        Scope.REGION: ("region", Q(region__isnull=False)),
        Scope.MUNICIPALITY: (
            "place",
            Q(municipality__isnull=False, county_authority=None)
            | Q(municipality=None, county_authority__isnull=False),
        ),
        Scope.VENDOR: ("vendor", Q(vendor__isnull=False)),
        Scope.SOLUTION: ("solution", ~Q(solution_slug="")),
    }
    whole = Q()
    for scope in Scope:
        key, condition = filled[scope]
        roles = sorted(role.value for role in Role if SCOPE_OF[role] is scope)
        here = Q(role__in=roles) & condition
        for other, nothing in empty.items():
            if other != key:
                here &= nothing
        whole |= here
    return whole


@pghistory.track()
class Membership(models.Model):
    """A person holds a role in a place for a period."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=texts.role_choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="people", null=True, blank=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="people", null=True, blank=True
    )
    county_authority = models.ForeignKey(
        CountyAuthority, models.PROTECT, related_name="people", null=True, blank=True
    )
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="people", null=True, blank=True)
    # Solutions live in an app above; a slug is enough to know which.
    solution_slug = models.SlugField(max_length=80, blank=True)
    # The person's own title there: «kommunalsjef helse og omsorg».
    title = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    # The first day without the role; equal to valid_from when it was taken back the same day.
    valid_to = models.DateField(null=True, blank=True)
    load = models.ForeignKey(
        PeopleLoad, models.PROTECT, related_name="memberships", null=True, blank=True
    )
    # The last coordinator left, and this region answers until there is a new one.
    taken_over_by = models.ForeignKey(
        Region, models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            known_code("role", Role, "membership_role_is_known"),
            models.CheckConstraint(condition=_scope_condition(), name="membership_scope_fits_role"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="membership_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(taken_over_by=None)
                | Q(role=Role.MUNICIPAL_COORDINATOR.value, valid_to__isnull=False),
                name="membership_taken_over_has_ended",
            ),
            *(
                no_overlap(
                    f"membership_once_per_{column}",
                    ["person", "role", column],
                )
                for column in ("region", "municipality", "county_authority", "vendor")
            ),
            no_overlap(
                "membership_once_per_solution",
                ["person", "role", "solution_slug"],
                ~Q(solution_slug=""),
            ),
            no_overlap(
                "membership_once_in_the_nation",
                ["person", "role"],
                Q(role__in=sorted(r.value for r in Role if SCOPE_OF[r] is Scope.NATION)),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "valid_from"], name="membership_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"
