"""The mail about use that has fallen, to the municipality and later to its contact person."""

from datetime import date
from typing import Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext as _

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import PERMITS, Permission, Role
from samlop.messages.rules import Group, Mail
from samlop.messages.services.kinds import Draft, Kind
from samlop.municipalities.models import MunicipalityCode, RegionMembership
from samlop.municipalities.rules.kinds import RegionKind
from samlop.municipalities.texts import day_words
from samlop.uptake.models import UseAlert
from samlop.uptake.rules.indicators import IndicatorKind
from samlop.uptake.rules.watch import Concern
from samlop.uptake.texts import watch as texts

ALERT: Final = "uptake.use_alert"

_REPORTS: Final = [role.value for role in Role if Permission.REPORT_UPTAKE in PERMITS[role]]


def of_municipality(municipality: int, *, on: date) -> list[Person]:
    """Whoever answers for its use. One query."""
    held = Membership.objects.valid_on(on).filter(municipality=municipality, role__in=_REPORTS)
    return _people(held)


def of_region(municipality: int, *, on: date) -> list[Person]:
    """The contact persons of its regional group. One query."""
    regions = RegionMembership.objects.valid_on(on).filter(
        municipality=municipality, kind=RegionKind.EHEALTH_GROUP.value
    )
    held = Membership.objects.valid_on(on).filter(
        role=Role.CONTACT_PERSON.value, region__in=regions.values("region")
    )
    return _people(held)


def _people(held: QuerySet[Membership]) -> list[Person]:
    return list(Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("pk"))


def words(alert: UseAlert) -> str:
    """The two levels in a sentence, as they were when it was raised."""
    unit = alert.indicator.unit
    if IndicatorKind(alert.indicator.kind).adds_up:
        unit = _("%(unit)s per 1 000 innbyggere") % {"unit": unit}
    return str(texts.CONCERN_SENTENCES[Concern(alert.concern)]) % {
        "level": _number(alert.level),
        "against": _number(alert.against),
        "unit": unit,
    }


def _number(level: float) -> str:
    return f"{level:.1f}".replace(".", ",")


def _alert(draft: Draft) -> Mail | None:
    """Nothing is left to say when the alert is lowered, or the recipient has left."""
    alert = (
        UseAlert.objects.standing()
        .select_related("indicator__solution")
        .filter(pk=draft.context["alert"])
        .first()
    )
    still = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=TruncDate(Now())),
        person=draft.recipient,
        role__in=[*_REPORTS, Role.CONTACT_PERSON.value],
    )
    if alert is None or not still.exists():
        return None
    code = (
        MunicipalityCode.objects.filter(municipality=alert.municipality_id)
        .order_by("-valid_from")
        .first()
    )
    if code is None:
        return None
    solution = alert.indicator.solution.name
    return Mail(
        subject=_("Bruken av %(solution)s i %(municipality)s")
        % {"solution": solution, "municipality": code.qualified_name},
        paragraphs=(
            _("%(concern)s (%(indicator)s, %(day)s).")
            % {
                "concern": texts.CONCERNS[Concern(alert.concern)],
                "indicator": alert.indicator.name,
                "day": day_words(alert.raised_on),
            },
            words(alert),
            _(
                "Det kan ha en naturlig forklaring. Trengs det hjelp, kan kommunen og "
                "kontaktpersonen i regionen finne ut av det sammen."
            ),
        ),
        button=_("Åpne kommunens side"),
        address=f"{draft.home}kommuner/{code.number}/utbredelse/#bruk",
    )


KINDS = (Kind(code=ALERT, group=Group.NEWS, write=_alert, private=True),)
