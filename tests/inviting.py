"""A rollout that is ready to invite, for tests of what follows."""

from datetime import date
from decimal import Decimal

from samlop.accounts.models import Person
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Municipality, Population
from samlop.municipalities.rules.capacity import LocalRole
from samlop.municipalities.rules.kinds import CapacityRole, LanguageForm, LoadKind
from samlop.municipalities.services import load
from samlop.rollouts.models import Basis, BasisRole, BasisStep, Cohort, Invitation, Rollout
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState
from samlop.rollouts.services import invitations
from samlop.rollouts.services.invitations import Wanted
from tests import factories as make
from tests import rollout_making as making
from tests.rollout_making import AT, BY, DAY

ANSWER_BY = date(2027, 5, 10)
CHANGE_UNTIL = date(2027, 6, 1)


def a_municipality(
    name: str = "",
    *,
    deciders: int = 1,
    postmottak: str = "post@kommune.example",
    form: LanguageForm = LanguageForm.BOKMAL,
    inhabitants: int = 8000,
) -> Municipality:
    """With its people, its postmottak and its size."""
    place = make.municipality(name=name, language_form=form)
    place.postmottak = postmottak
    place.save(update_fields=["postmottak"])
    Population.objects.create(
        municipality=place,
        counted_on=date(2027, 1, 1),
        inhabitants=inhabitants,
        source="Prøve",
    )
    for _ in range(deciders):
        making.a_decision_maker(place)
    return place


def ready(
    *members: Municipality,
    cohorts: int = 1,
    complete: bool = True,
    state: RolloutState = RolloutState.OPEN,
    leader: Person | None = None,
    slug: str = "",
    hours: int = 2,
) -> Rollout:
    """Open, with a complete basis: a joint process, which has no price."""
    rollout = making.a_rollout(
        kind=RolloutKind.PROCESS,
        members=members,
        leader=leader or make.person(),
        state=state,
        slug=slug,
    )
    for _ in range(cohorts):
        making.a_cohort(rollout=rollout, maximum=400)
    basis = Basis.objects.create(
        rollout=rollout,
        what="En felles måte å arbeide på.",
        gains="Tjenesten blir bedre.",
        gains_source="Rapport 2026",
        consequence="Dere fortsetter som i dag." if complete else "",
        no_prerequisites=True,
        changed_at=AT,
    )
    for role in (LocalRole.PROJECT_OWNER, LocalRole.COORDINATOR):
        BasisRole.objects.create(basis=basis, role=role.value, monthly=[Decimal(hours)] * 6)
    for place, weeks in enumerate((-8, 0)):
        BasisStep.objects.create(basis=basis, place=place, words=f"Steg {place}", weeks=weeks)
    return rollout


def invite(
    rollout: Rollout,
    *municipalities: Municipality,
    cohort: Cohort | None = None,
    answer_by: date = ANSWER_BY,
    change_until: date = CHANGE_UNTIL,
    reasons: dict[int, str] | None = None,
    on: date = DAY,
) -> list[Invitation]:
    """Through the service."""
    return invitations.invite(
        rollout=rollout,
        cohort=cohort,
        wanted=Wanted(
            municipalities=[one.pk for one in municipalities],
            answer_by=answer_by,
            change_until=change_until,
            room_reasons=reasons or {},
        ),
        by=BY,
        on=on,
        at=AT,
    )


def fill(place: Municipality) -> None:
    """Something else takes all its hours in the quarter of the start."""
    load.write(
        source_key=f"tests.full.{place.pk}",
        kind=LoadKind.OTHER,
        title="Mye annet",
        entries=[
            load.Entry(
                municipality_id=place.pk,
                quarter=Quarter(2027, 3),
                role=role,
                hours=Decimal(500),
            )
            for role in CapacityRole
        ],
        by=BY,
    )
