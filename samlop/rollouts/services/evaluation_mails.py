"""A line in the weekly letter when a cohort is gone through with: what have you learnt?"""

from datetime import date, datetime
from typing import Final

from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext as _

from samlop.accounts.models import Membership
from samlop.messages.rules import Group, Mail
from samlop.messages.services import To, queue_all
from samlop.messages.services.kinds import Draft, Kind
from samlop.municipalities.models import MunicipalityCode
from samlop.rollouts.models import Cohort, Place
from samlop.rollouts.queries import mailings
from samlop.rollouts.rules.evaluations import ASKS
from samlop.rollouts.rules.places import PlaceEnd
from samlop.rollouts.rules.rollouts import RolloutState

ASKED: Final = "rollouts.evaluation"


def ask(cohort: Cohort, *, on: date, at: datetime) -> None:
    """Those who decide and coordinate where the cohort is gone through with."""
    places = dict(
        Place.objects.filter(cohort=cohort, end=PlaceEnd.FINISHED.value).values_list(
            "municipality_id", "pk"
        )
    )
    people = mailings.people_in(places, on)
    queue_all(
        ASKED,
        [
            To(recipient=person, context={"place": place})
            for municipality, place in sorted(places.items())
            for person in people.get(municipality, ())
        ],
        at=at,
    )


def _asked(draft: Draft) -> Mail | None:
    """Nothing is left to say when it is answered, the rollout has ended, or she has left."""
    place = (
        Place.objects.filter(pk=draft.context["place"], evaluations=None)
        .select_related("cohort__rollout")
        .first()
    )
    if place is None or RolloutState(place.cohort.rollout.state) not in ASKS:
        return None
    held = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=TruncDate(Now())),
        municipality=place.municipality_id,
        person=draft.recipient,
    )
    codes = MunicipalityCode.objects.filter(municipality=place.municipality_id)
    code = codes.order_by("-valid_from").first()
    if code is None or not held.exists():
        return None
    rollout = place.cohort.rollout
    return Mail(
        subject=_("Hva har dere lært av %(rollout)s?") % {"rollout": rollout.name},
        paragraphs=(
            _(
                "%(cohort)s er gjennomført. Tre korte spørsmål hjelper de neste kommunene: hva "
                "virket, hva bør være annerledes, og ville dere gjort det slik igjen?"
            )
            % {"cohort": place.cohort.name},
        ),
        button=_("Svar på tre spørsmål"),
        address=f"{draft.home}innforingslop/{rollout.slug}/evaluering/{code.number}/",
    )


KINDS = (Kind(code=ASKED, group=Group.NEWS, write=_asked),)
