"""The words for everything that is recorded, one line per code, and who may hear it.

A code that is no longer written keeps its line: its events are still there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.accounts import texts as account_texts
from samlop.municipalities import texts
from samlop.portfolio.texts import assessments as assessment_texts
from samlop.portfolio.texts import cards as card_texts
from samlop.portfolio.texts import gates as gate_texts
from samlop.portfolio.texts import health as health_texts
from samlop.portfolio.texts import readiness as readiness_texts
from samlop.portfolio.texts import solutions as portfolio_texts
from samlop.rollouts.texts import rollouts as rollout_texts

Words = str | Promise


class Kind(StrEnum):
    """What a happening is about; the value stands in addresses."""

    ROOM = "rom"
    FACTS = "opplysninger"
    SYSTEMS = "systemer"
    REGIONS = "regioner"
    PEOPLE = "folk"
    DOCUMENTS = "dokumenter"
    VENDORS = "leverandorer"
    SOLUTIONS = "losninger"
    CASES = "saker"
    MATERIAL = "materiell"
    TEMPLATES = "maler"
    UPTAKE = "utbredelse"
    ROLLOUTS = "innforingslop"
    REFERENCE = "referansedata"
    MESSAGES = "meldinger"


KINDS: Final[Mapping[Kind, Words]] = {
    Kind.ROOM: _("Rom og arbeidsmengde"),
    Kind.FACTS: _("Opplysninger om kommuner"),
    Kind.SYSTEMS: _("Systemer i bruk"),
    Kind.REGIONS: _("Regioner"),
    Kind.PEOPLE: _("Folk og roller"),
    Kind.DOCUMENTS: _("Dokumenter"),
    Kind.VENDORS: _("Leverandører og produkter"),
    Kind.SOLUTIONS: _("Løsninger"),
    Kind.CASES: _("Saker og organer"),
    Kind.MATERIAL: _("Materiell"),
    Kind.TEMPLATES: _("Kommunens kopier av maler"),
    Kind.UPTAKE: _("Utbredelse og gevinster"),
    Kind.ROLLOUTS: _("Innføringsløp"),
    Kind.REFERENCE: _("Referansedata"),
    Kind.MESSAGES: _("Meldinger"),
}


class Audience(StrEnum):
    """Who is told."""

    OPEN = "open"
    # The municipality itself, its region, and the coordination group.
    INNER = "inner"
    # Those who work with templates in the municipality, and nobody else at all.
    MUNICIPALITY = "municipality"
    # Whoever did it, and nobody else.
    OWN = "own"
    # Nobody: another event of the same change tells the same.
    TOLD_ELSEWHERE = "told_elsewhere"


@dataclass(frozen=True, slots=True)
class Said:
    """What the words are made of: the event's details, and what its subject is called now."""

    details: Mapping[str, Any]
    subject: str = ""

    def text(self, name: str) -> str:
        return str(self.details.get(name) or "")

    @property
    def area(self) -> str:
        return _AREAS.get(self.text("service_area"), "")

    @property
    def role(self) -> str:
        return _ROLES.get(self.text("role"), "")

    @property
    def region(self) -> str:
        return self.text("region_name") or _name_of(self.details.get("region")) or self.subject


class _OfCodes:
    """Words by code, in the language of the page."""

    def __init__(self, table: Mapping[Any, object]) -> None:
        self._table = {code.value: words for code, words in table.items()}

    def get(self, code: str, otherwise: str) -> str:
        return str(self._table.get(code, otherwise))


_AREAS = _OfCodes(texts.SERVICE_AREAS)
_ROLES = _OfCodes(account_texts.ROLES)
_READINESS = _OfCodes(readiness_texts.READINESS)
_OFFERED_IN = _OfCodes(portfolio_texts.AREAS)
_PHASES = _OfCodes(portfolio_texts.PHASES)
_OUTCOMES = _OfCodes(gate_texts.GATE_OUTCOMES)
_SOUND = _OfCodes(health_texts.SOUNDNESSES)
_OPINIONS = _OfCodes(assessment_texts.OPINIONS)
_ROLLOUT_STATES = _OfCodes(rollout_texts.STATES)
_ROLLOUT_TYPES = _OfCodes(card_texts.TYPE_LETTERS)


def _name_of(value: object) -> str:
    """Some events name the region, others hold its primary key."""
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`reason_is_open`: the reason is a source, which everybody may know."""

    kind: Kind
    words: Callable[[Said], str]
    audience: Audience = Audience.OPEN
    reason_is_open: bool = False


def _plain(sentence: Callable[[], str]) -> Callable[[Said], str]:
    return lambda _said: sentence()


def _about(sentence: Callable[[], str]) -> Callable[[Said], str]:
    """«Digi Agder: medlemskap bekreftet»; without the name when it is not known any more."""

    def words(said: Said) -> str:
        what = sentence()
        name = said.region
        return f"{name}: {what[:1].lower()}{what[1:]}" if name else what

    return words


def _product(sentence: Callable[[], str]) -> Callable[[Said], str]:
    """«Sykehjem: Gerica registrert»."""

    def words(said: Said) -> str:
        what = sentence() % {"product": said.text("product")}
        return f"{said.area}: {what}" if said.area else what

    return words


def _with_role(sentence: Callable[[], str]) -> Callable[[Said], str]:
    return lambda said: sentence() % {"role": said.role}


def _named(sentence: Callable[[], str]) -> Callable[[Said], str]:
    return lambda said: sentence() % {"name": said.text("name") or said.subject}


def _document(sentence: Callable[[], str]) -> Callable[[Said], str]:
    """«Digi Agder: dokumentet «Mandat» lagt til»."""

    def words(said: Said) -> str:
        what = sentence() % {"name": said.text("title")}
        return f"{said.region}: {what[:1].lower()}{what[1:]}" if said.region else what

    return words


def _titled(sentence: Callable[[], str]) -> Callable[[Said], str]:
    """«Materiellet «ROS for Kjernejournal» publisert i versjon 2»."""
    return lambda said: (
        sentence() % {"name": said.text("title"), "number": said.text("number") or "1"}
    )


def _opened(said: Said) -> str:
    """Who has read the answers matters, and so does whether she took them out as a file."""
    name = {"name": said.text("title")}
    if said.text("form") == "page":
        return gettext("Svarene i kopien av «%(name)s» åpnet") % name
    return gettext("Kopien av «%(name)s» lastet ned med svar") % name


def _case(sentence: Callable[[], str]) -> Callable[[Said], str]:
    """«KS, sak 12/25: avgjort»."""

    def words(said: Said) -> str:
        what = sentence()
        number = said.text("number")
        case = gettext("sak %(number)s") % {"number": number} if number else ""
        about = ", ".join(part for part in (said.text("body"), case) if part)
        return f"{about}: {what[:1].lower()}{what[1:]}" if about else what

    return words


def _of_body(sentence: Callable[[], str]) -> Callable[[Said], str]:
    """«KS: medlem lagt til»."""

    def words(said: Said) -> str:
        what = sentence()
        name = said.text("name")
        return f"{name}: {what[:1].lower()}{what[1:]}" if name else what

    return words


def _offer(sentence: Callable[[], str]) -> Callable[[Said], str]:
    """«Kjernejournal, sykehjem: fasen er nå «Klar til bruk»»."""

    def words(said: Said) -> str:
        what = sentence() % {
            "phase": _PHASES.get(said.text("phase"), ""),
            "name": said.text("requires") or said.text("words"),
            "type": _ROLLOUT_TYPES.get(said.text("type"), ""),
            "outcome": _OUTCOMES.get(said.text("outcome"), ""),
            "conclusion": _SOUND.get(said.text("conclusion"), ""),
            "number": said.text("number"),
        }
        area = _OFFERED_IN.get(said.text("area"), "")
        area = f"{area[:1].lower()}{area[1:]}" if said.subject else area
        about = ", ".join(part for part in (said.subject, area) if part)
        return f"{about}: {what[:1].lower()}{what[1:]}" if about else what

    return words


def _readiness(sentence: Callable[[], str]) -> Callable[[Said], str]:
    """«Kjernejournal, hjemmetjeneste: Gerica er nå «I test»»."""

    def words(said: Said) -> str:
        what = sentence() % {
            "product": said.text("product"),
            "state": _READINESS.get(said.text("state"), ""),
        }
        area = _OFFERED_IN.get(said.text("area"), "")
        about = ", ".join(
            part for part in (said.text("name"), f"{area[:1].lower()}{area[1:]}") if part
        )
        return f"{about}: {what}" if about else what

    return words


def _assessed(sentence: Callable[[], str]) -> Callable[[Said], str]:
    """«Kjernejournal, sykehjem: svaret på «Leverandørene er klare» endret»."""

    def words(said: Said) -> str:
        what = sentence() % {
            "title": said.text("title"),
            "words": said.text("words"),
            "number": said.text("number"),
            "opinion": _OPINIONS.get(said.text("opinion"), "").lower(),
        }
        if said.details.get("reopened"):
            what = gettext("%(what)s, og åpnet igjen") % {"what": what}
        area = _OFFERED_IN.get(said.text("area"), "")
        about = ", ".join(
            part for part in (said.text("name"), f"{area[:1].lower()}{area[1:]}") if part
        )
        return f"{about}: {what}" if about else what

    return words


def _criteria(sentence: Callable[[], str]) -> Callable[[Said], str]:
    return lambda said: sentence() % {"number": said.text("number"), "title": said.text("title")}


_R, _P, _I, _S = Kind.REGIONS, Kind.PEOPLE, Audience.INNER, Kind.SOLUTIONS
_C, _MINE = Kind.CASES, Audience.OWN
_M, _T, _OURS = Kind.MATERIAL, Kind.TEMPLATES, Audience.MUNICIPALITY


def _cohort(sentence: Callable[[], str]) -> Callable[[Said], str]:
    """«Kjernejournal høsten: Pulje 1 startet»."""

    def words(said: Said) -> str:
        what = sentence() % {"cohort": said.text("cohort")}
        name = said.text("name")
        return f"{name}: {what}" if name else what

    return words


def _moved_rollout(said: Said) -> str:
    return gettext("%(name)s: %(state)s") % {
        "name": said.text("name"),
        "state": _ROLLOUT_STATES.get(said.text("state"), "").lower(),
    }


_U, _L = Kind.UPTAKE, Kind.ROLLOUTS

SENTENCES: Final[Mapping[str, Sentence]] = {
    # --- room ---
    "municipalities.capacity.changed": Sentence(
        Kind.ROOM, _plain(lambda: gettext("Rom for nytt endret")), _I
    ),
    "municipalities.capacity.hours_changed": Sentence(
        Kind.ROOM, _plain(lambda: gettext("Timer endret")), _I
    ),
    "municipalities.blackout.added": Sentence(
        Kind.ROOM, _plain(lambda: gettext("Periode som ikke passer, lagt inn")), _I
    ),
    "municipalities.blackout.removed": Sentence(
        Kind.ROOM, _plain(lambda: gettext("Periode som ikke passer, fjernet")), _I
    ),
    "municipalities.load.written": Sentence(
        Kind.ROOM, _plain(lambda: gettext("Arbeidsmengde oppdatert")), _I
    ),
    "municipalities.load.withdrawn": Sentence(
        Kind.ROOM, _plain(lambda: gettext("Arbeidsmengde tatt bort")), _I
    ),
    # --- facts ---
    "municipalities.facts.changed": Sentence(
        Kind.FACTS, _plain(lambda: gettext("Opplysninger om kommunen endret"))
    ),
    "municipalities.facts.imported": Sentence(
        Kind.FACTS,
        _plain(lambda: gettext("Opplysninger om kommunen hentet fra fil")),
        reason_is_open=True,
    ),
    # --- systems ---
    "municipalities.vendor_profile.set": Sentence(
        Kind.SYSTEMS, _product(lambda: gettext("%(product)s registrert"))
    ),
    "municipalities.vendor_profile.ended": Sentence(
        Kind.SYSTEMS, _product(lambda: gettext("%(product)s avsluttet"))
    ),
    "municipalities.vendor_profile.removed": Sentence(
        Kind.SYSTEMS, _product(lambda: gettext("registreringen av %(product)s fjernet"))
    ),
    "municipalities.installation.shared": Sentence(
        Kind.SYSTEMS, _about(lambda: gettext("Felles EPJ-installasjon registrert"))
    ),
    "municipalities.installation.separated": Sentence(
        Kind.SYSTEMS, _about(lambda: gettext("Felles EPJ-installasjon avsluttet"))
    ),
    # --- regions ---
    "municipalities.region.created": Sentence(
        _R, _named(lambda: gettext("Regionen %(name)s opprettet"))
    ),
    "municipalities.region.changed": Sentence(
        _R, _about(lambda: gettext("Opplysninger om regionen endret"))
    ),
    "municipalities.region.ended": Sentence(_R, _about(lambda: gettext("Regionen avsluttet"))),
    "municipalities.membership.added": Sentence(
        _R, _about(lambda: gettext("Kommunen lagt til i regionen"))
    ),
    "municipalities.membership.confirmed": Sentence(
        _R, _about(lambda: gettext("Medlemskap bekreftet"))
    ),
    "municipalities.membership.ended": Sentence(
        _R, _about(lambda: gettext("Medlemskap avsluttet"))
    ),
    "municipalities.membership.removed": Sentence(
        _R, _about(lambda: gettext("Kommunen fjernet fra regionen"))
    ),
    "municipalities.members.imported": Sentence(
        _R,
        _about(lambda: gettext("Liste over kommuner lest inn")),
        Audience.TOLD_ELSEWHERE,
    ),
    # --- people ---
    "accounts.membership.granted": Sentence(
        _P, _with_role(lambda: gettext("Rollen «%(role)s» gitt"))
    ),
    "accounts.membership.ended": Sentence(
        _P, _with_role(lambda: gettext("Rollen «%(role)s» avsluttet"))
    ),
    "accounts.membership.handed_over": Sentence(
        _P, _with_role(lambda: gettext("Rollen «%(role)s» gitt videre"))
    ),
    "accounts.membership.taken_over": Sentence(
        _P, _plain(lambda: gettext("Regionen har tatt over en rolle ingen hadde"))
    ),
    "accounts.people.loaded": Sentence(
        _P,
        lambda said: (
            gettext("Liste over folk lest inn: %(roles)s roller")
            % {"roles": said.text("roles") or "0"}
        ),
    ),
    "accounts.people.load_undone": Sentence(
        _P, _plain(lambda: gettext("Innlesing av folk angret"))
    ),
    "accounts.person.added": Sentence(
        _P, _plain(lambda: gettext("Person lagt inn")), Audience.TOLD_ELSEWHERE
    ),
    "accounts.person.invited": Sentence(
        _P,
        _with_role(lambda: gettext("Invitert som «%(role)s»")),
        Audience.TOLD_ELSEWHERE,
    ),
    "accounts.person.came": Sentence(
        _P, _plain(lambda: gettext("Logget inn første gang")), Audience.OWN
    ),
    "accounts.person.language_chosen": Sentence(
        _P, _plain(lambda: gettext("Språk valgt")), Audience.OWN
    ),
    "accounts.sign_in.changed": Sentence(
        _P, _plain(lambda: gettext("Egen innlogging endret")), Audience.OWN
    ),
    "accounts.person.password_changed": Sentence(
        _P, _plain(lambda: gettext("Passord byttet")), Audience.OWN
    ),
    "accounts.person.erased": Sentence(
        _P, _plain(lambda: gettext("Navn, e-post og telefon til en person slettet"))
    ),
    # --- documents ---
    "files.document.added": Sentence(
        Kind.DOCUMENTS, _document(lambda: gettext("Dokumentet «%(name)s» lagt til"))
    ),
    "files.document.removed": Sentence(
        Kind.DOCUMENTS, _document(lambda: gettext("Dokumentet «%(name)s» fjernet"))
    ),
    "files.file.stored": Sentence(
        Kind.DOCUMENTS, _plain(lambda: gettext("Fil lagret")), Audience.TOLD_ELSEWHERE
    ),
    "files.document.forgotten": Sentence(
        Kind.DOCUMENTS,
        _document(lambda: gettext("Dokumentet «%(name)s» slettet for godt")),
    ),
    "files.document.restored": Sentence(
        Kind.DOCUMENTS, _document(lambda: gettext("Dokumentet «%(name)s» lagt tilbake"))
    ),
    # --- material ---
    "portfolio.material.added": Sentence(
        _M, _titled(lambda: gettext("Materiellet «%(name)s» lagt i biblioteket"))
    ),
    "portfolio.material.changed": Sentence(
        _M, _titled(lambda: gettext("Opplysninger om materiellet «%(name)s» endret"))
    ),
    "portfolio.material.published": Sentence(
        _M, _titled(lambda: gettext("Materiellet «%(name)s» publisert i versjon %(number)s"))
    ),
    "portfolio.material.withdrawn": Sentence(
        _M, _titled(lambda: gettext("Materiellet «%(name)s» trukket tilbake")), reason_is_open=True
    ),
    "portfolio.material.restored": Sentence(
        _M, _titled(lambda: gettext("Materiellet «%(name)s» lagt frem igjen"))
    ),
    "portfolio.material.reviewed": Sentence(
        _M, _titled(lambda: gettext("Materiellet «%(name)s» gjennomgått"))
    ),
    "portfolio.material.reminded": Sentence(
        _M, _titled(lambda: gettext("Påminnelse om å gå gjennom «%(name)s» sendt"))
    ),
    # --- a municipality's copies of templates ---
    "portfolio.copy.made": Sentence(
        _T, _titled(lambda: gettext("Kopi av «%(name)s» laget")), _OURS
    ),
    "portfolio.copy.answered": Sentence(
        _T, _titled(lambda: gettext("Svar i kopien av «%(name)s» endret")), _OURS
    ),
    "portfolio.copy.row_added": Sentence(
        _T, _titled(lambda: gettext("Egen rad lagt til i kopien av «%(name)s»")), _OURS
    ),
    "portfolio.copy.row_removed": Sentence(
        _T, _titled(lambda: gettext("Egen rad fjernet fra kopien av «%(name)s»")), _OURS
    ),
    "portfolio.copy.accepted": Sentence(
        _T, _titled(lambda: gettext("Endring i malen tatt inn i kopien av «%(name)s»")), _OURS
    ),
    "portfolio.copy.kept": Sentence(
        _T, _titled(lambda: gettext("Endring i malen ikke tatt inn i kopien av «%(name)s»")), _OURS
    ),
    "portfolio.copy.removed": Sentence(
        _T, _titled(lambda: gettext("Kopien av «%(name)s» slettet med svarene")), _OURS
    ),
    "portfolio.copy.read": Sentence(_T, _opened, _OURS),
    # --- solutions ---
    "portfolio.solution.created": Sentence(
        _S, _named(lambda: gettext("%(name)s lagt inn i porteføljen"))
    ),
    "portfolio.solution.changed": Sentence(
        _S, _offer(lambda: gettext("Opplysninger om løsningen endret"))
    ),
    "portfolio.offer.added": Sentence(_S, _offer(lambda: gettext("Tjenesteområdet lagt til"))),
    "portfolio.offer.removed": Sentence(_S, _offer(lambda: gettext("Tjenesteområdet fjernet"))),
    "portfolio.phase.recorded": Sentence(
        _S, _offer(lambda: gettext("Fasen «%(phase)s» registrert")), reason_is_open=True
    ),
    "portfolio.phase.withdrawn": Sentence(
        _S, _offer(lambda: gettext("Fasen «%(phase)s» trukket tilbake")), reason_is_open=True
    ),
    "portfolio.link.added": Sentence(_S, _offer(lambda: gettext("Lenken «%(name)s» lagt til"))),
    "portfolio.link.removed": Sentence(_S, _offer(lambda: gettext("Lenken «%(name)s» fjernet"))),
    "portfolio.prerequisite.added": Sentence(
        _S, _offer(lambda: gettext("%(name)s lagt til som forutsetning"))
    ),
    "portfolio.prerequisite.removed": Sentence(
        _S, _offer(lambda: gettext("%(name)s fjernet som forutsetning"))
    ),
    "portfolio.trial.added": Sentence(_S, _offer(lambda: gettext("Utprøvingskommune registrert"))),
    "portfolio.trial.ended": Sentence(_S, _offer(lambda: gettext("Utprøving avsluttet"))),
    "portfolio.trial.removed": Sentence(_S, _offer(lambda: gettext("Utprøvingskommune fjernet"))),
    "portfolio.card.answered": Sentence(
        _S, _offer(lambda: gettext("Svar på kortet om innføringstype endret"))
    ),
    "portfolio.card.chosen": Sentence(_S, _offer(lambda: gettext("Innføringstype %(type)s valgt"))),
    "portfolio.cost.published": Sentence(
        _S, _offer(lambda: gettext("Ny versjon av kostnadsmodellen publisert"))
    ),
    "portfolio.cost.deal_added": Sentence(
        _S, _offer(lambda: gettext("Felles tilbud fra %(name)s registrert"))
    ),
    "portfolio.cost.deal_withdrawn": Sentence(
        _S, _offer(lambda: gettext("Felles tilbud fra %(name)s trukket")), reason_is_open=True
    ),
    "portfolio.readiness.stated": Sentence(
        _S, _readiness(lambda: gettext("%(product)s er nå «%(state)s»")), reason_is_open=True
    ),
    "portfolio.readiness.confirmed": Sentence(
        _S, _readiness(lambda: gettext("%(product)s bekreftet av leverandøren"))
    ),
    "portfolio.readiness.withdrawn": Sentence(
        _S,
        _readiness(lambda: gettext("opplysningen om %(product)s trukket tilbake")),
        reason_is_open=True,
    ),
    # --- stages ---
    "uptake.stage.said": Sentence(
        _U, _readiness(lambda: gettext("Hvor langt kommunen er kommet, opplyst")), _I
    ),
    "uptake.stage.withdrawn": Sentence(
        _U, _readiness(lambda: gettext("Opplysning om hvor langt kommunen er kommet, trukket")), _I
    ),
    "uptake.stages.loaded": Sentence(
        _U, _readiness(lambda: gettext("Opplysninger om hvor langt kommunene er kommet, lagt inn"))
    ),
    "uptake.stage.carried": Sentence(
        _U, _readiness(lambda: gettext("Avgjort om steget følger med fra den tidligere kommunen"))
    ),
    "uptake.definition.published": Sentence(
        _U, _readiness(lambda: gettext("Ny versjon av hva et steg betyr"))
    ),
    "uptake.card.answered": Sentence(
        _U, _plain(lambda: gettext("Kortet «Stemmer dette?» besvart")), _I
    ),
    "uptake.hindrances.told": Sentence(
        _U, _readiness(lambda: gettext("Hva som hindrer, opplyst")), _I
    ),
    # --- figures of use ---
    "uptake.indicator.added": Sentence(
        _U, _named(lambda: gettext("Indikatoren «%(name)s» lagt til"))
    ),
    "uptake.indicator.redefined": Sentence(
        _U, _named(lambda: gettext("Ny definisjon av indikatoren «%(name)s»"))
    ),
    "uptake.indicator.withdrawn": Sentence(
        _U, _named(lambda: gettext("Indikatoren «%(name)s» trukket")), reason_is_open=True
    ),
    "uptake.indicator.restored": Sentence(
        _U, _named(lambda: gettext("Indikatoren «%(name)s» tatt i bruk igjen"))
    ),
    "uptake.token.issued": Sentence(
        _U, _named(lambda: gettext("Nøkkel til å sende tall utstedt til «%(name)s»"))
    ),
    "uptake.token.revoked": Sentence(
        _U, _named(lambda: gettext("Nøkkelen til «%(name)s» trukket"))
    ),
    "uptake.source.added": Sentence(
        _U, _named(lambda: gettext("Kilden «%(name)s» for tall lagt til"))
    ),
    "uptake.source.mapped": Sentence(
        _U, _named(lambda: gettext("Kolonnene valgt for kilden «%(name)s»"))
    ),
    "uptake.import.received": Sentence(
        _U, _named(lambda: gettext("Fila «%(name)s» mottatt, og skal leses"))
    ),
    "uptake.import.failed": Sentence(
        _U, _named(lambda: gettext("Fila «%(name)s» kunne ikke leses"))
    ),
    "uptake.import.read": Sentence(
        _U, _named(lambda: gettext("Fila «%(name)s» lest, ikke tatt inn ennå"))
    ),
    "uptake.import.queued": Sentence(
        _U, _named(lambda: gettext("Tallene i fila «%(name)s» bedt tatt inn"))
    ),
    "uptake.import.taken_in": Sentence(
        _U, _named(lambda: gettext("Tallene i fila «%(name)s» tatt inn"))
    ),
    "uptake.import.pushed": Sentence(
        _U, _named(lambda: gettext("Tall fra systemet «%(name)s» tatt inn"))
    ),
    "uptake.import.dropped": Sentence(_U, _named(lambda: gettext("Fila «%(name)s» forkastet"))),
    "uptake.import.undo_queued": Sentence(
        _U, _named(lambda: gettext("Tallene i fila «%(name)s» bedt angret"))
    ),
    "uptake.import.undone": Sentence(
        _U, _named(lambda: gettext("Tallene i fila «%(name)s» angret"))
    ),
    # --- benefits ---
    "uptake.benefit.written": Sentence(
        _U, _offer(lambda: gettext("Gevinsten «%(name)s» lagt inn eller endret"))
    ),
    "uptake.benefit.retired": Sentence(
        _U, _offer(lambda: gettext("Gevinsten «%(name)s» følges ikke lenger"))
    ),
    "uptake.benefit.overlap_said": Sentence(
        _U, _offer(lambda: gettext("To gevinster merket som dobbelttelling"))
    ),
    "uptake.benefit.overlap_unsaid": Sentence(
        _U, _offer(lambda: gettext("To gevinster ikke lenger merket som dobbelttelling"))
    ),
    "uptake.benefit.map_drawn": Sentence(_U, _offer(lambda: gettext("Gevinstkartet endret"))),
    "uptake.benefit.chosen": Sentence(
        _U, _named(lambda: gettext("Gevinster valgt for %(name)s")), _OURS
    ),
    "uptake.benefit.dropped": Sentence(
        _U, _named(lambda: gettext("En gevinst av %(name)s følges ikke lenger")), _OURS
    ),
    "uptake.benefit.aimed": Sentence(
        _U, _named(lambda: gettext("Mål eller ansvar endret for en gevinst av %(name)s")), _OURS
    ),
    "uptake.benefit.money_said": Sentence(
        _U, _named(lambda: gettext("Om spart tid med %(name)s er penger, er endret")), _OURS
    ),
    "uptake.benefit.measured": Sentence(
        _U, _named(lambda: gettext("Nullpunkt eller måling registrert for %(name)s")), _OURS
    ),
    "uptake.benefit.national_baseline_taken": Sentence(
        _U, _named(lambda: gettext("Nasjonalt nullpunkt tatt i bruk for %(name)s")), _OURS
    ),
    "uptake.benefit.figure_withdrawn": Sentence(
        _U, _named(lambda: gettext("Et tall om gevinster av %(name)s trukket")), _OURS
    ),
    "uptake.benefit.shared": Sentence(
        _U, _named(lambda: gettext("Hvem som ser gevinstplanen for %(name)s, er endret")), _OURS
    ),
    # --- the threshold ledger ---
    "uptake.ledger.frozen": Sentence(_U, _offer(lambda: gettext("Utbredelsen målt og fryst"))),
    "uptake.ledger.remarked": Sentence(
        _U, _offer(lambda: gettext("Kommunens merknad til målingene skrevet"))
    ),
    "uptake.ledger.remark_withdrawn": Sentence(
        _U, _offer(lambda: gettext("Kommunens merknad til målingene trukket"))
    ),
    # --- the use watch ---
    "uptake.watch.reviewed": Sentence(
        _U, _named(lambda: gettext("Varsel om bruken av %(name)s endret")), _I
    ),
    "uptake.watch.region_told": Sentence(
        _U, _named(lambda: gettext("Regionen varslet om bruken av %(name)s")), _I
    ),
    # --- the decision basis ---
    "rollouts.basis.begun": Sentence(
        _L, _named(lambda: gettext("Beslutningsgrunnlaget for %(name)s begynt"))
    ),
    "rollouts.basis.copied": Sentence(
        _L, _named(lambda: gettext("Beslutningsgrunnlaget for %(name)s begynt med et tidligere"))
    ),
    "rollouts.basis.changed": Sentence(
        _L, _named(lambda: gettext("Beslutningsgrunnlaget for %(name)s endret"))
    ),
    "rollouts.basis.prerequisite_added": Sentence(
        _L, _named(lambda: gettext("Forutsetning lagt til i grunnlaget for %(name)s"))
    ),
    "rollouts.basis.prerequisite_changed": Sentence(
        _L, _named(lambda: gettext("Forutsetning endret i grunnlaget for %(name)s"))
    ),
    "rollouts.basis.prerequisite_removed": Sentence(
        _L, _named(lambda: gettext("Forutsetning tatt ut av grunnlaget for %(name)s"))
    ),
    "rollouts.basis.prerequisites_told": Sentence(
        _L, _named(lambda: gettext("Registrert hva som er på plass for %(name)s")), _I
    ),
    # --- answers and places ---
    "rollouts.answer.given": Sentence(_L, _named(lambda: gettext("Svar gitt om %(name)s")), _I),
    "rollouts.answer.received": Sentence(
        _L, _named(lambda: gettext("Mottatt svar om %(name)s registrert")), _I
    ),
    "rollouts.answer.received_withdrawn": Sentence(
        _L, _named(lambda: gettext("Mottatt svar om %(name)s trukket tilbake")), _I
    ),
    "rollouts.answer.reopened": Sentence(
        _L, _named(lambda: gettext("Spurt igjen om %(name)s, fordi grunnen var borte")), _I
    ),
    "rollouts.place.given": Sentence(_L, _cohort(lambda: gettext("Plass i %(cohort)s"))),
    "rollouts.place.moved": Sentence(_L, _cohort(lambda: gettext("Flyttet til %(cohort)s"))),
    "rollouts.place.left": Sentence(
        _L, _named(lambda: gettext("Gikk ut av puljen i %(name)s")), _I
    ),
    "rollouts.place.ended": Sentence(
        _L, _cohort(lambda: gettext("Plassen i %(cohort)s avsluttet"))
    ),
    "rollouts.place.offered": Sentence(
        _L, _cohort(lambda: gettext("Tilbudt ledig plass i %(cohort)s")), _I
    ),
    "rollouts.offer.taken": Sentence(
        _L, _cohort(lambda: gettext("Tok imot plassen i %(cohort)s")), _I
    ),
    "rollouts.offer.declined": Sentence(
        _L, _cohort(lambda: gettext("Lot den neste få plassen i %(cohort)s")), _I
    ),
    "rollouts.offer.expired": Sentence(
        _L, _cohort(lambda: gettext("Fristen for tilbudet om plass i %(cohort)s gikk ut")), _I
    ),
    "rollouts.grant.given": Sentence(
        _L, _named(lambda: gettext("Fullmakt gitt til å svare om %(name)s")), _I
    ),
    "rollouts.grant.ended": Sentence(
        _L, _named(lambda: gettext("Fullmakt til å svare om %(name)s avsluttet")), _I
    ),
    # --- rollouts, who works with them, and cohorts ---
    "rollouts.rollout.created": Sentence(
        _L, _named(lambda: gettext("Plan for innføringsløpet %(name)s laget"))
    ),
    "rollouts.rollout.intended": Sentence(
        _L, _named(lambda: gettext("%(name)s varslet")), Audience.TOLD_ELSEWHERE
    ),
    "rollouts.rollout.changed": Sentence(_L, _named(lambda: gettext("%(name)s endret"))),
    "rollouts.rollout.announced": Sentence(
        _L, _named(lambda: gettext("%(name)s varslet til koordineringsgruppen"))
    ),
    "rollouts.rollout.shared": Sentence(
        _L, _named(lambda: gettext("Planen for %(name)s delt med koordineringsgruppen"))
    ),
    "rollouts.rollout.anchored": Sentence(
        _L, _named(lambda: gettext("%(name)s: hvor løpet er forankret, skrevet inn"))
    ),
    "rollouts.rollout.opened": Sentence(
        _L, _named(lambda: gettext("%(name)s åpnet for påmelding"))
    ),
    "rollouts.rollout.moved": Sentence(_L, _moved_rollout, reason_is_open=True),
    "rollouts.worker.added": Sentence(
        _L, _named(lambda: gettext("En person tatt inn i arbeidsgruppen for %(name)s"))
    ),
    "rollouts.worker.named": Sentence(
        _L,
        _named(lambda: gettext("En person tatt inn i arbeidsgruppen for %(name)s")),
        Audience.TOLD_ELSEWHERE,
    ),
    "rollouts.worker.ended": Sentence(
        _L, _named(lambda: gettext("En person ute av arbeidsgruppen for %(name)s"))
    ),
    "rollouts.actor.added": Sentence(
        _L, _named(lambda: gettext("Medvirkende aktør lagt til i %(name)s"))
    ),
    "rollouts.actor.changed": Sentence(
        _L, _named(lambda: gettext("Medvirkende aktør i %(name)s endret"))
    ),
    "rollouts.actor.removed": Sentence(
        _L, _named(lambda: gettext("Medvirkende aktør fjernet fra %(name)s"))
    ),
    "rollouts.cohort.created": Sentence(_L, _cohort(lambda: gettext("%(cohort)s laget"))),
    "rollouts.cohort.changed": Sentence(_L, _cohort(lambda: gettext("%(cohort)s endret"))),
    "rollouts.cohort.started": Sentence(_L, _cohort(lambda: gettext("%(cohort)s startet"))),
    "rollouts.cohort.finished": Sentence(_L, _cohort(lambda: gettext("%(cohort)s gjennomført"))),
    "rollouts.cohort.cancelled": Sentence(
        _L, _cohort(lambda: gettext("%(cohort)s avlyst")), reason_is_open=True
    ),
    "rollouts.stop_rule.fixed": Sentence(
        _L, _named(lambda: gettext("Stoppregel mellom puljene i %(name)s fastsatt"))
    ),
    "rollouts.stop_rule.measured": Sentence(
        _L, _cohort(lambda: gettext("Tall til stoppregelen registrert for %(cohort)s"))
    ),
    "rollouts.stop_rule.overridden": Sentence(
        _L,
        _cohort(lambda: gettext("Koordineringsgruppen lot %(cohort)s inviteres likevel")),
        reason_is_open=True,
    ),
    # --- invitations ---
    "rollouts.invitation.sent": Sentence(
        _L, _named(lambda: gettext("Kommunen ble invitert til %(name)s")), _I
    ),
    "rollouts.invitation.opened": Sentence(
        _L, _named(lambda: gettext("Lenken i invitasjonen til %(name)s ble åpnet")), _I
    ),
    "rollouts.invitation.sent_on": Sentence(
        _L, _named(lambda: gettext("Invitasjonen til %(name)s ble sendt videre i kommunen")), _I
    ),
    "rollouts.invitation.reminded": Sentence(
        _L, _named(lambda: gettext("Påminnelse om invitasjonen til %(name)s sendt")), _I
    ),
    "rollouts.invitation.to_call": Sentence(
        _L, _named(lambda: gettext("Kontaktpersonen skal ringe kommunen om %(name)s")), _I
    ),
    "rollouts.invitation.withdrawn": Sentence(
        _L, _named(lambda: gettext("Invitasjonen til %(name)s trukket tilbake")), _I
    ),
    "rollouts.invitation.link_revoked": Sentence(
        _L, _named(lambda: gettext("En lenke til invitasjonen til %(name)s sluttet å virke")), _I
    ),
    # --- before an invitation, and following up ---
    "rollouts.survey.asked": Sentence(
        _L, _named(lambda: gettext("Kartlegging for %(name)s sendt kontaktpersonene")), _I
    ),
    "rollouts.survey.answered": Sentence(
        _L, _named(lambda: gettext("Kartleggingen for %(name)s besvart for kommunen")), _I
    ),
    "rollouts.survey.closed": Sentence(
        _L, _named(lambda: gettext("Kartleggingen for %(name)s avsluttet")), _I
    ),
    "rollouts.evaluation.given": Sentence(
        _L, _named(lambda: gettext("Kommunen sa hva den har lært av %(name)s")), _I
    ),
    "rollouts.interest.stated": Sentence(
        _L, _named(lambda: gettext("Kommunen sa hva den mener om %(name)s")), _I
    ),
    "rollouts.interest.withdrawn": Sentence(
        _L, _named(lambda: gettext("Kommunen trakk det den sa om %(name)s")), _I
    ),
    "rollouts.note.written": Sentence(
        _L, _named(lambda: gettext("Notat etter en samtale om %(name)s")), _I
    ),
    "rollouts.note.withdrawn": Sentence(
        _L, _named(lambda: gettext("Notat om %(name)s trukket tilbake")), _I
    ),
    "rollouts.mailing.sent": Sentence(
        _L, _named(lambda: gettext("Melding til kommuner om %(name)s sendt")), _I
    ),
    "rollouts.feedback.given": Sentence(
        _L, _named(lambda: gettext("Tilbakemelding fra %(name)s til prosjektet")), _I
    ),
    "rollouts.feedback.replied": Sentence(
        _L, _named(lambda: gettext("Tilbakemelding fra %(name)s besvart")), _I
    ),
    # --- help, local roles, calendars and meetings ---
    "rollouts.help.asked": Sentence(
        _L, _plain(lambda: gettext("Kommunen ba regionen om hjelp")), _I
    ),
    "rollouts.help.replied": Sentence(
        _L, _plain(lambda: gettext("Nytt svar om hjelp til kommunen")), _I
    ),
    "rollouts.help.closed": Sentence(
        _L, _plain(lambda: gettext("Spørsmål om hjelp avsluttet")), _I
    ),
    "rollouts.local_role.given": Sentence(
        _P, _plain(lambda: gettext("Lokal rolle fordelt i kommunen")), _I
    ),
    "rollouts.local_role.ended": Sentence(
        _P, _plain(lambda: gettext("Lokal rolle i kommunen avsluttet")), _I
    ),
    "rollouts.local_role.handed_over": Sentence(
        _P, _plain(lambda: gettext("Lokale roller i kommunen overført til en annen")), _I
    ),
    "rollouts.calendar.made": Sentence(
        _P, _plain(lambda: gettext("Privat kalenderadresse laget")), _MINE
    ),
    "rollouts.calendar.revoked": Sentence(
        _P, _plain(lambda: gettext("Privat kalenderadresse stengt")), _MINE
    ),
    "rollouts.meeting.prepared": Sentence(_L, _about(lambda: gettext("Møtegrunnlag laget")), _I),
    "rollouts.meeting.taken_up": Sentence(
        _L, _about(lambda: gettext("Møtegrunnlag tatt opp i møtet")), _I
    ),
    # --- criteria and assessments ---
    "portfolio.criteria.loaded": Sentence(
        _S, _criteria(lambda: gettext("Kriteriene, versjon %(number)s, lagt inn"))
    ),
    "portfolio.criteria.published": Sentence(
        _S, _criteria(lambda: gettext("Kriteriene, versjon %(number)s, publisert"))
    ),
    "portfolio.criteria.drafted": Sentence(
        _S, _criteria(lambda: gettext("Utkast til kriteriene, versjon %(number)s, begynt")), _MINE
    ),
    "portfolio.criteria.described": Sentence(
        _S,
        _criteria(lambda: gettext("Opplysninger om utkastet, versjon %(number)s, endret")),
        _MINE,
    ),
    "portfolio.criteria.discarded": Sentence(
        _S, _criteria(lambda: gettext("Utkastet til versjon %(number)s slettet")), _MINE
    ),
    "portfolio.criterion.added": Sentence(
        _S, _criteria(lambda: gettext("Kriteriet «%(title)s» lagt til i utkastet")), _MINE
    ),
    "portfolio.criterion.changed": Sentence(
        _S, _criteria(lambda: gettext("Kriteriet «%(title)s» endret i utkastet")), _MINE
    ),
    "portfolio.criterion.moved": Sentence(
        _S, _criteria(lambda: gettext("Kriteriet «%(title)s» flyttet i utkastet")), _MINE
    ),
    "portfolio.criterion.removed": Sentence(
        _S, _criteria(lambda: gettext("Kriteriet «%(title)s» fjernet fra utkastet")), _MINE
    ),
    "portfolio.assessment.opened": Sentence(
        _S, _assessed(lambda: gettext("vurderingen mot kriteriene begynt")), _MINE
    ),
    "portfolio.assessment.moved": Sentence(
        _S,
        _assessed(lambda: gettext("vurderingen flyttet til kriteriene, versjon %(number)s")),
        _MINE,
    ),
    "portfolio.answer.changed": Sentence(
        _S, _assessed(lambda: gettext("svaret på «%(title)s» endret")), _MINE
    ),
    "portfolio.answer.judged": Sentence(
        _S, _assessed(lambda: gettext("«%(title)s» sett på: %(opinion)s")), _MINE
    ),
    "portfolio.evidence.added": Sentence(
        _S, _assessed(lambda: gettext("«%(words)s» lagt til ved «%(title)s»")), _MINE
    ),
    "portfolio.evidence.removed": Sentence(
        _S, _assessed(lambda: gettext("«%(words)s» fjernet fra «%(title)s»")), _MINE
    ),
    # --- ready for use ---
    "portfolio.gate.case_opened": Sentence(
        _S, _offer(lambda: gettext("Sak %(number)s om klar til bruk opprettet"))
    ),
    "portfolio.gate.decided": Sentence(
        _S, _offer(lambda: gettext("Besluttet «%(outcome)s»")), reason_is_open=True
    ),
    "portfolio.health.opened": Sentence(
        _S, _offer(lambda: gettext("Helsefaglig vurdering begynt"))
    ),
    "portfolio.health.assessor_named": Sentence(
        _S, _offer(lambda: gettext("Helsefaglig vurderer navngitt"))
    ),
    "portfolio.health.assessor_removed": Sentence(
        _S, _offer(lambda: gettext("Helsefaglig vurderer tatt ut"))
    ),
    "portfolio.health.question_added": Sentence(
        _S, _offer(lambda: gettext("Spørsmål lagt til i den helsefaglige vurderingen")), _MINE
    ),
    "portfolio.health.answered": Sentence(
        _S, _offer(lambda: gettext("Svar i den helsefaglige vurderingen endret")), _MINE
    ),
    "portfolio.health.finding_added": Sentence(
        _S, _offer(lambda: gettext("Funn lagt til i den helsefaglige vurderingen")), _MINE
    ),
    "portfolio.health.finding_changed": Sentence(
        _S, _offer(lambda: gettext("Funn i den helsefaglige vurderingen endret")), _MINE
    ),
    "portfolio.health.finding_removed": Sentence(
        _S, _offer(lambda: gettext("Funn fjernet fra den helsefaglige vurderingen")), _MINE
    ),
    "portfolio.health.condition_added": Sentence(
        _S, _offer(lambda: gettext("Vilkår lagt til i den helsefaglige vurderingen")), _MINE
    ),
    "portfolio.health.condition_removed": Sentence(
        _S, _offer(lambda: gettext("Vilkår fjernet fra den helsefaglige vurderingen")), _MINE
    ),
    "portfolio.health.concluded": Sentence(
        _S, _offer(lambda: gettext("Helsefaglig vurdering avsluttet: %(conclusion)s"))
    ),
    "portfolio.condition.met": Sentence(
        _S, _offer(lambda: gettext("Vilkår oppfylt")), reason_is_open=True
    ),
    "portfolio.condition.reopened": Sentence(
        _S, _offer(lambda: gettext("Vilkår ikke lenger meldt oppfylt"))
    ),
    # --- cases and bodies ---
    "governance.body.created": Sentence(_C, _of_body(lambda: gettext("Organet lagt til"))),
    "governance.body.changed": Sentence(
        _C, _of_body(lambda: gettext("Opplysninger om organet endret"))
    ),
    "governance.member.seated": Sentence(_C, _of_body(lambda: gettext("Medlem lagt til"))),
    "governance.member.named": Sentence(
        _C, _of_body(lambda: gettext("Medlem lagt til")), Audience.TOLD_ELSEWHERE
    ),
    "governance.member.ended": Sentence(
        _C, _of_body(lambda: gettext("Perioden til et medlem avsluttet"))
    ),
    "governance.case.opened": Sentence(_C, _case(lambda: gettext("Saken opprettet"))),
    "governance.case.changed": Sentence(_C, _case(lambda: gettext("Saken endret"))),
    "governance.case.withdrawn": Sentence(_C, _case(lambda: gettext("Saken trukket"))),
    "governance.case.decided": Sentence(_C, _case(lambda: gettext("Saken avgjort"))),
    # --- vendors ---
    "portfolio.readiness.asked": Sentence(
        Kind.VENDORS, _named(lambda: gettext("%(name)s spurt om datoene stemmer"))
    ),
    "portfolio.readiness.link_revoked": Sentence(
        Kind.VENDORS, _named(lambda: gettext("Lenkene til %(name)s trukket tilbake"))
    ),
    "municipalities.vendor.created": Sentence(
        Kind.VENDORS, _named(lambda: gettext("Leverandøren %(name)s lagt inn"))
    ),
    "municipalities.vendor.changed": Sentence(
        Kind.VENDORS, _about(lambda: gettext("Opplysninger om leverandøren endret"))
    ),
    "municipalities.product.created": Sentence(
        Kind.VENDORS, _named(lambda: gettext("Produktet %(name)s lagt inn"))
    ),
    "municipalities.product.changed": Sentence(
        Kind.VENDORS, _about(lambda: gettext("Opplysninger om produktet endret"))
    ),
    # --- reference data ---
    "municipalities.reference.loaded": Sentence(
        Kind.REFERENCE, _plain(lambda: gettext("Referansedata lastet inn"))
    ),
    "municipalities.codes.imported": Sentence(
        Kind.REFERENCE, _plain(lambda: gettext("Kommuneinndeling hentet fra SSB"))
    ),
    "municipalities.boundaries.imported": Sentence(
        Kind.REFERENCE, _plain(lambda: gettext("Kommunegrense hentet fra fil"))
    ),
    "example.systems.loaded": Sentence(
        Kind.REFERENCE, _about(lambda: gettext("Eksempeldata om systemer lagt inn"))
    ),
    "example.room.loaded": Sentence(
        Kind.REFERENCE, _plain(lambda: gettext("Eksempeldata om rom for nytt lagt inn"))
    ),
    "example.archives.loaded": Sentence(
        Kind.REFERENCE, _plain(lambda: gettext("Eksempeldata om postmottak lagt inn"))
    ),
    # --- messages ---
    "messages.invitation.repeated": Sentence(
        Kind.MESSAGES, _plain(lambda: gettext("Invitasjon sendt på nytt"))
    ),
    "messages.message.sent_again": Sentence(
        Kind.MESSAGES, _plain(lambda: gettext("Melding sendt på nytt"))
    ),
    "messages.choice.changed": Sentence(
        Kind.MESSAGES, _plain(lambda: gettext("Valg av meldinger endret")), Audience.OWN
    ),
}


def codes(*audiences: Audience) -> list[str]:
    """The codes told to one of the audiences."""
    return [code for code, sentence in SENTENCES.items() if sentence.audience in audiences]


def codes_about(kind: Kind) -> list[str]:
    return [code for code, sentence in SENTENCES.items() if sentence.kind is kind]


def sentence(code: str, details: Mapping[str, Any], *, subject: str = "") -> str:
    """What happened, in a few plain words that begin with a capital letter."""
    words = SENTENCES[code].words(Said(details, subject))
    return f"{words[:1].upper()}{words[1:]}"
