"""Every view × every role, in the own place and in another: who gets in, by GET and by POST.

`matrix.csv` is the table, and is reviewed as one. A view that is not in it fails the test.
After an intended change write it anew with SAMLOP_WRITE_MATRIX=1 and read the difference
before committing it: a «yes» too many is a leak.
"""

import csv
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from samlop.accounts.models import Membership, PeopleLoad, Person
from samlop.accounts.rules import Role
from samlop.files import services as file_services
from samlop.files.rules import DocumentKind
from samlop.governance.models import Case, Member
from samlop.governance.rules import Matter
from samlop.lib.actors import Machine
from samlop.messages import services as mail_services
from samlop.messages.models import Message
from samlop.messages.rules import Reason, State
from samlop.messages.services import mails
from samlop.municipalities.models import (
    Blackout,
    Municipality,
    MunicipalityCode,
    Region,
    RegionMembership,
    Vendor,
)
from samlop.municipalities.models import VendorProfile as Profile
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import (
    Answer,
    Condition,
    Gate,
    HealthFinding,
    MaterialText,
    Offer,
    ReadinessLink,
    Solution,
    TrialMunicipality,
    VendorDeal,
)
from samlop.portfolio.rules.copies import RowText, TemplateKind
from samlop.portfolio.rules.material import MaterialKind
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.services import assessments as assessment_services
from samlop.portfolio.services import copies as copy_services
from samlop.portfolio.services import criteria as criteria_services
from samlop.portfolio.services import health as health_services
from samlop.portfolio.services import material as material_services
from samlop.portfolio.services import readiness_links
from samlop.portfolio.services.material import Details, Edition, Upload
from samlop.rollouts.services.invitations import COPY
from samlop.uptake.models import (
    BenefitFigure,
    BenefitOverlap,
    ChosenBenefit,
    LedgerEntry,
    LedgerRemark,
    StageEvent,
)
from samlop.uptake.rules.benefits import Beneficiary, BenefitKind, FigureKind, Measure
from samlop.uptake.rules.figures import DecimalMark
from samlop.uptake.rules.indicators import IndicatorKind, Rhythm
from samlop.uptake.rules.stages import Source, Stage
from samlop.uptake.services import benefits as benefit_services
from samlop.uptake.services import indicators as indicator_services
from samlop.uptake.services import tokens as token_services
from samlop.uptake.services import usage as usage_services
from samlop.uptake.services.benefits import Written
from samlop.web.assessments.areas import ADDRESSES
from tests import factories as make
from tests import kept
from tests.rules.test_files import PDF
from tests.web import matrix_rollouts
from tests.web.matrix_rollouts import RolloutPlace

TABLE = Path(__file__).parent / "matrix.csv"
NOBODY = "visitor"
WHO = (NOBODY, *(role.value for role in Role))
PLACES = ("own", "other")
METHODS = ("GET", "POST")
# Leaving is the one thing that cannot be tried and then gone on from.
LEAVES = {"account_logout"}

Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """What the addresses of one place are made of."""

    municipality: str
    region: str
    vendor: str
    authority: str
    product: str
    person: int
    membership: int
    profile: int
    member: int
    blackout: int
    solution: str
    # What hangs on the solution, by the view whose address names it.
    of_solution: Mapping[str, int]
    # A link that reads the vendor's rows.
    token: str
    # Body, year and number: an open case in one's own place, a decided one in the other.
    case: tuple[str, int, int]
    seat: int
    # A file beside an answer: its row and its key.
    evidence: tuple[int, UUID]

    @property
    def case_is_open(self) -> bool:
        return self.solution == OWN_SOLUTION

    material: Mapping[str, object]
    # What must exist for a page of people, documents or mail to be there at all, by its view.
    rows: Mapping[str, int]
    file: UUID
    rollouts: RolloutPlace

    def arguments(self, name: str) -> dict[str, object]:
        area, _, view = name.rpartition(":")
        if area == "municipalities" or name == "history:municipality":
            pk = self.blackout if view == "remove_blackout" else self.profile
            return {"number": self.municipality, "pk": pk}
        if area in {"", "account"}:
            # None is set up, so that nobody finds it: tests of their own set one up.
            return {"provider_id": "ansattporten", "pk": self.membership}
        if area == "people":
            kind = view.partition("_")[0]
            key = {"vendor": self.vendor, "region": self.region, "load": self.region}.get(
                kind, self.authority if kind == "authority" else self.municipality
            )
            pk = self.person if view in TO_PERSONS else self.rows.get(view, self.membership)
            return {"key": key, "pk": pk}
        if area == "messages":
            mail = "archived" if view == "file" else "send_again"
            return {"pk": self.rows[mail], "number": 1}
        if area == "solutions":
            return {"slug": self.solution, "area": AREA.value, "pk": self.of_solution.get(view, 0)}
        if area == "readiness":
            return {
                "slug": self.vendor if view in OF_VENDOR else self.solution,
                "vendor": self.vendor,
                "area": Area.HOME_CARE.value,
                "product": self.product,
                "pk": self.of_solution["withdraw"],
                "token": self.token,
            }
        if area == "gates":
            pk = self.of_solution.get(f"gates:{view}", self.of_solution["gates:show"])
            return {"slug": self.solution, "area": ADDRESSES[Area.HOME_CARE], "pk": pk}
        if area == "benefits":
            pk = self.of_solution.get(name, self.of_solution["benefits:chosen"])
            return {"slug": self.solution, "number": self.municipality, "pk": pk}
        if area in {"cards", "costs"}:
            pk = self.of_solution["costs:withdraw_deal"]
            return {"slug": self.solution, "number": self.municipality, "pk": pk}
        if area == "forecasts":
            return {"slug": self.solution}
        if area == "ledger":
            pk = self.of_solution.get(name, self.of_solution["ledger:show"])
            return {"number": self.municipality, "pk": pk}
        if area == "indicators":
            pk = self.of_solution["indicators:revoke"]
            return {
                "slug": self.solution,
                "indicator": "malt-i-matrisen",
                "number": self.municipality,
                "pk": pk,
            }
        if area == "criteria":
            # A draft in one's own place, a published version in the other.
            return {"number": 2 if self.case_is_open else 1, "code": "gevinster"}
        if area == "assessments":
            return {
                "slug": self.solution,
                "area": ADDRESSES[Area.HOME_CARE],
                "code": "gevinster",
                "pk": self.evidence[0],
                "key": self.evidence[1],
                "name": "maling.txt",
            }
        if area == "governance":
            slug, year, number = self.case
            return {"slug": slug, "year": year, "number": number, "pk": self.seat}
        if area == "material":
            about = {"slug": self.solution} if view == "solution" else {}
            own_row = {"key": self.material["row"]} if view == "remove_row" else {}
            return {"number": self.municipality, **self.material, **about, **own_row}
        if area == "uptake":
            return {
                "slug": self.solution,
                "number": self.municipality,
                "area": ADDRESSES[Area.HOME_CARE],
                "stage": "tatt-i-bruk",
                "pk": self.of_solution["uptake:take_back"],
            }
        if area == "usage":
            return {"slug": self.solution, "pk": self.of_solution["usage:show"]}
        if area in {"rollouts", "support"}:
            return self.rollouts.arguments(name)
        if area == "vendors":
            return {"slug": self.vendor, "product": self.product}
        if area == "files":
            pk = self.rows.get(view, 0)
            return {"slug": self.region, "pk": pk, "key": self.file, "name": "Mandat.pdf"}
        return {"slug": self.region, "pk": self.member}


# The solution whose programme the matrix's programme person is of.
OWN_SOLUTION = "kjernejournal"
TO_PERSONS = {"person", "erase"}
# The views of readiness that a vendor's own people have.
OF_VENDOR = {"own", "own_add", "upload", "apply"}
# An area that no solution of the example is offered in.
AREA = Area.REHABILITATION


def views() -> dict[str, list[str]]:
    """Every named address of the product and the arguments it takes."""

    def walk(
        patterns: list[URLPattern | URLResolver], area: str = ""
    ) -> Iterator[tuple[str, list[str]]]:
        for one in patterns:
            if isinstance(one, URLResolver):
                inside = f"{one.namespace}:" if one.namespace else ""
                yield from walk(one.url_patterns, area + inside)
            else:
                yield f"{area}{one.name}", list(one.pattern.converters)

    return dict(walk(get_resolver().url_patterns))


@pytest.fixture(scope="module")
def country(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Mapping[str, Place]]:
    with django_db_blocker.unblock():
        kept.country()
        criteria_services.start_draft(by=Machine("matrix"), at=timezone.now())
        yield {
            "own": place("4219", "digi-agder", "visma", "agder", "gerica", OWN_SOLUTION),
            "other": place("0301", "digi-rogaland", "tietoevry", "rogaland", "gerica", "digihelse"),
        }
        kept.empty()


def place(number: str, region: str, vendor: str, county: str, product: str, solution: str) -> Place:
    municipality = MunicipalityCode.objects.get(number=number, valid_to=None).municipality
    held = Membership.objects.filter(municipality=municipality, role=Role.DECISION_MAKER.value)
    if not held:
        someone = Person.objects.create(
            name="Annet sted", email="annet@example.invalid", is_example=True
        )
        for role in (Role.DECISION_MAKER, Role.MUNICIPAL_COORDINATOR):
            Membership.objects.create(
                person=someone,
                role=role.value,
                municipality=municipality,
                valid_from=date(2024, 1, 1),
            )
    membership = held.order_by("pk")[0]
    group = Region.objects.get(slug=region)
    blackout = Blackout.objects.create(
        municipality=municipality,
        valid_from=date(2050, 1, 1),
        valid_to=date(2050, 2, 1),
        reason="Innflytting",
    )
    return Place(
        municipality=number,
        region=region,
        vendor=vendor,
        authority=f"{county}-fylkeskommune",
        product="visma-flyt-helse" if vendor == "visma" else product,
        person=membership.person_id,
        membership=membership.pk,
        profile=Profile.objects.filter(municipality=municipality).order_by("pk")[0].pk,
        member=RegionMembership.objects.filter(region=group).order_by("pk")[0].pk,
        blackout=blackout.pk,
        solution=solution,
        of_solution=of_solution(solution, municipality, vendor),
        token=token_of(vendor, membership.person),
        case=case_of(is_open=solution == OWN_SOLUTION),
        seat=Member.objects.order_by("pk")[0].pk,
        evidence=evidence_of(solution),
        material=material_of(solution, municipality),
        rollouts=matrix_rollouts.of(
            municipality,
            number=number,
            region=group,
            decides=membership.person,
            # One's own is led by whoever leads rollouts in the example; the other by a stranger.
            leader=holder(Role.ROLLOUT_LEADER.value) if solution == OWN_SOLUTION else make.person(),
        ),
        **of_people(group, municipality, membership.person),
    )


def of_people(group: Region, municipality: Municipality, person: Person) -> dict[str, Any]:
    """A list that was loaded, a last coordinator, two documents and a mail that did not arrive."""
    by, at = Machine("matrix"), timezone.now()
    coordinator = Membership.objects.filter(
        municipality=municipality, role=Role.MUNICIPAL_COORDINATOR.value
    ).order_by("pk")[0]
    here, gone = (
        file_services.add_document(
            region=group,
            kind=DocumentKind.MANDATE,
            title=title,
            name="Mandat.pdf",
            content=PDF,
            by=by,
            at=at,
        )
        for title in ("Mandat", "Gammelt mandat")
    )
    file_services.remove_document(document=gone, by=by, at=at)
    message = mail_services.queue(mails.CHANGED, to=person, at=at, context={"what": "password"})
    Message.objects.filter(pk=message.pk).update(
        state=State.FAILED.value, reason=Reason.REFUSED.value, next_attempt_at=None
    )
    assert here.file is not None
    return {
        "rows": {
            "load_undo": PeopleLoad.objects.create(region=group, loaded_at=at).pk,
            "take_over": coordinator.pk,
            "remove_document": here.pk,
            "restore_document": gone.pk,
            "send_again": message.pk,
            # The example's own copies of invitations to archives.
            "archived": Message.objects.filter(kind=COPY).order_by("pk")[0].pk,
        },
        "file": here.file.key,
    }


def material_of(slug: str, municipality: Municipality) -> Mapping[str, object]:
    """A template of the solution, a file, and the municipality's copy with a row of its own."""
    solution = Solution.objects.get(slug=slug)
    by, at = Machine("matrix"), timezone.now()

    def add(title: str, edition: Edition, template: TemplateKind | None = None) -> MaterialText:
        details = Details(title=title, kind=MaterialKind.ROS, solutions=(solution,))
        made = material_services.add(
            details=details, editions=[edition], template=template, by=by, at=at
        )
        return MaterialText.objects.select_related("file").get(version__material=made)

    row = RowText(key="r1", section="", heading="Rad")
    bokmal = LanguageForm.BOKMAL
    text = add(f"Mal {slug}", Edition(language=bokmal, rows=(row,)), TemplateKind.ROS)
    file = add(f"Fil {slug}", Edition(language=bokmal, upload=Upload("a.pdf", PDF)))
    copy = copy_services.make(text=text, municipality=municipality, by=by, at=at)
    own = copy_services.add_row(copy=copy, heading="Egen", section="", by=by, at=at)
    assert file.file is not None
    return {
        "slug": f"mal-{slug}",
        "form": "docx",
        "pk": copy.pk,
        "row": own.key,
        "key": file.file.key,
        "name": "a.pdf",
    }


def evidence_of(slug: str) -> tuple[int, UUID]:
    answer = Answer.objects.select_related("assessment").get(
        assessment__offer__solution__slug=slug,
        assessment__offer__area=Area.HOME_CARE.value,
        assessment__ended_at=None,
        criterion__code="gevinster",
    )
    shown = assessment_services.add_file(
        answer=answer,
        words="Måling",
        name="maling.txt",
        content=b"42",
        by=Machine("matrix"),
        at=timezone.now(),
    )
    assert shown.file is not None
    return shown.pk, shown.file.key


def case_of(*, is_open: bool) -> tuple[str, int, int]:
    rows = Case.objects.open() if is_open else Case.objects.decided()
    case = rows.filter(matter=Matter.ORDINARY.value).select_related("body").order_by("pk")[0]
    return case.body.slug, case.year, case.number


def token_of(vendor: str, person: Person) -> str:
    at = timezone.now()
    link = ReadinessLink.objects.create(
        vendor=Vendor.objects.get(slug=vendor),
        person=person,
        asked_at=at,
        expires_at=at + timedelta(days=1),
    )
    return readiness_links.token(link)


def of_benefits(solution: Solution, municipality: Municipality) -> Mapping[str, int]:
    """A benefit that the municipality has measured, and another that counts the same."""
    by, at = Machine("matrix"), timezone.now()
    one, other = (
        benefit_services.write(
            solution=solution,
            written=Written(
                name=name,
                beneficiary=Beneficiary.SERVICE,
                kind=BenefitKind.TIME,
                measure=Measure.HOURS,
            ),
            by=by,
            at=at,
        )
        for name in ("Spart tid", "Mindre venting")
    )
    benefit_services.say_overlap(first=one, second=other, by=by, at=at)
    held = ChosenBenefit.objects.filter(plan__municipality=municipality, plan__solution=solution)
    # The example may have filled the plan already.
    if not held.exists():
        benefit_services.choose(municipality=municipality, benefits=[one], by=by, at=at)
    chosen = held.order_by("pk")[0]
    figure = BenefitFigure.objects.create(
        chosen=chosen,
        kind=FigureKind.MEASUREMENT.value,
        day=timezone.localdate(),
        value=10,
        recorded_at=at,
    )
    return {
        "benefits:chosen": chosen.pk,
        "benefits:withdraw": figure.pk,
        "benefits:edit": other.pk,
        "benefits:retire": other.pk,
        "benefits:remove_overlap": BenefitOverlap.objects.get(second=other).pk,
    }


def of_solution(slug: str, municipality: Municipality, vendor: str) -> Mapping[str, int]:
    """One of everything that hangs on a solution, so that no view answers «not found»."""
    solution = Solution.objects.get(slug=slug)
    Offer.objects.create(solution=solution, area=AREA.value)
    offer = solution.offers.get(area=Area.HOME_CARE.value)
    required = Solution.objects.get(slug="elektronisk-medisineringsstotte")
    trial = TrialMunicipality.objects.create(
        offer=offer, municipality=municipality, valid_from=date(2025, 1, 1)
    )
    assessor = holder(Role.HEALTH_ASSESSOR.value)
    by, at = Machine("matrix"), timezone.now()
    health = health_services.open_assessment(offer=offer, by=by, at=at)
    named = health_services.name_assessor(
        assessment=health, person=assessor, by=by, on=timezone.localdate()
    )
    finding = HealthFinding.objects.create(assessment=health, severity="low", text="Funn")
    condition = Condition.objects.create(health=health, text="Gjør", due_by=date(2050, 1, 1))
    own_word = StageEvent.objects.create(
        offer=offer,
        municipality=municipality,
        stage=Stage.IN_USE.value,
        happened_on=timezone.localdate(),
        source=Source.MUNICIPALITY.value,
        recorded_at=at,
    )
    gate = Gate.objects.filter(offer=offer).order_by("pk")[0]
    of_body = Condition.objects.create(gate=gate, text="Gjør", due_by=date(2050, 1, 1))
    LedgerRemark.objects.create(
        municipality=municipality, offer=offer, words="Vår merknad.", recorded_at=at
    )
    indicator_services.add_indicator(
        solution=solution,
        name="Målt i matrisen",
        unit="oppslag",
        kind=IndicatorKind.COUNT,
        rhythm=Rhythm.MONTH,
        definition="Oppslag.",
        valid_from=date(2024, 1, 1),
        by=by,
        at=at,
    )
    token, _ = token_services.issue(
        solution=solution,
        name="Matrisen",
        source=Source.REGISTER,
        expires_on=timezone.localdate(),
        by=by,
        on=timezone.localdate(),
        at=at,
    )
    return {
        "indicators:revoke": token.pk,
        **of_benefits(solution, municipality),
        "costs:withdraw_deal": VendorDeal.objects.filter(offer__solution=solution)[0].pk,
        "gates:show": gate.pk,
        "ledger:show": LedgerEntry.objects.order_by("pk")[0].pk,
        "ledger:remark": offer.pk,
        "ledger:withdraw": offer.pk,
        "gates:meet_condition": of_body.pk,
        "gates:reopen_condition": of_body.pk,
        "gates:remove_assessor": named.pk,
        "gates:edit_finding": finding.pk,
        "gates:remove_finding": finding.pk,
        "gates:remove_condition": condition.pk,
        "uptake:take_back": own_word.pk,
        "usage:show": usage_read(solution),
        "withdraw_phase": offer.phases.order_by("pk")[0].pk,
        "remove_link": solution.links.order_by("pk")[0].pk,
        "remove_prerequisite": solution.prerequisites.create(requires=required).pk,
        "change_trial": trial.pk,
        "withdraw": offer.readiness.filter(product__vendor__slug=vendor).order_by("pk")[0].pk,
    }


def usage_read(solution: Solution) -> int:
    """A file of figures that is read and waits for an answer."""
    by, at = Machine("matrix"), timezone.now()
    source = indicator_services.add_source(
        solution=solution,
        name="Matrise",
        source=Source.USAGE_LOG,
        mark=DecimalMark.EITHER,
        by=by,
        at=at,
    )
    row = usage_services.stage(
        source=source, file_name="tall.csv", sha256="0" * 64, figures=[], by=by, at=at
    )
    return row.pk


def holder(role: str) -> Person:
    held = Membership.objects.filter(role=role, person__email__contains="-")
    return held.order_by("pk")[0].person


def outcome(answer: HttpResponseBase) -> str:
    if answer.status_code == 302 and answer.headers["Location"].startswith("/konto/logg-inn/"):
        return "sign in"
    # «key»: only a system with a key of its own, whoever is signed in.
    return {401: "key", 403: "no", 404: "hidden", 405: "-"}.get(answer.status_code, "yes")


def session_of(client: Client) -> str:
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""


def seen(who: str, country: Mapping[str, Place]) -> dict[Row, str]:
    """What every view answers this person, each try undone."""
    client = Client()
    found: dict[Row, str] = {}
    for name, takes in views().items():
        for where in PLACES:
            if where == "other" and not takes:
                continue
            arguments = country[where].arguments(name)
            address = reverse(name, kwargs={key: arguments[key] for key in takes})
            for method in METHODS:
                if name in LEAVES and method == "POST":
                    found[name, where, method] = "yes"
                    continue
                # Erasing oneself, say, ends the session, and the try is undone but not that.
                if who != NOBODY and not session_of(client):
                    client.force_login(holder(who))
                with transaction.atomic():
                    answer = client.generic(method, address)
                    transaction.set_rollback(True)
                found[name, where, method] = outcome(answer)
    return found


def read() -> dict[Row, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["view"], row["place"], row["method"]): row for row in csv.DictReader(file)}


def write(found: Mapping[str, Mapping[Row, str]]) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("view", "place", "method", *WHO))
        for row in found[NOBODY]:
            out.writerow((*row, *(found[who][row] for who in WHO)))


@pytest.mark.django_db
@pytest.mark.skipif("SAMLOP_WRITE_MATRIX" not in os.environ, reason="writes the table anew")
def test_write_the_matrix(country: Mapping[str, Place]) -> None:
    write({who: seen(who, country) for who in WHO})


def test_the_matrix_lists_every_view_and_no_other() -> None:
    assert {name for name, _, _ in read()} == set(views())


@pytest.mark.django_db
@pytest.mark.parametrize("who", WHO)
def test_every_view_answers_each_role_as_the_matrix_says(
    country: Mapping[str, Place], who: str
) -> None:
    expected = {row: columns[who] for row, columns in read().items()}
    found = seen(who, country)
    assert {row: said for row, said in found.items() if said != expected.get(row)} == {}
