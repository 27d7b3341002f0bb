"""The saksframlegg: a municipality's own case paper, filled in, in its own language form.

A draft in the municipality's own voice: it is changed in Word, and decided on there.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils import translation
from django.utils.translation import gettext

from samlop.lib import paper as papers
from samlop.lib.days import local_day
from samlop.lib.paper import Block, Bullets, Facts, Heading, Paper, Table, Text
from samlop.lib.pdf import Pdf
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.municipalities.texts import (
    LEVELS,
    LOCAL_ROLES,
    day_words,
    number_words,
    quarter_words,
)
from samlop.portfolio.rules.costs import CostPlace
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import costs as cost_texts
from samlop.portfolio.texts.readiness import READINESS
from samlop.portfolio.texts.solutions import AREAS
from samlop.rollouts.queries.basis import (
    BasisFor,
    Example,
    LoadFor,
    PrerequisiteFor,
    SystemFor,
)
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.rules.basis import PrerequisiteKind
from samlop.rollouts.texts import answers as answer_texts
from samlop.rollouts.texts import basis as texts
from samlop.uptake.texts.stages import STAGES

LANGUAGES: Final = {
    LanguageForm.BOKMAL: "nb",
    LanguageForm.NYNORSK: "nn",
    LanguageForm.NEUTRAL: "nb",
}


def to_pdf(found: BasisFor, *, at: datetime) -> Pdf:
    """Tagged PDF, for the archive; the same bytes for the same basis and moment."""
    return papers.to_pdf(make(found), at=at)


def to_docx(found: BasisFor) -> bytes:
    """To be changed by the municipality."""
    return papers.to_docx(make(found))


def file_name(found: BasisFor, ending: str) -> str:
    return f"saksframlegg-{found.rollout.slug}-{found.number}.{ending}"


def make(found: BasisFor) -> Paper:
    """Every word of it, whatever the reader's own language is."""
    language = LANGUAGES[found.language]
    with translation.override(language):
        return Paper(
            language=language,
            title=gettext("%(rollout)s: skal %(municipality)s bli med?")
            % {"rollout": found.rollout.name, "municipality": _municipality(found)},
            kicker=gettext("Saksframlegg – utkast"),
            foot=gettext("Laget i Samløp %(day)s. Grunnlaget er sist endret %(changed)s.")
            % {"day": day_words(found.on), "changed": day_words(local_day(found.changed_at))},
            blocks=tuple(_blocks(found)),
        )


def _blocks(found: BasisFor) -> Iterator[Block]:
    yield Facts(_facts(found))
    yield Heading(gettext("Forslag til vedtak"))
    yield Text(gettext("Behold ett av forslagene, og stryk resten."), quiet=True)
    for heading, words in proposals(found):
        yield Heading(heading, level=3)
        yield Text(words)
    yield Heading(gettext("Hva saken gjelder"))
    yield Text(found.basis.told_what)
    if found.exception:
        yield Text(exception_words(found))
    yield Heading(gettext("Hva det gir"))
    yield Text(found.basis.told_gains)
    yield Text(gettext("Kilde: %(source)s.") % {"source": _source(found)}, quiet=True)
    yield Heading(gettext("Hva som må være på plass"))
    yield from _prerequisites(found)
    yield Heading(gettext("Hva det koster"))
    yield from _cost(found)
    yield Heading(gettext("Timer og roller"))
    yield from _hours(found)
    yield Heading(gettext("Fremdriftsplanen i korthet"))
    yield Bullets([f"{step_words(one.weeks, one.on)}: {one.told_words}" for one in found.steps])
    yield Heading(gettext("Hvis kommunen ikke blir med"))
    yield Text(found.basis.told_consequence)
    yield Heading(gettext("Hva andre kommuner har gjort"))
    yield from _others(found)


def _municipality(found: BasisFor) -> str:
    return gettext("%(name)s kommune") % {"name": found.name}


def _facts(found: BasisFor) -> list[tuple[str, str]]:
    fill_in = gettext("(fylles ut)")
    first = found.cohorts[0] if found.cohorts else None
    own = found.own
    return [
        (gettext("Kommune"), f"{_municipality(found)} ({found.number})"),
        (
            gettext("Innbyggere"),
            number_words(own.inhabitants) if own.inhabitants else gettext("Ikke kjent"),
        ),
        (gettext("Løsning"), found.rollout.solution.name),
        (gettext("Tjenesteområde"), str(AREAS[Area(found.rollout.offer.area)])),
        (
            gettext("Våre systemer"),
            "; ".join(system_words(one) for one in found.systems) or fill_in,
        ),
        (gettext("Oppstart"), day_words(first.starts_on) if first else fill_in),
        (gettext("Svarfrist"), day_words(first.answer_by) if first else fill_in),
        (gettext("Saksnummer"), fill_in),
        (gettext("Saksbehandler"), fill_in),
    ]


def proposals(found: BasisFor) -> tuple[tuple[str, str], ...]:
    """A vedtak for each answer that decides something, in the municipality's voice."""
    words = {
        "municipality": _municipality(found),
        "rollout": found.rollout.name,
        "start": day_words(found.starts_on) if found.starts_on else gettext("(fylles ut)"),
        "hours": texts.hours(found.own.hours),
        "cost": cost_words(found),
    }
    return (
        (
            str(answer_texts.STATES[AnswerState.YES]),
            gettext(
                "%(municipality)s blir med i %(rollout)s, med oppstart %(start)s. %(cost)s "
                "Kommunen setter av om lag %(hours)s, og utpeker prosjekteier og lokal koordinator."
            )
            % words,
        ),
        (
            str(answer_texts.STATES[AnswerState.LATER]),
            gettext(
                "%(municipality)s blir ikke med i %(rollout)s nå. Grunn: (fylles ut). Kommunen "
                "ønsker å bli spurt igjen (dato, eller når grunnen er borte)."
            )
            % words,
        ),
        (
            str(answer_texts.STATES[AnswerState.OBSERVE]),
            gettext(
                "%(municipality)s følger med på %(rollout)s uten å ta løsningen i bruk nå, og "
                "tar stilling senere."
            )
            % words,
        ),
        (
            str(answer_texts.STATES[AnswerState.NO]),
            gettext("%(municipality)s takker nei til %(rollout)s. Grunn: (fylles ut).") % words,
        ),
    )


def cost_words(found: BasisFor) -> str:
    """One sentence: what joining adds."""
    figure = found.own.figure
    if figure is None:
        return gettext("Kostnaden er ikke kjent.")
    return gettext("Det koster %(yearly)s i året i tillegg, og %(once)s én gang.") % {
        "yearly": texts.money(figure.sum(CostPlace.IF_JOINING)),
        "once": texts.money(figure.sum(CostPlace.ONE_OFF)),
    }


def exception_words(found: BasisFor) -> str:
    """Why it is rolled out all the same; empty without an exception."""
    gate = found.exception
    if gate is None:
        return ""
    return gettext(
        "Løsningen innføres etter et unntak fra kravene, besluttet av %(body)s %(day)s (sak "
        "%(case)s). Begrunnelse: %(reason)s"
    ) % {
        "body": gate.body,
        "day": day_words(gate.decided_on),
        "case": gate.case_number,
        "reason": gate.reason,
    }


def _source(found: BasisFor) -> str:
    link = found.basis.gains_link
    return f"{found.basis.gains_source} ({link})" if link else found.basis.gains_source


def _prerequisites(found: BasisFor) -> Iterator[Block]:
    if not found.prerequisites:
        yield Text(gettext("Ingenting må være på plass på forhånd."))
        return
    yield Table(
        caption=gettext("%(met)s av %(all)s er på plass hos oss")
        % {"met": found.met, "all": len(found.prerequisites)},
        headings=[
            gettext("Forutsetning"),
            gettext("Regnes som på plass når"),
            gettext("Hvem og når"),
            gettext("Hos oss"),
        ],
        rows=[
            [one.told_title, one.done_when, owner_words(one), standing_words(one)]
            for one in found.prerequisites
        ],
    )


def owner_words(one: PrerequisiteFor) -> str:
    """«Leverandøren, innen 14. mars 2027»."""
    who = str(texts.OWNERS[one.owner])
    if one.due_by is None:
        return who
    return gettext("%(who)s, innen %(day)s") % {"who": who, "day": day_words(one.due_by)}


def standing_words(one: PrerequisiteFor) -> str:
    """How it stands, with what is said of it."""
    if one.standing is None:
        return gettext("Vises for kommunen selv")
    found = [str(texts.STANDINGS[one.standing])]
    if one.kind is PrerequisiteKind.SYSTEM_VERSION:
        found += [system_words(each) for each in one.systems] or [
            gettext("Vi vet ikke hvilket system kommunen bruker")
        ]
    if one.note:
        found.append(one.note)
    return ". ".join(found)


def system_words(one: SystemFor) -> str:
    """«Profil (Visma): Planlagt, 14. mars 2027»."""
    name = f"{one.product.name} ({one.product.vendor_name})"
    if one.said is None:
        return gettext("%(product)s: leverandøren har ikke opplyst noe") % {"product": name}
    words = [str(READINESS[one.said.state])]
    if one.said.version:
        words.append(gettext("versjon %(version)s") % {"version": one.said.version})
    if one.said.release_on:
        words.append(day_words(one.said.release_on))
    return f"{name}: {', '.join(words)}"


def _cost(found: BasisFor) -> Iterator[Block]:
    figure = found.own.figure
    if figure is None:
        yield Text(gettext("Kostnaden er ikke kjent."))
        return
    yield Table(
        caption=gettext("Kroner uten merverdiavgift, for %(name)s")
        % {"name": _municipality(found)},
        headings=[gettext("Hva"), gettext("Beløp"), gettext("Består av")],
        rows=[
            [
                str(texts.PLACES[place]),
                f"{texts.money(figure.sum(place))} {cost_texts.PLACE_PER[place]}",
                "; ".join(
                    f"{part.title}: "
                    + (gettext("Ikke kjent") if part.amount is None else texts.kroner(part.amount))
                    for part in figure.of(place)
                )
                or "–",
            ]
            for place in CostPlace
        ],
    )
    if found.version is not None:
        yield Text(gettext("Kilde: %(source)s.") % {"source": found.version.source}, quiet=True)


def _hours(found: BasisFor) -> Iterator[Block]:
    alone = {one.role: one for one in found.staffing}
    yield Text(
        gettext("Regnet om til en kommune av vår størrelse: %(hours)s til sammen.")
        % {"hours": texts.hours(found.own.hours)}
    )
    yield Table(
        caption=gettext("Rollene, og timer måned for måned fra oppstart"),
        headings=[gettext("Rolle"), gettext("Bemanning"), gettext("Timer"), gettext("Per måned")],
        rows=[
            [
                str(LOCAL_ROLES[one.role]),
                staffed_words(needed=one.needed, alone=alone[one.role].alone),
                texts.hour_figure(one.total),
                " – ".join(texts.hour_figure(hours) for hours in one.monthly) or "–",
            ]
            for one in found.own.roles
        ],
    )
    if found.load:
        yield Heading(gettext("Arbeidsmengden i kvartalene det gjelder"), level=3)
        yield Bullets([load_words(one) for one in found.load])


def staffed_words(*, needed: bool, alone: bool) -> str:
    """Whether a role needs a person of its own."""
    if alone:
        return gettext("Må ha en egen person")
    return gettext("Kan holdes av samme person") if needed else gettext("Anbefalt")


def load_words(one: LoadFor) -> str:
    """«2. kvartal 2027: 18 timer. Fra før: 40 av 92 timer.» or how full it is, for others."""
    words = f"{quarter_words(one.quarter)}: {texts.hours(one.hours)}. "
    if one.ahead is None:
        return words + gettext("Ingenting annet er planlagt så langt frem.")
    if one.ahead.inside is None:
        return words + gettext("Arbeidsmengde fra før: %(level)s.") % {
            "level": str(LEVELS[one.ahead.level]).lower()
        }
    inside = one.ahead.inside
    return words + gettext("Rom for nytt: %(room)s. Fra før er %(taken)s satt av.") % {
        "room": texts.hours(Decimal(inside.hours)),
        "taken": texts.hours(inside.load),
    }


def step_words(weeks: int, on: date | None) -> str:
    """«6 uker før oppstart (5. juli 2027)»."""
    words = texts.weeks(weeks)
    return f"{words} ({day_words(on)})" if on else words


def _others(found: BasisFor) -> Iterator[Block]:
    if not found.similar and not found.nearby:
        yield Text(gettext("Ingen kommuner som ligner, eller i nærheten, har kommet i gang ennå."))
        return
    for words, rows in (
        (gettext("Kommuner som ligner"), found.similar),
        (gettext("Kommuner i nærheten"), found.nearby),
    ):
        if rows:
            yield Heading(words, level=3)
            yield Bullets([example_words(one) for one in rows])


def example_words(one: Example) -> str:
    """«Fauske: Tatt i bruk fra 14. mars 2027 (omtrent like mange innbyggere)»."""
    words = f"{one.name}: {STAGES[one.stage]}"
    if one.since:
        words = gettext("%(words)s fra %(day)s") % {"words": words, "day": day_words(one.since)}
    return f"{words} ({one.why[:1].lower()}{one.why[1:]})" if one.why else words
