"""The report's three cases, each from the first plan to a municipality's place, on the pages."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.municipalities.models import Municipality, Region
from samlop.municipalities.rules.kinds import RegionKind
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.rollouts.models import Basis, Interest, Place, TargetMember
from samlop.rollouts.rules.rollouts import RolloutState
from samlop.rollouts.services import invitations, reopening
from tests import factories as make
from tests import portfolio_making as portfolio
from tests import rollout_making as making
from tests.browser import rollout_steps as steps
from tests.browser.conftest import OpenPage
from tests.browser.rollout_steps import in_role


@dataclass(frozen=True, kw_only=True)
class World:
    """A region with three municipalities, and the people who plan and advise."""

    region: Region
    nyvik: Municipality
    utnes: Municipality
    storvik: Municipality
    leader: Person
    group: Person
    today: date

    @property
    def starts(self) -> date:
        return self.today + timedelta(days=240)


@pytest.fixture
def world(transactional_db: None) -> World:
    portfolio.criteria_one()
    nyvik = make.municipality(number="9042", name="Nyvik")
    utnes = make.municipality(number="9043", name="Utnes")
    region = make.region(
        kind=RegionKind.EHEALTH_GROUP, name="Gruppen i sør", members=(nyvik, utnes)
    )
    return World(
        region=region,
        nyvik=nyvik,
        utnes=utnes,
        storvik=make.municipality(number="9044", name="Storvik"),
        leader=in_role(Role.ROLLOUT_LEADER, region=region),
        group=in_role(Role.PORTFOLIO_OWNER),
        today=timezone.localdate(),
    )


def offered(name: str, area: Area) -> Offer:
    offer = make.offer(solution=make.solution(name=name, slug=name.lower()), area=area)
    steps.priced(offer)
    return offer


def fill_plan(page: Page, world: World, name: str) -> None:
    page.get_by_label("Navn").fill(name)
    page.get_by_label("Fra og med").fill(world.starts.isoformat())
    page.get_by_label("Til og med").fill((world.starts + timedelta(days=400)).isoformat())
    page.get_by_label("Ventet antall kommuner").fill("3")
    page.get_by_role("button", name="Lag planen").click()
    expect(page.locator("#meldinger")).to_contain_text("du er innføringsleder")


def share(page: Page, here: str, *, colliding: str = "") -> None:
    page.goto(f"{here}del/")
    if colliding:
        expect(page.get_by_text("Dette kolliderer planen med")).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text=colliding).first).to_be_visible()
    page.get_by_label("Det dere vil spørre koordineringsgruppen om").fill("Passer det i høst?")
    page.get_by_role("button", name="Del planen").click()
    expect(page.locator("#meldinger")).to_contain_text("Planen er delt som sak")


def test_kjernejournal_for_the_country_from_an_earlier_plan_to_places_in_two_cohorts(
    open_page: OpenPage, world: World
) -> None:
    offer = offered("Kjernejournal", Area.HOME_CARE)
    product = make.product(name="Profil")
    make.use(municipality=world.nyvik, product=product)
    make.readiness(offer=offer, product=product, release_on=world.today + timedelta(days=400))
    earlier = making.a_rollout(
        offer=offer,
        name="Kjernejournal 2025",
        slug="forrige",
        state=RolloutState.EVALUATING,
        starts_on=date(2025, 3, 3),
        ends_on=date(2025, 12, 1),
    )
    making.a_cohort(rollout=earlier, maximum=1)
    making.a_cohort(rollout=earlier, starts_on=earlier.starts_on + timedelta(days=60))
    making.a_basis(earlier, priced=False)
    Basis.objects.filter(rollout=earlier).update(consequence="")
    making.a_rollout(
        name="Digihelse 2027",
        state=RolloutState.PLANNING,
        starts_on=world.starts,
        ends_on=world.starts + timedelta(days=200),
    )
    nyvik, utnes = (
        in_role(Role.DECISION_MAKER, municipality=one) for one in (world.nyvik, world.utnes)
    )

    # A plan begun from the earlier one.
    page = open_page("/innforingslop/nytt/?som=forrige", person=world.leader)
    fill_plan(page, world, "Kjernejournal, de siste")
    here = "/innforingslop/kjernejournal-de-siste/"
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(3)
    steps.lacks(page, "beslutningsgrunnlag")
    steps.lacks(page, "klar til bruk")
    expect(page.get_by_role("link", name="Digihelse 2027")).to_be_visible()

    # The coordination group is asked, reads what it collides with, and answers.
    share(page, here, colliding="Digihelse 2027")
    told = open_page("/", person=world.group)
    told.get_by_role("link", name="Gi råd om planen for Kjernejournal, de siste").click()
    told.get_by_role("link", name=re.compile(r"^Sak \d")).click()
    expect(told.locator(".prose").first).to_contain_text("Digihelse 2027: samme kommuner")
    told.get_by_role("link", name="Registrer hva organet kom fram til").click()
    told.get_by_role("textbox", name="Ordlyd").fill("Gruppen rår til planen.")
    told.get_by_role("button", name="Registrer").click()
    expect(told.get_by_text("Gruppen rår til planen.")).to_be_visible()

    # What was missing is put in place, and it opens.
    page.goto(f"{here}grunnlag/tekst/")
    page.get_by_label("Hva skjer hvis kommunen ikke blir med?", exact=True).fill("Intet endres.")
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_role("heading", name="11 av 11 er på plass")).to_be_visible()
    steps.ready_for_use(offer)
    page.goto(here)
    expect(page.get_by_text("Gruppen rår til planen.")).to_be_visible()
    steps.open_enrolment(page, here)
    assert TargetMember.objects.count() == 3

    # Both cohorts may be wished for. One says yes by her link and a code.
    steps.invite(page, here, "Nyvik", "Utnes")
    phone = steps.open_mail(open_page, utnes, invitations.INVITED)
    steps.answer_here(phone)
    steps.say_yes(phone, wish="Pulje 1")
    steps.confirm_by_code(phone)
    assert Place.objects.get().cohort.name == "Pulje 1"

    # The other cannot before its vendor can; the vendor says that it can, and it is asked anew.
    phone = steps.open_mail(open_page, nyvik, invitations.INVITED)
    steps.answer_here(phone)
    phone.get_by_role("radio", name="Ikke nå").check()
    phone.get_by_role("radio", name="Leverandøren er ikke klar").check()
    phone.get_by_role("checkbox", name="Spør igjen når grunnen er borte").check()
    steps.confirm_by_code(phone)
    steps.release(open_page, offer, product, world.today)
    assert reopening.reopen_all(by=steps.BY, on=world.today, at=timezone.now()) == 1
    phone = steps.open_mail(open_page, nyvik, invitations.REOPENED)
    expect(phone.get_by_text("Grunnen er borte nå")).to_be_visible()
    steps.answer_here(phone)
    steps.say_yes(phone, wish="Pulje 2")
    steps.confirm_by_code(phone)
    assert sorted(one.cohort.name for one in Place.objects.all()) == ["Pulje 1", "Pulje 2"]
    page.goto(f"{here}kommuner/")
    expect(page.get_by_role("row").filter(has_text="Nyvik")).to_contain_text("Har plass")


def test_digihelsestasjon_in_a_region_that_tells_and_asks_nobody(
    open_page: OpenPage, world: World
) -> None:
    offer = offered("DigiHelsestasjon", Area.CHILD_HEALTH)
    decides = in_role(Role.DECISION_MAKER, municipality=world.nyvik)
    in_role(Role.DECISION_MAKER, municipality=world.storvik)

    # Four fields, and where it is anchored; then it is public.
    page = open_page("/innforingslop/", person=world.leader)
    page.get_by_role("link", name="Varsle et regionalt løp").click()
    page.get_by_label("Løsning og tjenesteområde").select_option(
        "DigiHelsestasjon, helsestasjon og skolehelsetjeneste"
    )
    page.get_by_label("Når det begynner").select_option(index=2)
    page.get_by_label("Ventet antall kommuner").fill("2")
    page.get_by_label("Hvor det er tatt opp").fill("Helseledernettverket i sør")
    page.get_by_label("Dato").fill(world.today.isoformat())
    page.get_by_role("button", name="Varsle").click()
    expect(page.locator("#meldinger")).to_contain_text("Løpet er varslet")
    here = "/innforingslop/digihelsestasjon-gruppen-i-sor/"
    told = open_page("/", person=world.group)
    told.get_by_role("link", name="Se et nytt regionalt løp").click()
    expect(told.get_by_text("Tatt opp i: Helseledernettverket i sør")).to_be_visible()
    public = open_page(here, width=390)
    expect(public.get_by_text("Tatt opp i: Helseledernettverket i sør")).to_be_visible()

    # It is planned, and opened by the region alone; whom it is for is frozen that day.
    steps.add_cohort(page, here, "Våren")
    steps.fill_basis(page, here)
    page.goto(here)
    steps.lacks(page, "klar til bruk")
    steps.ready_for_use(offer)
    steps.open_enrolment(page, here)
    make.membership(region=world.region, of=world.storvik, valid_from=world.today)
    frozen = TargetMember.objects.values_list("municipality", flat=True)
    assert set(frozen) == {world.nyvik.pk, world.utnes.pk}
    page.goto(f"{here}inviter/")
    expect(page.get_by_role("row").filter(has_text="Storvik")).to_contain_text("Ikke i")
    expect(page.get_by_role("row").filter(has_text="Utnes")).to_contain_text("Ingen i kommunen")
    steps.invite(page, here, "Nyvik")

    # She who decides finds it where she begins, signed in, and answers there.
    phone = open_page("/", width=390, person=decides)
    phone.get_by_role("link", name=re.compile("DigiHelsestasjon, Gruppen i sør")).first.click()
    steps.say_yes(phone)
    phone.get_by_role("button", name="Send svaret").click()
    expect(phone.get_by_role("heading", level=2)).to_contain_text("Kvittering")
    place = Place.objects.get()
    assert (place.cohort.name, place.municipality) == ("Våren", world.nyvik)
    phone.goto("/kommuner/9042/")
    part = phone.get_by_role("region", name="Dette er vi med på")
    expect(part.get_by_role("link", name="DigiHelsestasjon, Gruppen i sør")).to_be_visible()
    expect(part).to_contain_text("Våren")


def test_the_knutepunkt_by_two_keys_and_what_the_left_out_read(
    open_page: OpenPage, world: World
) -> None:
    offer = offered("Knutepunkt", Area.HOME_CARE)
    gerica, profil, cosdoc = (make.product(name=name) for name in ("Gerica", "Profil", "CosDoc"))
    for place, product in (
        (world.nyvik, gerica),
        (world.utnes, profil),
        (world.storvik, cosdoc),
    ):
        make.use(municipality=place, product=product)
    make.readiness(offer=offer, product=cosdoc, release_on=world.today + timedelta(days=500))
    decides = in_role(Role.DECISION_MAKER, municipality=world.nyvik)
    in_role(Role.DECISION_MAKER, municipality=world.utnes)
    left_out = in_role(Role.DECISION_MAKER, municipality=world.storvik)

    page = open_page("/innforingslop/nytt/", person=world.leader)
    page.get_by_label("Løsning og tjenesteområde").select_option("Knutepunkt, hjemmetjeneste")
    page.get_by_role("radio", name="C – kommuner med noe felles").check()
    fill_plan(page, world, "Knutepunkt i to puljer")
    here = "/innforingslop/knutepunkt-i-to-puljer/"
    for product in (gerica, profil):
        steps.add_cohort(page, here, product.name, product=product.name)
    steps.fill_basis(page, here)
    share(page, here)
    steps.ready_for_use(offer)
    steps.open_enrolment(page, here)

    # Each cohort invites those that have its key, and nobody else.
    page.goto(f"{here}inviter/?pulje=1")
    expect(page.get_by_role("checkbox", name="Inviter Nyvik")).to_be_visible()
    for name in ("Utnes", "Storvik"):
        expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("puljen har felles")
    steps.invite(page, here, "Nyvik", cohort="1")
    steps.invite(page, here, "Utnes", cohort="2")

    phone = open_page("/kommuner/9042/", width=390, person=decides)
    phone.get_by_role("region", name="Venter på svar fra dere").get_by_role("link").first.click()
    steps.say_yes(phone)
    phone.get_by_role("button", name="Send svaret").click()
    expect(phone.get_by_role("heading", level=2)).to_contain_text("Kvittering")
    assert Place.objects.get().cohort.name == "Gerica"

    # The one with another system reads its own line, and says that it is interested.
    phone = open_page("/kommuner/9044/", width=390, person=left_out)
    coming = phone.get_by_role("region", name="Kommer")
    coming.get_by_role("link", name="Knutepunkt i to puljer").click()
    expect(phone.get_by_role("heading", name="Storvik passer ikke i noen")).to_be_visible()
    expect(phone.get_by_text("Puljene er for kommuner som har Gerica")).to_be_visible()
    expect(phone.get_by_text("Storvik har registrert CosDoc.")).to_be_visible()
    phone.get_by_role("link", name="Meld interesse", exact=True).click()
    phone.get_by_role("radio", name="Vi er interessert").check()
    phone.get_by_role("button", name="Lagre").click()
    expect(phone.locator("#meldinger")).to_contain_text("Det er lagret")
    assert Interest.objects.get().municipality == world.storvik
    page.goto(f"{here}kommuner/9044/")
    expect(page.get_by_text("Vi er interessert")).to_be_visible()
    expect(page.get_by_role("heading", name="Storvik passer ikke i noen")).to_be_visible()
