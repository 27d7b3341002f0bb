"""What waits for a municipality's answer, what it is part of, and what is coming."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from samlop.lib.reach import Reach
from samlop.municipalities.queries.similar import SimilarMunicipality
from samlop.municipalities.rules.capacity import LocalRole
from samlop.municipalities.texts import LOCAL_ROLES
from samlop.rollouts.models import RoleHolder
from samlop.rollouts.queries import heart as queries
from samlop.rollouts.queries import help as help_queries
from samlop.rollouts.queries.heart import Ask, Coming, Heart, Part, Question, Said
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.texts import answers as answer_texts
from samlop.rollouts.texts import rollouts as texts
from samlop.uptake.queries import stages
from samlop.uptake.queries.stages import Standing
from samlop.uptake.rules.stages import Stage, has_reached
from samlop.uptake.texts.stages import STAGES
from samlop.web import formats
from samlop.web.rollouts import changes
from samlop.web.rollouts.changes import ChangedNote
from samlop.web.support.questions import QuestionLine, question_line

MOST_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLine:
    """One thing that waits for the municipality's own word."""

    words: str
    address: str
    due: date | None
    # The deadline has passed.
    late: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLine:
    """Something the municipality is part of, how far it has come, and the next day to know."""

    name: str
    address: str
    cohort: str
    stage: str
    next_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """An answer that is no place, for those who may see it."""

    name: str
    address: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingLine:
    name: str
    address: str
    solution: str
    kind: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeLine:
    """A similar municipality, and what it has introduced of what this one is asked about."""

    number: str
    name: str
    why: str
    done: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLine:
    role: str
    solution: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartLines:
    """`inside` sees answers and questions; `asks` may ask for help, `helps` answers."""

    inside: bool
    asks: bool
    helps: bool
    # What has changed in what it is invited to.
    changed: tuple[ChangedNote, ...]
    waiting: tuple[AskLine, ...]
    more_waiting: tuple[AskLine, ...]
    parts: tuple[PartLine, ...]
    said: tuple[SaidLine, ...]
    coming: tuple[ComingLine, ...]
    alike: tuple[AlikeLine, ...]
    help: tuple[QuestionLine, ...]
    local_roles: tuple[RoleLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sees:
    """What the reader may see and do here."""

    answers: Reach
    signed_in: bool
    asks: bool = False
    helps: bool = False


def lines(
    municipality: int,
    number: str,
    regions: Collection[int],
    alike: Collection[SimilarMunicipality],
    sees: Sees,
    *,
    on: date,
) -> HeartLines:
    """Ten queries, and some fifteen when something has changed in what it is invited to."""
    inside = sees.answers.holds(municipality)
    found = (
        queries.of([municipality], on=on)
        if inside
        else Heart(questions=(), parts=queries.places([municipality]), said=())
    )
    coming = _coming(municipality, regions, found)
    asked_about: tuple[Part | Question | Coming, ...] = (*found.parts, *found.questions, *coming)
    offers = {one.offer: one.solution for one in asked_about}
    standing = stages.standing(
        offers, on, municipalities=[municipality, *(one.pk for one in alike)]
    )
    asked = [_asked(one, number, on=on) for one in found.questions]
    return HeartLines(
        inside=inside,
        asks=sees.asks,
        helps=sees.helps,
        changed=changes.notes(municipality, number, on=on) if inside else (),
        waiting=tuple(asked[:MOST_SHOWN]),
        more_waiting=tuple(asked[MOST_SHOWN:]),
        parts=tuple(
            _part(one, standing.get((one.offer, municipality)), inside=inside, on=on)
            for one in found.parts
        ),
        said=tuple(_said(one, number) for one in found.said),
        coming=tuple(_coming_line(one) for one in coming),
        alike=_alike(alike, standing, offers, on=on),
        help=tuple(
            question_line(one, number)
            for one in help_queries.of_municipality(municipality)
            if one.closed_at is None
        )
        if sees.asks or sees.helps
        else (),
        local_roles=_local_roles(municipality) if sees.signed_in else (),
    )


def _coming(municipality: int, regions: Collection[int], found: Heart) -> tuple[Coming, ...]:
    """Without what it is already part of, or has been asked about."""
    known = {
        *(one.rollout for one in found.parts),
        *(one.rollout for one in found.questions),
        *(one.rollout for one in found.said),
    }
    return tuple(one for one in queries.coming(municipality, regions) if one.rollout not in known)


def ask_words(one: Question) -> str:
    """What is asked, as a link says it."""
    match one.ask:
        case Ask.OFFER:
            words = gettext("Vil dere ha plassen i %(cohort)s i %(name)s?")
        case Ask.CONFIRM:
            words = gettext("Bekreft svaret som er registrert for dere: %(name)s")
        case Ask.INVITATION:
            words = gettext("Svar på invitasjonen til %(name)s")
        case Ask.REOPENED:
            words = gettext("Det dere ventet på er på plass: %(name)s")
        case Ask.PENDING_DUE:
            words = gettext("Er saken ferdig behandlet? %(name)s")
        case Ask.EVALUATION:
            words = gettext("Hva har dere lært av %(name)s?")
    return words % {"name": one.name, "cohort": one.cohort}


def answer_address(slug: str, number: str) -> str:
    """Where a municipality's own people answer."""
    return reverse("rollouts:answer", args=[slug, number])


def ask_address(one: Question, number: str) -> str:
    """Where a municipality's own people give the word that is asked for."""
    if one.ask is Ask.EVALUATION:
        return reverse("rollouts:evaluate", args=[one.slug, number])
    return answer_address(one.slug, number)


def _asked(one: Question, number: str, *, on: date) -> AskLine:
    late = one.due is not None and one.due < on
    note = ""
    if one.ask is Ask.OFFER:
        note = gettext("Plassen holdes av til dere. Etter fristen går den til den neste.")
    elif one.ask is Ask.CONFIRM:
        note = gettext("Plassen er reservert, og gjelder når dere har bekreftet.")
    elif one.ask is Ask.EVALUATION:
        note = gettext("Tre korte spørsmål, som hjelper de neste kommunene.")
    elif one.to_call:
        note = gettext("Kontaktpersonen ringer dere. Det kommer ikke flere påminnelser.")
    return AskLine(
        words=ask_words(one),
        address=ask_address(one, number),
        due=one.due,
        late=late,
        note=note,
    )


def _part(one: Part, standing: Standing | None, *, inside: bool, on: date) -> PartLine:
    agreed: Stage | None = None
    if standing is not None and (inside or standing.is_open_on(on)):
        agreed = standing.agreed
    return PartLine(
        name=one.name,
        address=reverse("rollouts:show", args=[one.slug]),
        cohort=one.cohort or gettext("Venter på plass"),
        stage=str(STAGES[agreed]) if agreed is not None else "",
        next_words=_next(one, on),
    )


def _next(one: Part, on: date) -> str:
    days = (
        (one.change_until, gettext("Kan endres til %(day)s")),
        (one.starts_on, gettext("Oppstart %(day)s")),
        (one.ends_on, gettext("Ferdig %(day)s")),
    )
    ahead = [(day, words) for day, words in days if day is not None and day >= on]
    if not ahead:
        return ""
    day, words = min(ahead)
    return words % {"day": formats.long_date(day)}


def part_words(one: Part, on: date) -> str:
    """«Pulje 1 · Oppstart 1. april 2027»."""
    words = (one.cohort or gettext("Venter på plass"), _next(one, on))
    return " · ".join(each for each in words if each)


def _said(one: Said, number: str) -> SaidLine:
    return SaidLine(name=one.name, address=answer_address(one.slug, number), words=said_words(one))


def said_words(one: Said) -> str:
    """«Til behandling hos oss, svar ventes 3. mars 2027»."""
    words = str(answer_texts.STATES[one.state])
    if one.state is AnswerState.PENDING and one.expected_on is not None:
        words = gettext("%(answer)s, svar ventes %(day)s") % {
            "answer": words,
            "day": formats.long_date(one.expected_on),
        }
    elif one.ask_again_on is not None:
        words = gettext("%(answer)s, spør igjen %(day)s") % {
            "answer": words,
            "day": formats.long_date(one.ask_again_on),
        }
    return words


def _coming_line(one: Coming) -> ComingLine:
    return ComingLine(
        name=one.name,
        address=reverse("rollouts:show", args=[one.slug]),
        solution=one.solution,
        kind=str(texts.KINDS[one.kind]),
        when=formats.quarter(one.quarter),
    )


def _alike(
    alike: Collection[SimilarMunicipality],
    standing: Mapping[tuple[int, int], Standing],
    offers: Mapping[int, str],
    *,
    on: date,
) -> tuple[AlikeLine, ...]:
    """Those that have introduced what this one is asked about come first; what is public only."""
    found = []
    for one in alike:
        done = []
        for offer, solution in offers.items():
            there = standing.get((offer, one.pk))
            if (
                there is not None
                and there.is_open_on(on)
                and has_reached(there.agreed, Stage.TECHNICALLY_INTRODUCED)
            ):
                done.append(solution)
        found.append(
            AlikeLine(
                number=one.number, name=one.name, why=one.why, done=tuple(dict.fromkeys(done))
            )
        )
    return tuple(sorted(found, key=lambda line: not line.done))


def _local_roles(municipality: int) -> tuple[RoleLine, ...]:
    rows = (
        RoleHolder.objects.filter(municipality=municipality, ended_on=None)
        .select_related("solution", "person")
        .order_by("solution__name", "pk")
    )
    return tuple(
        RoleLine(
            role=str(LOCAL_ROLES[LocalRole(row.role)]),
            solution=row.solution.name,
            person=str(row.person),
        )
        for row in rows
    )
