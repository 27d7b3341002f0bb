"""The pages of the decision basis: the checklist, writing it, and what a municipality reads."""

import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from samlop.accounts import services as accounts
from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.lib.actors import Machine
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import CapacityRole, LanguageForm
from samlop.portfolio.rules.costs import Model, Span
from samlop.portfolio.services import costs
from samlop.rollouts.models import BasisRole, PrerequisiteWord, Rollout
from samlop.rollouts.queries import basis as queries
from samlop.rollouts.rules.rollouts import RolloutKind, RolloutState, WorkFunction
from tests import factories as make
from tests import rollout_making as rollouts
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db


def led(client: Client, *, state: RolloutState = RolloutState.PLANNING) -> Rollout:
    """A rollout whose leader is signed in."""
    leader = sign_in(client, Role.ROLLOUT_LEADER)
    soon = timezone.localdate() + timedelta(days=200)
    rollout = rollouts.a_rollout(
        state=state, leader=leader, starts_on=soon, ends_on=soon + timedelta(days=200)
    )
    rollouts.a_cohort(rollout=rollout)
    return rollout


def at(rollout: Rollout, *more: object) -> str:
    return f"/innforingslop/{rollout.slug}/grunnlag/{''.join(f'{one}/' for one in more)}"


def number_of(municipality: Municipality) -> str:
    return municipality.codes.get().number


def holding(client: Client, role: Role, municipality: Municipality) -> Person:
    person = make.person()
    accounts.grant(
        person=person,
        role=role,
        municipality=municipality,
        by=Machine("tests"),
        on=date(2026, 1, 1),
    )
    client.force_login(person)
    return person


# --- the checklist ---


def test_a_leader_begins_and_is_told_what_is_missing(client: Client) -> None:
    rollout = led(client)
    assert "Begynn på grunnlaget" in client.get(at(rollout)).content.decode()

    client.post(at(rollout, "begynn"))

    page = client.get(at(rollout)).content.decode()
    assert "3 av 11 er på plass" in page
    assert "Ingen kan inviteres før alt er på plass." in page
    assert f"{at(rollout)}tekst/" in page


def test_a_full_basis_says_so(client: Client) -> None:
    rollout = led(client)
    rollouts.a_basis(rollout)
    page = client.get(at(rollout)).content.decode()
    assert "11 av 11 er på plass" in page
    assert "Ingen kan inviteres" not in page


def test_others_read_and_write_nothing(client: Client) -> None:
    rollout = led(client)
    rollouts.a_basis(rollout)
    row = queries.prerequisites_of(rollout.basis)[0]
    sign_in(client, Role.MUNICIPAL_COORDINATOR)

    page = client.get(at(rollout)).content.decode()

    assert "Rediger" not in page
    for part in ("tekst", "roller", "plan"):
        assert client.get(at(rollout, part)).status_code == 403
        assert client.post(at(rollout, part)).status_code == 403
    assert client.post(at(rollout, "begynn")).status_code == 403
    assert client.post(at(rollout, "forutsetninger", row.pk, "ta-ut")).status_code == 403


def test_visitors_sign_in_first(client: Client) -> None:
    rollout = rollouts.a_rollout()
    for part in ((), ("tekst",), (number_of(make.municipality()),)):
        answer = client.get(at(rollout, *part))
        assert answer.status_code == 302
        assert "/logg-inn" in answer.headers["Location"]


# --- writing ---


def test_what_is_written_stands_at_once(client: Client) -> None:
    rollout = led(client)
    made = rollouts.a_basis(rollout)
    answer = client.post(
        at(rollout, "tekst"),
        {
            "what": "Nytt om hva det er.",
            "gains": "Mer tid.",
            "gains_source": "Rapport 2027",
            "gains_link": "https://example.org/rapport",
            "consequence": "Ingenting endres.",
            "seen": made.version,
        },
        follow=True,
    )
    assert "Lagret. Kommunene ser det nye med en gang." in answer.content.decode()
    assert "Nytt om hva det er." in answer.content.decode()


def test_a_basis_that_somebody_else_changed_is_not_overwritten(client: Client) -> None:
    rollout = led(client)
    made = rollouts.a_basis(rollout)
    answer = client.post(at(rollout, "tekst"), {"what": "Sent.", "seen": made.version - 1})
    assert answer.status_code == 422
    assert "Noen andre har endret beslutningsgrunnlaget" in answer.content.decode()


def test_hours_are_typed_month_by_month(client: Client) -> None:
    rollout = led(client)
    made = rollouts.a_basis(rollout)
    typed = {
        "seen": made.version,
        "med-project_owner": "ja",
        "timer-project_owner": "4 2,5",
        "med-coordinator": "ja",
        "timer-coordinator": "8 6 4",
        "med-change_agent": "rad",
        "timer-change_agent": "1",
    }
    wrong = client.post(at(rollout, "roller"), {**typed, "timer-coordinator": "åtte"})
    assert wrong.status_code == 422
    assert "Skriv timene måned for måned" in wrong.content.decode()

    client.post(at(rollout, "roller"), typed)

    assert BasisRole.objects.filter(basis=made).count() == 3
    assert "4 – 2,5" in client.get(at(rollout)).content.decode()


def test_steps_are_a_line_each(client: Client) -> None:
    rollout = led(client)
    made = rollouts.a_basis(rollout)
    lonely = client.post(at(rollout, "plan"), {"seen": made.version, "uke-1": "3"})
    assert "Skriv hva som skjer, eller tøm linja." in lonely.content.decode()
    client.post(
        at(rollout, "plan"),
        {
            "seen": made.version,
            "hva-1": "Oppstart",
            "uke-1": "0",
            "hva-2": "Forberedelse",
            "uke-2": "-8",
        },
    )
    page = client.get(at(rollout)).content.decode()
    assert page.index("8 uker før oppstart") < page.index("Oppstart</li>")


def test_a_prerequisite_is_added_changed_and_taken_out(client: Client) -> None:
    rollout = led(client)
    rollouts.a_basis(rollout)
    typed = {
        "kind": "other_solution",
        "title": "Kjernejournal i bruk",
        "done_when": "Minst ett oppslag",
        "owner": "municipality",
        "days_before": "30",
    }
    refused = client.post(at(rollout, "forutsetninger", "ny"), typed)
    assert refused.status_code == 422
    assert "Velg løsningen som må være i bruk." in refused.content.decode()

    client.post(at(rollout, "forutsetninger", "ny"), {**typed, "solution": make.solution().pk})
    row = next(
        one
        for one in queries.prerequisites_of(rollout.basis)
        if one.days_before == 30 and one.solution
    )
    one = at(rollout, "forutsetninger", row.pk)
    assert "Minst ett oppslag" in client.get(one).content.decode()
    client.post(one, {**typed, "solution": row.solution_id, "title": "Kjernejournal først"})
    assert "Kjernejournal først" in client.get(at(rollout)).content.decode()
    client.post(f"{one}ta-ut/")
    assert "Kjernejournal først" not in client.get(at(rollout)).content.decode()
    assert client.get(one).status_code == 404


def test_hours_that_differ_from_the_cost_model_are_told_to_leaders_only(client: Client) -> None:
    rollout = led(client)
    rollouts.a_basis(rollout, priced=False)
    costs.publish(
        offer=rollout.offer,
        model=Model(hours={CapacityRole.EPJ_MANAGER: Span(60, 90)}),
        valid_from=date(2026, 1, 1),
        source="Programmet",
        seen=0,
        by=Machine("tests"),
        at=timezone.now(),
    )
    words = "Kostnadsmodellen sier 60–90 timer"
    assert words in client.get(at(rollout)).content.decode()
    sign_in(client, Role.ANALYST)
    assert words not in client.get(at(rollout)).content.decode()


def test_those_with_another_key_read_their_own_line(client: Client) -> None:
    rollout = led(client)
    rollouts.a_basis(rollout)
    Rollout.objects.filter(pk=rollout.pk).update(kind=RolloutKind.SHARED.value)
    rollout.cohorts.update(product=make.product())
    page = client.get(at(rollout, number_of(make.municipality()))).content.decode()
    assert "Ingen av puljene er for kommuner med deres systemer" in page


# --- as a municipality ---


def test_everybody_signed_in_reads_it_as_any_municipality(client: Client) -> None:
    rollout = led(client)
    rollouts.a_basis(rollout)
    municipality = make.municipality(name="Utsira")
    sign_in(client, Role.ANALYST)

    led_to = client.get(f"{at(rollout)}?kommune={number_of(municipality)}")
    assert led_to.headers["Location"] == at(rollout, number_of(municipality))
    page = client.get(led_to.headers["Location"]).content.decode()

    assert "Beslutningsgrunnlag for Utsira" in page
    assert "holder det med to personer" in page
    assert "kr\N{NO-BREAK SPACE}12\N{NO-BREAK SPACE}000 per år" in page
    assert "Kommunen betaler sin faste andel" in page
    assert "Ingenting annet er planlagt" in page or "Arbeidsmengde fra før" in page
    assert "Si hva som er på plass" not in page
    assert "På plass hos dere" in page


def test_no_basis_is_no_page(client: Client) -> None:
    rollout = led(client)
    assert client.get(at(rollout, number_of(make.municipality()))).status_code == 404
    assert client.get(at(rollout, "0000")).status_code == 404


def test_its_own_people_say_what_is_in_place_and_the_neighbours_do_not_read_it(
    client: Client,
) -> None:
    rollout = led(client)
    made = rollouts.a_basis(rollout)
    municipality = make.municipality()
    row = next(one for one in queries.prerequisites_of(made) if one.kind == "ks_agreement")
    here = at(rollout, number_of(municipality))
    holding(client, Role.MUNICIPAL_COORDINATOR, municipality)

    assert "Si hva som er på plass" in client.get(here).content.decode()
    form = client.get(f"{here}forutsetninger/").content.decode()
    assert "Avtale om etablering" in form
    client.post(
        f"{here}forutsetninger/",
        {f"status-{row.pk}": "met", f"merknad-{row.pk}": "Sendt til KS"},
    )

    assert PrerequisiteWord.objects.get().standing == "met"
    page = client.get(here).content.decode()
    assert "1 av 2" in page
    assert "Sendt til KS" in page
    assert "Opplyst av" in page
    holding(client, Role.MUNICIPAL_COORDINATOR, make.municipality())
    assert "Sendt til KS" not in client.get(here).content.decode()
    assert client.get(f"{here}forutsetninger/").status_code == 403


def test_those_who_lead_may_say_it_too(client: Client) -> None:
    rollout = led(client)
    made = rollouts.a_basis(rollout)
    row = next(one for one in queries.prerequisites_of(made) if one.kind == "ks_agreement")
    here = at(rollout, number_of(make.municipality()), "forutsetninger")
    assert client.get(here).status_code == 200
    client.post(here, {f"status-{row.pk}": "open"})
    assert PrerequisiteWord.objects.get().recorded_as == "Innføringsleder"


def test_a_number_that_is_no_more_leads_to_todays(client: Client) -> None:
    rollout = led(client)
    rollouts.a_basis(rollout)
    was = make.municipality(number="9901", valid_from=date(2020, 1, 1), valid_to=date(2024, 1, 1))
    was.codes.create(
        number="9902",
        name="Ny",
        qualified_name="Ny",
        official_name="Ny",
        valid_from=date(2024, 1, 1),
    )
    answer = client.get(at(rollout, "9901"))
    assert answer.status_code == 302
    assert answer.headers["Location"] == at(rollout, "9902")


# --- the saksframlegg ---


@pytest.mark.parametrize("language", [LanguageForm.BOKMAL, LanguageForm.NYNORSK])
def test_the_saksframlegg_holds_the_municipalitys_own(
    client: Client, language: LanguageForm
) -> None:
    rollout = led(client)
    rollouts.a_basis(rollout)
    municipality = make.municipality(name="Utsira", language_form=language)
    paper = at(rollout, number_of(municipality), "saksframlegg")

    word = client.get(f"{paper}?format=docx")
    assert 'filename="saksframlegg-' in word.headers["Content-Disposition"]
    document = Document(io.BytesIO(word.content))
    told = "\n".join(one.text for one in document.paragraphs) + "\n".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )
    assert "Utsira kommune" in told
    assert "kr\N{NO-BREAK SPACE}12\N{NO-BREAK SPACE}000" in told
    assert "Kommunen betaler sin faste andel" in told
    assert document.core_properties.language == (
        "nn-NO" if language is LanguageForm.NYNORSK else "nb-NO"
    )

    first = client.get(f"{paper}?format=pdf").content
    assert first == client.get(f"{paper}?format=pdf").content
    pdf = PdfReader(io.BytesIO(first))
    assert "/StructTreeRoot" in pdf.root_object
    assert "Utsira kommune" in "".join(page.extract_text() for page in pdf.pages)
    assert client.get(f"{paper}?format=odt").status_code == 404


def test_every_answer_that_decides_has_a_proposed_vedtak(client: Client) -> None:
    rollout = led(client)
    rollouts.a_basis(rollout)
    paper = at(rollout, number_of(make.municipality()), "saksframlegg")
    document = Document(io.BytesIO(client.get(paper).content))
    headings = [
        one.text for one in document.paragraphs if one.style and one.style.name == "Heading 3"
    ]
    assert headings[:4] == ["Ja, vi blir med", "Ikke nå", "Vi følger med", "Nei takk"]


def test_the_page_asks_the_same_for_much_as_for_little(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rollout = led(client)
    rollouts.a_basis(rollout)
    for _ in range(12):
        make.municipality()
    with django_assert_max_num_queries(30):
        client.get(at(rollout))
    with django_assert_max_num_queries(75):
        client.get(at(rollout, number_of(make.municipality())))


def test_a_member_of_the_working_group_writes_too(client: Client) -> None:
    rollout = led(client)
    member = sign_in(client, Role.ANALYST)
    rollouts.a_worker(rollout, member, WorkFunction.MEMBER)
    assert client.post(at(rollout, "begynn")).status_code == 302
    assert client.get(at(rollout, "tekst")).status_code == 200
