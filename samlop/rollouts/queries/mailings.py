"""Whom a message reaches, and what is filled in for each municipality."""

from collections.abc import Collection, Mapping
from datetime import date

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.municipalities.models import MunicipalityCode, RegionMembership
from samlop.municipalities.rules.kinds import RegionKind
from samlop.municipalities.texts import day_words
from samlop.rollouts.models import Invitation, Mailing, MailingRecipient, Place, Rollout
from samlop.rollouts.rules.followup import MailingKind, MergeField

_WRITTEN_TO = (Role.DECISION_MAKER.value, Role.MUNICIPAL_COORDINATOR.value)


def people_in(municipalities: Collection[int], on: date) -> Mapping[int, tuple[Person, ...]]:
    """Those who decide or coordinate in each that day, each person once. One query."""
    held = (
        Membership.objects.valid_on(on)
        .filter(role__in=_WRITTEN_TO, municipality__in=municipalities, person__is_active=True)
        .select_related("person")
        .order_by("municipality_id", "pk")
    )
    found: dict[int, dict[int, Person]] = {}
    for row in held:
        if row.municipality_id is not None:
            found.setdefault(row.municipality_id, {})[row.person_id] = row.person
    return {pk: tuple(people.values()) for pk, people in found.items()}


def told_beforehand(rollout: Rollout) -> frozenset[int]:
    """Municipalities that have had the information before the invitation. One query."""
    rows = MailingRecipient.objects.filter(
        mailing__rollout=rollout, mailing__kind=MailingKind.ADVANCE_NOTICE.value
    )
    return frozenset(rows.values_list("municipality_id", flat=True))


def values(
    rollout: Rollout, municipalities: Collection[int], on: date
) -> Mapping[int, Mapping[MergeField, str]]:
    """What each merge field is for each municipality. Four queries, however many there are."""
    names = dict(
        MunicipalityCode.objects.valid_on(on)
        .filter(municipality__in=municipalities)
        .values_list("municipality_id", "qualified_name")
    )
    groups = dict(
        RegionMembership.objects.valid_on(on)
        .filter(kind=RegionKind.EHEALTH_GROUP.value, municipality__in=municipalities)
        .values_list("municipality_id", "region__name")
    )
    cohorts: dict[int, str] = {}
    deadlines: dict[int, date] = {}
    for pk, cohort, answer_by in Invitation.objects.filter(
        rollout=rollout, municipality__in=municipalities, withdrawn_at=None
    ).values_list("municipality_id", "cohort__name", "answer_by"):
        cohorts[pk] = cohort or ""
        deadlines[pk] = answer_by
    cohorts |= dict(
        Place.objects.taken()
        .filter(cohort__rollout=rollout, municipality__in=municipalities)
        .values_list("municipality_id", "cohort__name")
    )
    return {
        pk: {
            MergeField.MUNICIPALITY: names.get(pk, ""),
            MergeField.ROLLOUT: rollout.name,
            MergeField.COHORT: cohorts.get(pk, ""),
            MergeField.ANSWER_BY: day_words(deadlines[pk]) if pk in deadlines else "",
            MergeField.CONTACT: groups.get(pk, ""),
        }
        for pk in municipalities
    }


def sent(rollout: Rollout, kind: MailingKind) -> list[Mailing]:
    """Those of a kind, the newest first, with their recipients. Two queries."""
    rows = Mailing.objects.filter(rollout=rollout, kind=kind.value)
    return list(rows.order_by("-sent_at", "-pk").prefetch_related("recipients"))
