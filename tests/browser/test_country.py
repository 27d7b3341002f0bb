"""The product as it is after the first start, in a browser: every page, and the first journeys."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from tests import kept
from tests.browser.conftest import OpenPage, Scheme

Check = Callable[[Page], list[str]]

PUBLIC = (
    "/",
    "/kommuner/",
    "/kommuner/?fylke=42&sorter=-innbyggere",
    "/kommuner/?q=finnes+ikke+her",
    "/kommuner/?visning=kart",
    "/kommuner/?dato=2023-11-01",
    "/kommuner/4219/",
    "/kommuner/1507/",
    "/regioner/",
    "/regioner/digi-agder/",
    "/regioner/agder/",
    "/losninger/",
    "/losninger/?visning=tabell&sorter=-siden",
    "/losninger/?visning=kart&dekning=kjernejournal.home_care",
    "/losninger/?q=finnes+ikke+her",
    "/losninger/pasientens-legemiddelliste/",
    "/losninger/velferdsteknologisk-knutepunkt/?dato=2022-07-01",
    "/losninger/helhetlig-tjenestemodell/",
    "/losninger/pasientens-legemiddelliste/historikk/",
    "/losninger/pasientens-legemiddelliste/leverandorer/",
    "/losninger/velferdsteknologisk-knutepunkt/leverandorer/?omrade=nursing_home&kommuner=venter",
    "/losninger/pasientens-legemiddelliste/leverandorer/home_care/gerica/",
    "/losninger/kjernejournal/leverandorer/?q=finnes+ikke+her",
    "/losninger/kjernejournal/beslutninger/",
    "/losninger/digital-hjemmeoppfolging/beslutninger/hjemmetjeneste/",
    "/losninger/digihelsestasjon/helsefaglig/helsestasjon/",
    "/losninger/kjernejournal/innforingstype/",
    "/losninger/velferdsteknologisk-knutepunkt/innforingstype/?omrade=hjemmetjeneste",
    "/losninger/digital-hjemmeoppfolging/innforingstype/",
    "/losninger/velferdsteknologisk-knutepunkt/innforingstype/star-utenfor/",
    "/losninger/velferdsteknologisk-knutepunkt/innforingstype/star-utenfor/?q=finnes+ikke",
    "/losninger/kjernejournal/utbredelse/",
    "/losninger/helhetlig-tjenestemodell/utbredelse/",
    "/kommuner/0301/utbredelse/",
    "/utbredelse/kjernejournal/prognose/",
    "/utbredelse/helhetlig-tjenestemodell/prognose/",
    "/utbredelse/kjernejournal/prognose/treff/",
    "/utbredelse/vesentlig-andel/",
    "/utbredelse/indikatorer/",
    "/utbredelse/indikatorer/kjernejournal/oppslag-i-kjernejournal/",
    "/losninger/digihelse/gevinster/",
    "/losninger/pasientens-legemiddelliste/gevinster/",
    "/kommuner/0301/gevinster/",
    "/losninger/kjernejournal/kostnad/",
    "/losninger/velferdsteknologisk-knutepunkt/kostnad/?kommune=4219&antall=200",
    "/losninger/pasientens-legemiddelliste/kostnad/",
    "/kommuner/4219/e-helse-neste-ar/",
    "/kriterier/",
    "/kriterier/1/",
    "/kriterier/sammenlign/",
    "/losninger/pasientens-legemiddelliste/vurdering/",
    "/losninger/digihelse/vurdering/",
    "/saker/",
    "/saker/?q=finnes+ikke+her",
    "/saker/kommit-radet/2023/1/",
    "/saker/organer/",
    "/saker/organer/nasjonal-koordineringsgruppe/",
    "/materiell/",
    "/materiell/?q=legemidler&sorter=-brukt",
    "/materiell/?q=finnes+ikke+her",
    "/materiell/ros-for-kjernejournal-i-sykehjem-og-hjemmetjeneste/",
    "/materiell/kjernejournal-kort-informasjon-til-ansatte/",
    "/losninger/kjernejournal/materiell/",
    "/losninger/digihelse/materiell/",
    "/leverandorer/",
    "/leverandorer/visma/",
    "/leverandorstatus/1.ugyldig/",
    "/utbredelse/",
    "/utbredelse/?dato=2023-11-01&losning=digihelsestasjon.child_health_centre&sorter=avstand",
    "/utbredelse/sammenlign/",
    "/utbredelse/sammenlign/?fra=2023-11-01&til=2024-11-01&losning=kjernejournal.nursing_home",
    "/innforingslop/",
    "/innforingslop/?q=finnes+ikke+her",
    "/innforingslop/plan/",
    "/innforingslop/kjernejournal-de-siste/",
    "/innforingslop/kjernejournal-de-siste/puljer/",
    "/innforingslop/kjernejournal-de-siste/kommuner/",
    "/innforingslop/kjernejournal-de-siste/kommuner/?visning=kart",
    "/losninger/kjernejournal/interesse/",
    "/innforingslop/digihelse-puljer/puljer/",
    "/innforingslop/digihelse-puljer/fremdriftsplan/",
    "/innforingslop/digihelse-puljer/evaluering/",
    "/losninger/kjernejournal/innforingslop/",
    "/sok/?q=pll",
    "/sok/?q=guovdageaidnu",
    "/logg-inn-som/",
)
OF: dict[Role | None, tuple[str, ...]] = {
    None: PUBLIC,
    Role.MUNICIPAL_COORDINATOR: (
        "/",
        "/losninger/digihelse/kostnad/",
        "/kommuner/4219/e-helse-neste-ar/",
        "/kommuner/?visning=kart",
        "/kommuner/4219/",
        "/kommuner/4219/rom-for-nytt/",
        "/kommuner/4219/rom-for-nytt/timer/",
        "/kommuner/4219/opplysninger/",
        "/kommuner/4219/systemer/",
        "/kommuner/4219/historikk/",
        "/kommuner/4219/merknader/",
        "/kommuner/4219/utbredelse/",
        "/kommuner/4219/utbredelse/for-over/",
        "/kommuner/4219/utbredelse/kjernejournal/sykehjem/",
        "/kommuner/4219/stemmer-dette/",
        "/kommuner/4219/interesse/",
        "/kommuner/4219/interesse/digihelse/",
        "/kommuner/4219/interesse/digihelse/trekk/",
        "/innforingslop/kjernejournal-de-siste/kartlegging/",
        "/kommuner/4219/gevinster/",
        "/kommuner/4219/gevinster/digihelse/",
        "/kommuner/4219/maler/",
        "/kommuner/4219/maler/ny/dpia-for-kjernejournal/",
        "/kommuner/4219/bruk/kjernejournal/",
        "/kommuner/4219/hjelp/",
        "/kommuner/4219/lokale-roller/",
        "/kommuner/4219/lokale-roller/overfor/",
        "/kommuner/4219/kalender/",
        "/kommuner/4219/fullmakter/",
        "/innforingslop/kjernejournal-de-siste/grunnlag/",
        "/innforingslop/kjernejournal-de-siste/grunnlag/4219/",
        "/innforingslop/kjernejournal-de-siste/grunnlag/4219/forutsetninger/",
        "/innforingslop/digihelsestasjon-agder/svar/4219/",
    ),
    Role.DECISION_MAKER: (
        "/innforingslop/digihelsestasjon-agder/svar/4219/",
        "/kommuner/4219/fullmakter/",
        "/kommuner/4219/fullmakter/ny/",
    ),
    Role.ROLLOUT_LEADER: (
        "/",
        "/innforingslop/nytt/?som=digihelse-puljer",
        "/innforingslop/digihelse-puljer/evaluering/",
        "/innforingslop/varsle/",
        "/innforingslop/kjernejournal-de-siste/",
        "/innforingslop/kjernejournal-de-siste/rediger/",
        "/innforingslop/kjernejournal-de-siste/status/pause/",
        "/innforingslop/kjernejournal-de-siste/arbeidsgruppe/ny/",
        "/innforingslop/kjernejournal-de-siste/medvirkende/ny/",
        "/innforingslop/kjernejournal-de-siste/puljer/",
        "/innforingslop/kjernejournal-de-siste/puljer/ny/",
        "/innforingslop/kjernejournal-de-siste/stoppregel/",
        "/innforingslop/kjernejournal-de-siste/grunnlag/",
        "/innforingslop/kjernejournal-de-siste/grunnlag/tekst/",
        "/innforingslop/kjernejournal-de-siste/grunnlag/roller/",
        "/innforingslop/kjernejournal-de-siste/grunnlag/plan/",
        "/innforingslop/kjernejournal-de-siste/grunnlag/forutsetninger/ny/",
        "/innforingslop/kjernejournal-de-siste/grunnlag/4219/",
        "/innforingslop/kjernejournal-de-siste/grunnlag/4219/forutsetninger/",
        "/innforingslop/kjernejournal-de-siste/inviter/",
        "/innforingslop/kjernejournal-de-siste/inviter/4219/",
        "/innforingslop/kjernejournal-de-siste/invitasjoner/",
        "/innforingslop/kjernejournal-de-siste/kommuner/",
        "/innforingslop/kjernejournal-de-siste/kommuner/?trenger=alle&visning=kart",
        "/innforingslop/kjernejournal-de-siste/kommuner/4219/",
        "/innforingslop/kjernejournal-de-siste/kartlegging/",
        "/innforingslop/kjernejournal-de-siste/kartlegging/spor/",
        "/innforingslop/kjernejournal-de-siste/forhandsinformasjon/",
        "/innforingslop/kjernejournal-de-siste/tilbakemeldinger/",
        "/innforingslop/kjernejournal-de-siste/venteliste/",
        "/innforingslop/digihelsestasjon-agder/svar/4219/",
        "/innforingslop/digihelsestasjon-agder/mottatt/4219/",
    ),
    Role.PROGRAMME: (
        "/",
        "/losninger/kjernejournal/innforingstype/",
        "/losninger/kjernejournal/innforingstype/svar/",
        "/losninger/kjernejournal/utbredelse/steg/",
        "/losninger/kjernejournal/utbredelse/steg/aktiv-bruk/",
        "/losninger/kjernejournal/kostnad/",
        "/losninger/kjernejournal/gevinster/",
        "/losninger/kjernejournal/gevinster/ny/",
        "/losninger/kjernejournal/gevinster/kart/",
        "/losninger/kjernejournal/gevinster/dobbelttelling/",
        "/utbredelse/tall/",
        "/utbredelse/tall/?tilstand=undone",
        "/utbredelse/tall/last-opp/kjernejournal/",
        "/losninger/kjernejournal/kostnad/endre/",
        "/utbredelse/ny-indikator/kjernejournal/",
        "/utbredelse/indikatorer/kjernejournal/oppslag-i-kjernejournal/definisjon/",
        "/utbredelse/indikatorer/kjernejournal/oppslag-i-kjernejournal/trekk/",
        "/utbredelse/nokler/kjernejournal/",
        "/losninger/kjernejournal/kostnad/tilbud/",
        "/losninger/kjernejournal/leverandorer/",
        "/losninger/kjernejournal/leverandorer/legg-til/",
        "/losninger/kjernejournal/leverandorer/spor/visma/",
        "/losninger/kjernejournal/leverandorer/home_care/gerica/rett/",
        "/losninger/kjernejournal/",
        "/losninger/kjernejournal/historikk/",
        "/losninger/kjernejournal/vurdering/",
        "/losninger/kjernejournal/vurdering/sykehjem/",
        "/losninger/kjernejournal/vurdering/sykehjem/gevinster/vis/",
        "/losninger/kjernejournal/rediger/",
        "/losninger/kjernejournal/fase/ny/",
        "/losninger/kjernejournal/utproving/ny/",
        "/losninger/kjernejournal/forutsetninger/ny/",
        "/losninger/kjernejournal/lenker/ny/",
        "/materiell/ny/",
        "/materiell/ny/mal/",
        "/materiell/opplaering-i-kjernejournal/",
        "/materiell/opplaering-i-kjernejournal/ny-versjon/",
        "/materiell/ros-for-kjernejournal-i-sykehjem-og-hjemmetjeneste/",
        "/materiell/ros-for-kjernejournal-i-sykehjem-og-hjemmetjeneste/ny-versjon/",
    ),
    Role.VENDOR: (
        "/",
        "/leverandorer/visma/",
        "/leverandorer/visma/status/",
        "/leverandorer/visma/status/legg-til/",
        "/leverandorer/visma/status/last-opp/",
        "/losninger/pasientens-legemiddelliste/leverandorer/home_care/visma-omsorg-profil/",
        "/losninger/pasientens-legemiddelliste/leverandorer/home_care/visma-omsorg-profil/rett/",
    ),
    Role.PORTFOLIO_OWNER: (
        "/",
        "/losninger/velferdsteknologisk-knutepunkt/innforingstype/valg/",
        "/losninger/velferdsteknologisk-knutepunkt/kostnad/endre/",
        "/losninger/ny/",
        "/losninger/velferdsteknologisk-knutepunkt/",
        "/losninger/digihelse/tjenesteomrader/nytt/",
        "/losninger/pasientens-legemiddelliste/vurdering/sykehjem/",
        "/losninger/elektronisk-medisineringsstotte/vurdering/",
        "/losninger/pasientens-legemiddelliste/beslutninger/sykehjem/",
        "/losninger/kjernejournal/beslutninger/hjemmetjeneste/",
        "/losninger/digihelse/beslutninger/hjemmetjeneste/ny-sak/",
        "/losninger/pasientens-legemiddelliste/helsefaglig/sykehjem/vurderere/ny/",
        "/saker/ny/",
        "/saker/organer/nytt/",
        "/utbredelse/vesentlig-andel/ny/",
        "/saker/organer/ks/",
        "/saker/organer/ks/medlemmer/nytt/",
    ),
    Role.HEALTH_ASSESSOR: (
        "/",
        "/losninger/pasientens-legemiddelliste/helsefaglig/sykehjem/",
        "/losninger/pasientens-legemiddelliste/helsefaglig/sykehjem/svar/",
        "/losninger/pasientens-legemiddelliste/helsefaglig/sykehjem/funn/nytt/",
        "/losninger/pasientens-legemiddelliste/helsefaglig/sykehjem/vilkar/nytt/",
        "/losninger/pasientens-legemiddelliste/helsefaglig/sykehjem/konkluder/",
    ),
    Role.CONTACT_PERSON: (
        "/innforingslop/ring/",
        "/",
        "/innforingslop/kjernejournal-de-siste/kartlegging/",
        "/kommuner/4203/",
        "/regioner/digi-agder/",
        "/regioner/digi-agder/rediger/",
        "/regioner/digi-agder/oppfolging/",
        "/regioner/digi-agder/motegrunnlag/",
        "/regioner/digi-agder/kommuner/ny/",
        "/regioner/digi-agder/importer/",
        "/regioner/digi-agder/dokumenter/nytt/",
        "/historikk/",
    ),
    Role.ADMINISTRATOR: (
        "/",
        "/historikk/",
        "/regioner/ny/",
        "/leverandorer/ny/",
        "/leverandorer/visma/rediger/",
        "/leverandorer/visma/produkter/nytt/",
        "/referansedata/",
        "/referansedata/kommuner/",
        "/referansedata/fakta/",
    ),
}


@pytest.fixture
def country(transactional_db: None) -> None:
    """What the first start loads."""
    kept.country()


def holder(role: Role | None) -> Person | None:
    """The example's person in the role."""
    if role is None:
        return None
    return Membership.objects.filter(role=role.value).order_by("pk")[0].person


@pytest.mark.usefixtures("country")
def test_what_is_kept_of_the_first_start_is_the_whole_of_it() -> None:
    loaded = contents()
    kept.empty()
    kept.country()

    assert contents() == loaded
    assert loaded["accounts_person"] > 10
    person = Person.objects.create(name="En til", is_example=True)
    assert Person.objects.filter(pk__lt=person.pk).count() == loaded["accounts_person"]


def contents() -> dict[str, int]:
    """How many rows each table has."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"select count(*) from {connection.ops.quote_name(table)}")
            [(found[table],)] = cursor.fetchall()
    return found


@pytest.mark.usefixtures("country")
@pytest.mark.parametrize("role", OF, ids=lambda role: role or "visitor")
def test_every_page_is_accessible_and_fits_the_window(
    open_page: OpenPage, axe: Check, overflow: Check, role: Role | None
) -> None:
    views: tuple[tuple[int, Scheme], ...] = ((1280, "light"), (390, "dark"), (320, "light"))
    for width, scheme in views:
        page = open_page("/tilgjengelighet/", width=width, scheme=scheme, person=holder(role))
        for path in OF[role]:
            page.goto(path)
            assert page.get_by_role("heading", level=1).count() == 1, path
            assert overflow(page) == [], (path, width)
            if width > 320:
                assert axe(page) == [], (path, width)


@pytest.mark.usefixtures("country")
def test_without_javascript_every_page_fits_a_narrow_window(
    open_page: OpenPage, overflow: Check
) -> None:
    for role, paths in OF.items():
        page = open_page("/tilgjengelighet/", width=320, javascript=False, person=holder(role))
        for path in paths:
            page.goto(path)
            assert overflow(page) == [], (role, path)


@pytest.mark.usefixtures("country")
def test_a_newcomer_logs_in_as_each_role_and_finds_357_municipalities(
    open_page: OpenPage,
) -> None:
    page = open_page("/logg-inn-som/")
    names = page.locator(".choose-person button").all_inner_texts()
    # Those who are there only to be invited are not shown.
    shown = Membership.objects.exclude(person__email__endswith="@kommune.example.invalid")
    assert len(names) == shown.count() >= len(Role)

    for index in range(len(names)):
        page.goto("/logg-inn-som/")
        page.locator(".choose-person button").nth(index).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Min side")

    page.get_by_role("link", name="Kommuner", exact=True).first.click()
    expect(page.locator("tbody tr")).to_have_count(357)


@pytest.mark.usefixtures("country")
@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_coordinator_answers_on_a_phone_and_sees_it_on_her_page(
    open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(
        "/", width=390, javascript=javascript, person=holder(Role.MUNICIPAL_COORDINATOR)
    )

    page.get_by_role("link", name=re.compile("rom for noe nytt")).click()
    for question in page.locator(".room-question").all():
        question.get_by_role("radio", name="Litt").check()
    page.get_by_role("button", name="Lagre").click()

    expect(page.locator("#meldinger")).to_contain_text(re.compile(r"\w"))
    page.goto("/")
    expect(page.get_by_role("link", name=re.compile("rom for noe nytt"))).to_have_count(0)


@pytest.mark.usefixtures("country")
@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without-javascript"])
def test_a_contact_person_confirms_a_member_and_then_the_rest(
    open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(
        "/regioner/digi-agder/", javascript=javascript, person=holder(Role.CONTACT_PERSON)
    )
    row = page.locator("tr", has_text="Vegårshei")

    row.get_by_role("button", name=re.compile("Bekreft")).click()
    expect(page.locator("tr", has_text="Vegårshei")).to_contain_text("Bekreftet")
    page.get_by_role("button", name=re.compile("Bekreft alle")).click()

    expect(page.get_by_text("Antatt", exact=True)).to_have_count(0)


@pytest.mark.usefixtures("country")
def test_filtering_changes_the_rows_and_the_address_without_leaving_the_page(
    open_page: OpenPage,
) -> None:
    page = open_page("/kommuner/")

    page.locator("#filter-fylke").select_option(label="Agder")

    expect(page.locator("tbody tr")).to_have_count(25)
    expect(page).to_have_url(re.compile("fylke=42"))
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(357)


@pytest.mark.usefixtures("country")
def test_the_keyboard_alone_finds_a_municipality_by_its_sami_name(open_page: OpenPage) -> None:
    page = open_page("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hopp til innholdet")).to_be_focused()
    page.get_by_role("searchbox").first.focus()
    page.keyboard.type("guovdageaidnu")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/sok/\?q=guovdageaidnu"))
    page.get_by_role("link", name=re.compile("Kautokeino")).first.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Kautokeino")


@pytest.mark.usefixtures("country")
def test_a_tile_leads_to_its_municipality_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/kommuner/?visning=kart")

    page.locator('svg a[href="/kommuner/5601/"]').focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Alta")
