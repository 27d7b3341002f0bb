"""The example's assessments: some done and agreed on, one half done, some just begun."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from samlop.accounts import texts as account_texts
from samlop.accounts.models import Membership
from samlop.accounts.rules import Role
from samlop.example.portfolio import assessment_texts as texts
from samlop.example.portfolio.assessment_texts import Said
from samlop.governance import services as governance
from samlop.governance.imports import bodies
from samlop.lib.actors import Actor
from samlop.portfolio.imports import criteria as criteria_imports
from samlop.portfolio.models import Answer, Assessment, Offer
from samlop.portfolio.rules.assessments import Content
from samlop.portfolio.rules.criteria import Assessor
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import assessments as services
from samlop.portfolio.services import criteria as criteria_services

# Older than any assessment of the example.
CRITERIA_DAYS: Final = 430
# One file among the links, so that a page shows both.
FILED: Final = "Kapasitetstest"
FILE: Final = (
    "Kapasitetstest (eksempel)\n\n"
    "Oppslag per minutt, målt: 4 200\n"
    "Oppslag per minutt når alle kommuner er med, anslått: 1 900\n"
    "Svartid for 95 prosent: 0,8 sekunder\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An offer's assessment, begun and last written on so many days before the example's day."""

    slug: str
    area: Area
    answers: Mapping[str, Said]
    begun: int
    last: int


@dataclass(frozen=True, slots=True)
class _Somebody:
    """A person of the example in her role."""

    pk: int | None
    actor_label: str


@dataclass(slots=True)
class _People:
    """The programme of each solution, and the body's assessor; the role where nobody is."""

    otherwise: Actor
    body: Actor
    programmes: dict[str, Actor] = field(default_factory=dict)

    def programme(self, slug: str) -> Actor:
        return self.programmes.get(slug, self.otherwise)


CASES: Final = (
    *(
        Case(slug="kjernejournal", area=area, answers=texts.RECORD, begun=400, last=330)
        for area in (Area.NURSING_HOME, Area.HOME_CARE)
    ),
    Case(
        slug="digihelsestasjon",
        area=Area.CHILD_HEALTH,
        answers=texts.CHILD_HEALTH,
        begun=390,
        last=310,
    ),
    Case(slug="digihelse", area=Area.HOME_CARE, answers=texts.MESSAGES, begun=380, last=300),
    Case(
        slug="pasientens-legemiddelliste",
        area=Area.NURSING_HOME,
        answers=texts.MEDICINES_NURSING_HOME,
        begun=80,
        last=4,
    ),
    Case(
        slug="pasientens-legemiddelliste",
        area=Area.HOME_CARE,
        answers=texts.MEDICINES_HOME_CARE,
        begun=25,
        last=12,
    ),
    Case(
        slug="digital-hjemmeoppfolging",
        area=Area.HOME_CARE,
        answers=texts.FOLLOW_UP,
        begun=40,
        last=30,
    ),
    Case(
        slug="velferdsteknologisk-knutepunkt",
        area=Area.HOME_CARE,
        answers=texts.HUB,
        begun=140,
        last=100,
    ),
    Case(
        slug="elektronisk-medisineringsstotte",
        area=Area.HOME_CARE,
        answers=texts.DISPENSING,
        begun=60,
        last=15,
    ),
)


def load(*, by: Actor, on: date) -> int:
    """Publish the criteria and make the assessments that are missing; returns how many."""
    governance.ensure_bodies(bodies.read(), by=by)
    criteria_services.ensure_first(
        criteria_imports.read(), by=by, at=_at(on - timedelta(days=CRITERIA_DAYS))
    )
    people = _people()
    offers = {
        (offer.solution.slug, offer.area): offer
        for offer in Offer.objects.select_related("solution")
    }
    made = 0
    for case in CASES:
        offer = offers.get((case.slug, case.area.value))
        if offer is None or Assessment.objects.filter(offer=offer).exists():
            continue
        _make(case, offer, people, on=on)
        made += 1
    return made


def _make(case: Case, offer: Offer, people: _People, *, on: date) -> None:
    programme = people.programme(case.slug)
    first, last = (_at(on - timedelta(days=days)) for days in (case.begun, case.last))
    assessment = services.open_assessment(offer=offer, by=programme, at=first)
    answers = {
        row.criterion.code: row
        for row in Answer.objects.filter(assessment=assessment).select_related(
            "criterion", "assessment"
        )
    }
    # Spread over the weeks between: answered, shown, and then looked over.
    step = (last - first) / (3 * len(case.answers))
    for index, (code, said) in enumerate(case.answers.items()):
        at = first + step * (2 * index + 1)
        answer = answers[code]
        own = answer.criterion.assessor == Assessor.PROGRAMME.value
        by = programme if own else people.body
        _answer(answer, said, line=said.was or said.line, by=by, at=at)
        for words in said.shows:
            _show(answer, words, case.slug, by=by, at=at)
        if said.opinion is not None and own:
            answer.refresh_from_db()
            services.give_opinion(
                answer=answer,
                opinion=said.opinion,
                comment=said.body,
                seen=services.fact_of(answer),
                by=people.body,
                at=at + step,
            )
        if said.was:
            _answer(answer, said, line=said.line, by=by, at=last)


def _answer(answer: Answer, said: Said, *, line: str, by: Actor, at: datetime) -> None:
    answer.refresh_from_db()
    services.save_answer(
        answer=answer,
        base=answer.content,
        sent=Content(verdict=said.verdict, line=line, comment=said.comment),
        by=by,
        at=at,
    )


def _show(answer: Answer, words: str, slug: str, *, by: Actor, at: datetime) -> None:
    if words == FILED:
        services.add_file(
            answer=answer, words=words, name=f"{FILED}.txt", content=FILE.encode(), by=by, at=at
        )
        return
    # Nobody can own an address that ends in «.example».
    page = f"https://{slug}.example/{answer.criterion.code}"
    services.add_link(answer=answer, words=words, link=page, by=by, at=at)


def _people() -> _People:
    held = Membership.objects.filter(
        role__in=[Role.PROGRAMME.value, Role.PORTFOLIO_OWNER.value], person__is_example=True
    ).order_by("pk")
    found = _People(otherwise=_nobody(Role.PROGRAMME), body=_nobody(Role.PORTFOLIO_OWNER))
    for one in held:
        somebody = _Somebody(one.person_id, str(account_texts.ROLES[Role(one.role)]))
        if one.role == Role.PORTFOLIO_OWNER.value:
            found.body = somebody
        else:
            found.programmes[one.solution_slug] = somebody
    return found


def _nobody(role: Role) -> Actor:
    """The role, where the example has no person in it."""
    return _Somebody(None, str(account_texts.ROLES[role]))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=UTC)
