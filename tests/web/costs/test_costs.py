"""What a solution costs, on its pages: the four lines, the form, and the year on one sheet."""

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from samlop.accounts import services as accounts
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.municipalities.models import CapacityHours, Municipality, MunicipalityCode, Population
from samlop.municipalities.rules.kinds import CapacityRole, ProductKind
from samlop.portfolio.models import CostModel, Offer, VendorDeal
from samlop.portfolio.rules.costs import CostKey, CostKind, Deal, Line, Model, Span
from samlop.portfolio.rules.solutions import Area, Phase
from samlop.portfolio.services import costs as services
from samlop.web import clock
from tests import factories as make
from tests.web.solutions.conftest import sign_in

pytestmark = pytest.mark.django_db

HERE = "/losninger/legemiddellista/kostnad/"
BY = Machine("Programmet")
EDITORS = {Role.PROGRAMME, Role.PORTFOLIO_OWNER}
VKP = Model(
    lines=(
        Line(
            kind=CostKind.FIXED_SHARE,
            title="Fast halvdel",
            amount=Decimal(1_000_000),
            key=CostKey.HEALTH_NEED,
            source="Forskriften",
        ),
        Line(
            kind=CostKind.VARIABLE_SHARE,
            title="Variabel halvdel",
            amount=Decimal(1_000_000),
            key=CostKey.INHABITANTS,
        ),
        Line(kind=CostKind.ONCE_PER_INHABITANT, title="Digifin", amount=Decimal(20)),
    ),
    hours={CapacityRole.IT: Span(10, 20)},
    adopters=2,
)


@pytest.fixture
def offer() -> Offer:
    solution = make.solution(name="Legemiddellista", slug="legemiddellista")
    return make.offer(solution=solution, area=Area.HOME_CARE)


def municipality(name: str, inhabitants: int) -> tuple[Municipality, str]:
    made = make.municipality(name=name)
    Population.objects.create(
        municipality=made, counted_on=date(2026, 1, 1), inhabitants=inhabitants, source="test"
    )
    return made, MunicipalityCode.objects.get(municipality=made).number


def published(
    offer: Offer, model: Model = VKP, *, seen: int = 0, for_all_areas: bool = False
) -> CostModel:
    return services.publish(
        offer=offer,
        model=model,
        valid_from=date(2026, 1, 1),
        source="Prislista 2026",
        note="",
        for_all_areas=for_all_areas,
        seen=seen,
        adopters_on=date(2026, 1, 1) if model.adopters else None,
        by=BY,
        at=timezone.now(),
    )


def words(html: str) -> str:
    plain = re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1])
    return " ".join(plain.replace("\N{NO-BREAK SPACE}", " ").split())


FORM = {
    "valid_from": "2026-02-01",
    "source": "Prislista",
    "seen": "0",
    "slag-1": "once_each",
    "hva-1": "Oppstart",
    "belop-1": "18 000,50",
    "fra-it": "5",
    "til-it": "10",
}


def deal_form(product: str) -> dict[str, str]:
    return {
        "whose": product,
        "one_off": "18 000",
        "per": "municipality",
        "included": "Oppsett",
        "valid_from": "2026-01-01",
        "last": "2026-12-31",
        "source": "Brev",
    }


# --- who may ---


@pytest.mark.parametrize("role", Role)
def test_who_may_change_the_cost(role: Role, client: Client, offer: Offer) -> None:
    product = make.product()
    sign_in(client, role)
    may = role in EDITORS

    edited = client.post(f"{HERE}endre/", FORM)
    added = client.post(f"{HERE}tilbud/", deal_form(f"p{product.pk}"))

    assert (edited.status_code, added.status_code) == ((302, 302) if may else (403, 403))
    assert CostModel.objects.exists() is VendorDeal.objects.exists() is may
    page = client.get(HERE)
    assert page.status_code == 200
    assert ("Registrer felles tilbud" in page.text) is may
    if may:
        deal = VendorDeal.objects.get()
        response = client.post(f"{HERE}tilbud/{deal.pk}/trekk/", {"reason": "Feil pris"})
        assert response.status_code == 302
        assert not VendorDeal.objects.standing().exists()


def test_the_programme_of_another_solution_may_not(client: Client, offer: Offer) -> None:
    sign_in(client, Role.PROGRAMME, solution="annen")
    assert client.post(f"{HERE}endre/", FORM).status_code == 403


# --- the four lines ---


def test_everybody_sees_the_four_lines_of_a_municipality(client: Client, offer: Offer) -> None:
    _, number = municipality("Evje", 3_000)
    municipality("Oslo", 7_000)
    published(offer)

    page = words(client.get(f"{HERE}?kommune={number}").text)

    assert "Betaler dere uansett kr 300 000 per år" in page
    assert "kr 1 000 000 × 3 000 av 10 000 innbyggere" in page
    assert "Delkostnadsnøkkelen for kommunehelse er ikke lagt inn" in page
    assert "Kommer i tillegg om dere blir med kr 300 000 per år" in page
    assert "om lag kr 25 000" in page
    assert "Engangskostnad kr 60 000 én gang" in page
    assert "kr 20 × 3 000 innbyggere" in page
    # A municipality of 2 000 to 4 999 has two thirds of the hours of the middle one.
    assert "Egne timer 7–13 timer" in page
    assert "Kilde: Forskriften" in page


def test_the_figure_at_another_number_of_adopters(client: Client, offer: Offer) -> None:
    _, number = municipality("Evje", 3_000)
    municipality("Oslo", 7_000)
    published(offer)
    page = words(client.get(f"{HERE}?kommune={number}&antall=1").text)
    assert "Kommer i tillegg om dere blir med kr 1 000 000 per år" in page
    for strange in ("0", "-4", "mange", "99999", "9999999999", ""):
        assert client.get(f"{HERE}?kommune={number}&antall={strange}").status_code == 200


def test_a_person_of_one_municipality_sees_her_own_without_asking(
    client: Client, offer: Offer
) -> None:
    made, _ = municipality("Evje", 3_000)
    municipality("Oslo", 7_000)
    published(offer)
    assert "Velg en kommune for å se" in client.get(HERE).text
    person = make.person()
    accounts.grant(
        person=person, role=Role.DECISION_MAKER, municipality=made, by=BY, on=make.SOME_DAY
    )
    client.force_login(person)
    assert "Hva det blir for Evje" in client.get(HERE).text


def test_what_is_not_known_is_said(client: Client, offer: Offer) -> None:
    made = make.municipality(name="Nyvik")
    number = MunicipalityCode.objects.get(municipality=made).number
    municipality("Oslo", 7_000)
    published(offer)
    page = words(client.get(f"{HERE}?kommune={number}").text)
    assert "Betaler dere uansett Ikke kjent" in page
    assert "Innbyggertallet er ikke kjent" in page


def test_a_joint_offer_counts_for_those_who_have_the_product(client: Client, offer: Offer) -> None:
    made, number = municipality("Evje", 3_000)
    municipality("Oslo", 7_000)
    product = make.product(name="Journal")
    published(offer)
    services.add_deal(
        offer=offer,
        vendor=product.vendor,
        product=product,
        deal=Deal(
            pk=0,
            vendor="",
            one_off=Decimal(18_000),
            included="Oppsett og kurs",
            valid_to=date(2100, 1, 1),
            source="Brev",
        ),
        valid_from=date(2026, 1, 1),
        by=BY,
        at=timezone.now(),
    )
    assert "Engangskostnad kr 60 000" in words(client.get(f"{HERE}?kommune={number}").text)
    make.use(municipality=made, product=product)
    page = words(client.get(f"{HERE}?kommune={number}").text)
    assert "Engangskostnad kr 78 000" in page
    assert "Oppsett og kurs Gjelder til og med 31. desember 2099" in page
    assert "kr 18 000 én gang" in page


def test_a_price_of_the_whole_solution_is_shown_in_every_area(client: Client, offer: Offer) -> None:
    make.offer(solution=offer.solution, area=Area.NURSING_HOME)
    for name in ("Evje", "Oslo"):
        municipality(name, 3_000)
    published(offer)
    elsewhere = f"{HERE}?omrade=sykehjem"
    assert "Ingen har lagt inn hva løsningen koster" in client.get(elsewhere).text
    published(offer, seen=1, for_all_areas=True)
    assert "Fast halvdel" in client.get(elsewhere).text


def test_the_file_of_all_municipalities_adds_up(client: Client, offer: Offer) -> None:
    for name, inhabitants in (("Evje", 3_001), ("Oslo", 7_000), ("Moss", 13)):
        municipality(name, inhabitants)
    published(offer)
    content = client.get(f"{HERE}?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert [row["Kommune"] for row in rows] == ["Evje", "Moss", "Oslo"]
    assert sum(int(row["Betales uansett, per år"]) for row in rows) == 1_000_000


# --- the form ---


def test_a_new_version_begins_with_the_last(client: Client, offer: Offer) -> None:
    municipality("Evje", 3_000)
    municipality("Oslo", 7_000)
    published(offer)
    sign_in(client, Role.PROGRAMME)
    page = client.get(f"{HERE}endre/").text
    assert 'value="Fast halvdel"' in page
    assert 'name="seen" value="1"' in page

    response = client.post(f"{HERE}endre/", {**FORM, "seen": "1"}, follow=True)

    assert "Ny versjon er lagret" in response.text
    row = CostModel.objects.get(version=2)
    line = row.lines.get()
    assert (line.title, line.amount) == ("Oppstart", Decimal("18000.50"))
    assert [(one.role, one.low, one.high) for one in row.hours.all()] == [("it", 5, 10)]
    assert "Gjelder fra 1. januar 2026" in words(client.get(HERE).text)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"belop-1": ""}, "Skriv et beløp, eller tøm linja"),
        ({"belop-1": "mye"}, "Skriv et beløp i kroner"),
        ({"belop-1": "1,234"}, "Skriv et beløp i kroner"),
        ({"belop-1": "NaN"}, "Skriv et beløp i kroner"),
        ({"belop-1": "0"}, "Skriv et beløp over 0"),
        ({"hva-1": ""}, "Skriv hva beløpet gjelder"),
        ({"slag-1": ""}, "Velg hva slags beløp"),
        ({"slag-1": "fixed_share"}, "Velg hva andelen deles etter"),
        (
            {"slag-1": "variable_share", "nokkel-1": "equal"},
            "Skriv hvor mange kommuner som bruker løsningen nå",
        ),
        ({"adopters": "1"}, "Skriv når det ble telt"),
        ({"adopters": "99", "adopters_on": "2026-01-01"}, "Det er ikke så mange kommuner"),
        ({"fra-it": "20"}, "det laveste tallet først"),
        ({"source": ""}, "Skriv hvor tallene kommer fra"),
        ({"slag-1": "", "hva-1": "", "belop-1": "", "fra-it": "", "til-it": ""}, "Skriv minst ett"),
    ],
)
def test_what_cannot_be_saved_is_told_and_kept(
    changes: dict[str, str], sentence: str, client: Client, offer: Offer
) -> None:
    municipality("Evje", 3_000)
    sign_in(client, Role.PROGRAMME)
    response = client.post(f"{HERE}endre/", {**FORM, "note": "Skrevet lenge på", **changes})
    assert response.status_code == 422
    assert sentence in response.text
    assert "Skrevet lenge på" in response.text
    assert not CostModel.objects.exists()


def test_two_who_write_at_once_lose_nothing(client: Client, offer: Offer) -> None:
    municipality("Evje", 3_000)
    municipality("Oslo", 7_000)
    sign_in(client, Role.PROGRAMME)
    published(offer)
    refused = client.post(f"{HERE}endre/", FORM)
    assert refused.status_code == 422
    assert "ny versjon mens du skrev" in refused.text
    assert 'value="18 000,50"' in refused.text
    assert 'name="seen" value="1"' in refused.text
    assert client.post(f"{HERE}endre/", {**FORM, "seen": "1"}).status_code == 302


def test_a_joint_offer_may_be_for_all_products_of_a_vendor(client: Client, offer: Offer) -> None:
    product = make.product(name="Journal")
    sign_in(client, Role.PROGRAMME)
    response = client.post(f"{HERE}tilbud/", deal_form(f"v{product.vendor_id}"), follow=True)
    assert "Alle produkter" in response.text
    row = VendorDeal.objects.get()
    assert (row.product, row.valid_to) == (None, date(2027, 1, 1))
    refused = client.post(f"{HERE}tilbud/", {**deal_form(f"p{product.pk}"), "one_off": ""})
    assert refused.status_code == 422
    assert "Skriv en engangspris" in refused.text


# --- the year ---


def year_address(number: str) -> str:
    return f"/kommuner/{number}/e-helse-neste-ar/"


def ready(name: str, slug: str, model: Model, phase: Phase = Phase.READY_FOR_USE) -> Offer:
    solution = make.solution(name=name, slug=slug)
    offer = make.offer(solution=solution, area=Area.HOME_CARE)
    make.phase(offer=offer, phase=phase, on=date(2026, 1, 1))
    published(offer, model)
    return offer


DIGIFIN = Model(
    lines=(Line(kind=CostKind.ONCE_PER_INHABITANT, title="Digifin", amount=Decimal(20)),),
    hours={CapacityRole.IT: Span(3, 6)},
)


def test_the_year_adds_up_all_solutions(client: Client) -> None:
    _, number = municipality("Evje", 3_000)
    municipality("Oslo", 7_000)
    ready("Knutepunktet", "vkp", VKP)
    ready("Digihelse", "digihelse", DIGIFIN, Phase.UNDER_TRIAL)
    make.phase(
        offer=make.offer(solution=make.solution(name="Uprisa")),
        phase=Phase.UNDER_TRIAL,
        on=date(2026, 1, 1),
    )

    page = words(client.get(year_address(number)).text)

    assert f"E-helse {clock.today().year + 1}" in page
    # What may be joined is ticked; what is on trial is not.
    assert "1 løsning er krysset av kr 300 000 kr 300 000 kr 60 000 7–13 timer" in page
    assert "Har ingen pris ennå Uprisa Under utprøving" in page

    both = f"{year_address(number)}?valgt=1&med=vkp.home_care&med=digihelse.home_care"
    page = words(client.get(both).text)
    assert "2 løsninger er krysset av kr 300 000 kr 300 000 kr 120 000 9–17 timer" in page
    none = words(client.get(f"{year_address(number)}?valgt=1").text)
    assert "0 løsninger er krysset av kr 300 000 kr 0 kr 0 0 timer" in none


def test_the_year_is_one_sheet_of_tagged_pdf(client: Client) -> None:
    _, number = municipality("Evje", 3_000)
    municipality("Oslo", 7_000)
    for index in range(20):
        ready(f"Løsning nummer {index} med et langt navn", f"losning-x{index}", VKP)

    response = client.get(f"{year_address(number)}?format=pdf")

    assert response.headers["Content-Type"] == "application/pdf"
    assert f"-{number}.pdf" in response.headers["Content-Disposition"]
    paper = PdfReader(io.BytesIO(response.content))
    assert len(paper.pages) == 1
    assert "/StructTreeRoot" in paper.root_object
    text = paper.pages[0].extract_text().replace("\N{NO-BREAK SPACE}", " ")
    assert "Evje" in text
    assert "Betaler dere uansett" in text
    assert "kr 6 000 000" in text


def test_the_year_is_public_and_the_room_is_not(client: Client) -> None:
    made, number = municipality("Evje", 3_000)
    ready("Knutepunktet", "vkp", DIGIFIN)
    next_year = clock.today().year + 1
    for quarter in (1, 4, 7, 10):
        for role in CapacityRole:
            CapacityHours.objects.create(
                municipality=made, quarter=date(next_year, quarter, 1), role=role.value, hours=77
            )
    said = "Dere har satt av"
    assert said not in client.get(year_address(number)).text

    sign_in(client, Role.DECISION_MAKER)
    assert said not in client.get(year_address(number)).text
    sign_in(client, Role.PROGRAMME, solution="vkp")
    assert said not in client.get(year_address(number)).text

    person = make.person()
    accounts.grant(
        person=person, role=Role.DECISION_MAKER, municipality=made, by=BY, on=make.SOME_DAY
    )
    client.force_login(person)
    # The quarters of the year that lie within the eight ahead, each of four roles.
    assert said in client.get(year_address(number)).text
    paper = PdfReader(io.BytesIO(client.get(f"{year_address(number)}?format=pdf").content))
    assert said not in paper.pages[0].extract_text()


def test_the_year_can_be_downloaded(client: Client) -> None:
    _, number = municipality("Evje", 3_000)
    ready("Digihelse", "digihelse", DIGIFIN)
    content = client.get(f"{year_address(number)}?format=csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(content), delimiter=";")
    assert (row["Løsning"], row["Engangskostnad"], row["Talt med"]) == ("Digihelse", "60000", "ja")


def test_this_year_can_be_asked_for_and_no_other(client: Client) -> None:
    _, number = municipality("Evje", 3_000)
    this = clock.today().year
    assert f"E-helse {this}" in client.get(f"{year_address(number)}?ar={this}").text
    for strange in ("1999", "x", str(this + 5)):
        assert f"E-helse {this + 1}" in client.get(f"{year_address(number)}?ar={strange}").text


def test_without_prices_the_page_says_so(client: Client) -> None:
    _, number = municipality("Evje", 3_000)
    assert "Ingen løsninger har en pris ennå" in client.get(year_address(number)).text
    assert client.get(year_address("0000")).status_code == 404


def test_the_municipality_and_its_people_are_led_to_the_year(client: Client) -> None:
    made, number = municipality("Evje", 3_000)
    assert year_address(number) in client.get(f"/kommuner/{number}/").text
    person = make.person()
    accounts.grant(
        person=person, role=Role.DECISION_MAKER, municipality=made, by=BY, on=make.SOME_DAY
    )
    client.force_login(person)
    assert year_address(number) in client.get("/").text


def test_the_pages_cost_the_same_for_few_and_for_many(client: Client, offer: Offer) -> None:
    made, number = municipality("Evje", 3_000)
    municipality("Oslo", 7_000)
    published(offer)
    make.phase(offer=offer, phase=Phase.READY_FOR_USE, on=date(2026, 1, 1))
    pages = (f"{HERE}?kommune={number}", year_address(number))
    counts = {}
    for address in pages:
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        counts[address] = len(few)
    published(offer, seen=1)
    for index in range(8):
        municipality(f"Kommune {index}", 1_000)
        other = ready(f"Ny {index}", f"ny-{index}", VKP)
        product = make.product(kind=ProductKind.WELFARE_TECHNOLOGY)
        make.use(municipality=made, product=product)
        for one in (offer, other):
            services.add_deal(
                offer=one,
                vendor=product.vendor,
                product=product,
                deal=Deal(pk=0, vendor="", one_off=Decimal(1), included="Alt", source="Brev"),
                valid_from=date(2026, 1, 1),
                by=BY,
                at=datetime(2026, 1, 1, tzinfo=timezone.get_current_timezone()),
            )
    for address in pages:
        with CaptureQueriesContext(connection) as many:
            client.get(address)
        assert len(many) == counts[address], [query["sql"] for query in many]
