"""The work page: answering over weeks, two at once, evidence, the body's word, and who sees it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from samlop.accounts.models import Person
from samlop.accounts.rules import Role
from samlop.files.models import File
from samlop.governance.models import Body, Member
from samlop.lib.actors import Machine
from samlop.portfolio.models import Answer, Assessment, Confirmation, Evidence, Offer
from samlop.portfolio.queries import criteria as criteria_queries
from samlop.portfolio.rules.assessments import Content, Verdict
from samlop.portfolio.rules.criteria import SetStanding
from samlop.portfolio.rules.solutions import Area, SolutionKind
from samlop.portfolio.services import assessments as services
from samlop.portfolio.services import criteria as criteria_services
from tests import factories as make
from tests.rules.test_files import PDF, SVG
from tests.web.signing_in import sign_in

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 14, 9, tzinfo=UTC)
BASE = "/losninger/liste/vurdering/"
HERE = f"{BASE}hjemmetjeneste/"
BY = Machine("tests")
HTMX = {"HX-Request": "true"}
FILLS = {Role.PROGRAMME, Role.PORTFOLIO_OWNER}
SEES = FILLS | {Role.COORDINATION_GROUP_MEMBER, Role.HEALTH_ASSESSOR}
JUDGES = {Role.PORTFOLIO_OWNER}
LABEL = "Forslag ut fra sluttrapporten – ikke vedtatt av KS"


@pytest.fixture
def offer() -> Offer:
    call_command("load_bodies", verbosity=0)
    call_command("load_criteria", verbosity=0)
    solution = make.solution(name="Lista", slug="liste", areas=(Area.HOME_CARE, Area.NURSING_HOME))
    return solution.offers.get(area=Area.HOME_CARE.value)


@pytest.fixture
def assessment(offer: Offer) -> Assessment:
    return services.open_assessment(offer=offer, by=BY, at=AT)


def programme(client: Client) -> Person:
    return sign_in(client, Role.PROGRAMME, solution="liste")


def answer_of(assessment: Assessment, code: str = "gevinster") -> Answer:
    return Answer.objects.select_related("assessment").get(
        assessment=assessment, criterion__code=code
    )


def written(assessment: Assessment, code: str = "gevinster", **values: object) -> Answer:
    row = answer_of(assessment, code)
    content = Content(**{"verdict": Verdict.MET, "line": "Målt.", **values})  # type: ignore[arg-type]
    services.save_answer(answer=row, base=row.content, sent=content, by=BY, at=AT)
    return answer_of(assessment, code)


def typed(
    verdict: str = "",
    line: str = "",
    comment: str = "",
    *,
    base: tuple[str, str, str] = ("", "", ""),
    strid: str = "",
    **more: str,
) -> dict[str, str]:
    return {
        "vurdering": verdict,
        "linje": line,
        "kommentar": comment,
        "fra_vurdering": base[0],
        "fra_linje": base[1],
        "fra_kommentar": base[2],
        "strid": strid,
        **more,
    }


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[-1]).split())


def seen(html: str, code: str) -> str:
    """What a judge's form says that she has read."""
    found = re.search(rf'action="{HERE}{code}/si-fra/".*?name="sett" value="([^"]+)"', html, re.S)
    assert found
    return found[1]


# --- who ---


@pytest.mark.parametrize("role", Role)
def test_who_may_do_what(role: Role, client: Client, assessment: Assessment) -> None:
    written(assessment)
    sign_in(client, role, solution="liste")
    page = client.get(HERE)

    assert page.status_code == 200
    assert ("1 av 13 besvart" in page.text) is (role in SEES)
    assert ("1 av 13 besvart" in client.get(BASE).text) is (role in SEES)
    assert ("Kort begrunnelse" in page.text) is (role in FILLS)
    assert ("Si fra" in page.text) is (role in JUDGES)
    fills = 302 if role in FILLS else 403 if role in SEES else 404
    judges = 422 if role in JUDGES else 403 if role in SEES else 404
    opens = 200 if fills == 302 else fills
    assert client.post(f"{HERE}utprovd/", typed("met", "Ja")).status_code == fills
    assert client.get(f"{HERE}utprovd/vis/").status_code == opens
    assert client.post(f"{HERE}gevinster/si-fra/", {}).status_code == judges
    own = 302 if role in JUDGES else 403 if role in SEES else 404
    answered = client.post(f"{HERE}innforingen-er-forberedt/", typed("met", "Ja"))
    assert answered.status_code == own
    begun = client.post(f"{BASE}sykehjem/begynn/").status_code
    assert begun == (302 if role in FILLS else 403)


def test_a_programme_has_no_part_in_anothers_assessment(
    client: Client, assessment: Assessment
) -> None:
    sign_in(client, Role.PROGRAMME, solution="en-annen")
    assert "av 13 besvart" not in client.get(HERE).text
    assert client.post(f"{HERE}utprovd/", typed("met")).status_code == 404
    assert client.post(f"{BASE}sykehjem/begynn/").status_code == 403
    assert answer_of(assessment, "utprovd").verdict == ""


def test_visitors_read_what_it_is_measured_by_and_nothing_more(
    client: Client, assessment: Assessment
) -> None:
    written(assessment, line="En hemmelighet inntil videre.")
    for address in (BASE, HERE, f"{HERE}?format=csv", f"{HERE}?format=xlsx"):
        page = client.get(address)
        assert page.headers["Content-Type"].startswith("text/html")
        assert LABEL in page.text
        assert "hemmelighet" not in page.text
        assert "besvart" not in page.text
    assert client.post(f"{HERE}utprovd/", typed("met")).status_code == 302
    assert answer_of(assessment, "utprovd").verdict == ""


def test_a_member_of_the_body_that_decides_sees_it_by_her_seat(
    client: Client, assessment: Assessment
) -> None:
    person = sign_in(client, Role.ANALYST)
    assert "av 13 besvart" not in client.get(HERE).text
    seat = Member.objects.create(
        body=Body.objects.get(slug="fpu-e-helse"),
        person=person,
        function="member",
        valid_from=make.SOME_DAY,
    )
    assert "av 13 besvart" in client.get(HERE).text
    assert client.post(f"{HERE}utprovd/", typed("met")).status_code == 403
    Member.objects.filter(pk=seat.pk).update(valid_to=date(2024, 2, 1))
    assert "av 13 besvart" not in client.get(HERE).text


def test_a_joint_process_and_an_area_elsewhere_have_no_assessment(
    client: Client, offer: Offer
) -> None:
    make.solution(slug="prosess", kind=SolutionKind.JOINT_PROCESS, areas=(Area.HOME_CARE,))
    sign_in(client, Role.PORTFOLIO_OWNER)
    for address in (
        "/losninger/prosess/vurdering/",
        "/losninger/prosess/vurdering/hjemmetjeneste/",
        f"{BASE}tannhelse/",
        f"{BASE}finnes-ikke/",
        "/losninger/ingen/vurdering/",
    ):
        assert client.get(address).status_code == 404
    assert client.post("/losninger/prosess/vurdering/hjemmetjeneste/begynn/").status_code == 404


# --- beginning and answering ---


def test_a_programme_begins_and_sees_its_progress_from_the_first_day(
    client: Client, offer: Offer
) -> None:
    programme(client)
    assert "Vurderingen er ikke begynt." in client.get(BASE).text
    assert "Vurderingen er ikke begynt." in client.get(HERE).text
    page = words(client.post(f"{HERE}begynn/", follow=True).text)
    assert "0 av 13 besvart" in page
    assert "11 av 11 må-kriterier står i veien for et ja" in page
    assert LABEL in page
    assert "allerede begynt" in client.post(f"{HERE}begynn/", follow=True).text


def test_an_answer_without_javascript(client: Client, assessment: Assessment) -> None:
    programme(client)
    shown = client.post(
        f"{HERE}gevinster/",
        typed("partly", "Målt i to kommuner.", "Mer\r\nhvis noen spør."),
        follow=True,
    )
    assert "Svaret er lagret." in shown.text
    assert "1 av 13 besvart, 1 mangler dokumentasjon, 1 venter på organet" in words(shown.text)
    row = answer_of(assessment)
    assert (row.verdict, row.line, row.comment) == (
        "partly",
        "Målt i to kommuner.",
        "Mer\nhvis noen spør.",
    )
    assert client.get(f"{HERE}gevinster/").status_code == 302


def test_an_answer_while_she_writes(client: Client, assessment: Assessment) -> None:
    """Only tags, progress and what the next save begins from come back, never her fields."""
    programme(client)
    answer = client.post(f"{HERE}gevinster/", typed("met", "Målt."), headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "textarea" not in answer.text
    assert 'hx-swap-oob="innerHTML:#lagring-gevinster"' in answer.text
    assert 'name="fra_linje" value="Målt."' in answer.text
    assert "Lagret kl." in answer.text
    assert "1 av 13 besvart" in answer.text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (typed("not_relevant"), "hvorfor kriteriet ikke er relevant"),
        (typed("met", "a" * 301), "Begrunnelsen er for lang"),
        (typed("met", "", "a" * 4001), "Kommentaren er for lang"),
        (typed("perfekt"), "kunne ikke leses"),
    ],
)
def test_a_refused_answer_says_why_and_keeps_what_was_typed(
    client: Client, assessment: Assessment, sent: dict[str, str], sentence: str
) -> None:
    programme(client)
    plain = client.post(f"{HERE}gevinster/", sent)
    quick = client.post(f"{HERE}gevinster/", sent, headers=HTMX)
    for answer in (plain, quick):
        assert answer.status_code == 422
        assert sentence in answer.text
    assert sent["linje"] in plain.text
    assert sent["kommentar"] in plain.text
    assert answer_of(assessment).verdict == ""


# --- two at once ---


def conflict(client: Client, assessment: Assessment) -> dict[str, str]:
    """She began from nothing; meanwhile another has written a verdict and a line."""
    programme(client)
    written(assessment, line="Den andres.")
    return typed("", "Mitt.")


def test_two_in_one_answer_are_both_shown_and_neither_is_lost(
    client: Client, assessment: Assessment
) -> None:
    sent = conflict(client, assessment)
    for headers in ({}, HTMX):
        answer = client.post(f"{HERE}gevinster/", sent, headers=headers)
        assert answer.status_code == 422
        shown = words(answer.text)
        assert "En annen har skrevet i det samme svaret" in shown
        assert "Den andres." in shown
        assert "Mitt." in shown
        assert "Ta med begge tekstene" in shown
        assert 'name="fra_linje" value="Den andres."' in answer.text
        # The verdict is the other's alone: from the next save on it is taken as it is.
        assert 'name="fra_vurdering" value=""' in answer.text
        assert 'name="strid" value="line"' in answer.text
    assert answer_of(assessment).line == "Den andres."


def test_nothing_is_saved_behind_her_back_until_she_has_chosen(
    client: Client, assessment: Assessment
) -> None:
    conflict(client, assessment)
    again = typed("", "Mitt og mer.", base=("", "Den andres.", ""), strid="line")
    assert client.post(f"{HERE}gevinster/", again, headers=HTMX).status_code == 204
    assert answer_of(assessment).line == "Den andres."


@pytest.mark.parametrize(
    ("choice", "line"),
    [("mitt", "Mitt."), ("lagret", "Den andres."), ("begge", "Den andres. Mitt.")],
)
def test_she_chooses_what_is_to_stand(
    client: Client, assessment: Assessment, choice: str, line: str
) -> None:
    conflict(client, assessment)
    sent = typed("", "Mitt.", base=("", "Den andres.", ""), strid="line", valg=choice)
    client.post(f"{HERE}gevinster/", sent)
    row = answer_of(assessment)
    assert row.line == line
    # She never touched the verdict, and saw it as it was when she began.
    assert row.verdict == "met"


def test_what_another_wrote_in_another_part_is_kept_and_told(
    client: Client, assessment: Assessment
) -> None:
    programme(client)
    written(assessment, comment="Den andres kommentar.", verdict=None, line="")
    first = client.post(f"{HERE}gevinster/", typed("", "Mitt."), headers=HTMX)
    assert first.status_code == 200
    assert "En annen har endret kommentaren." in first.text
    assert 'name="fra_kommentar" value=""' in first.text
    client.post(f"{HERE}gevinster/", typed("", "Mitt!", base=("", "Mitt.", "")), headers=HTMX)
    row = answer_of(assessment)
    assert (row.line, row.comment) == ("Mitt!", "Den andres kommentar.")


# --- evidence ---


def upload(content: bytes = PDF, name: str = "måling.pdf") -> dict[str, object]:
    return {"words": "Måling", "link": "", "vedlegg": SimpleUploadedFile(name, content)}


def test_evidence_is_a_link_or_a_file_and_can_be_taken_away(
    client: Client, assessment: Assessment
) -> None:
    written(assessment)
    programme(client)
    at = f"{HERE}gevinster/vis/"
    shown = client.post(at, {"words": "Rapport", "link": "https://ks.no/r"}, follow=True).text
    assert "«Rapport» er lagt til." in shown
    assert 'href="https://ks.no/r"' in shown
    shown = client.post(at, upload(), follow=True).text
    assert re.search(r"Måling \(PDF, \d+ byte\)", words(shown))

    evidence = Evidence.objects.get(words="Rapport")
    remove = f"{at}{evidence.pk}/fjern/"
    assert "Fjern «Rapport»" in client.get(remove).text
    assert "«Rapport» er fjernet." in client.post(remove, follow=True).text
    assert client.post(remove).status_code == 404
    assert client.post(f"{HERE}utprovd/vis/{evidence.pk}/fjern/").status_code == 404


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"words": "", "link": "https://ks.no/"}, "Skriv hva dokumentasjonen er."),
        ({"words": "Rapport", "link": ""}, "Lim inn en lenke, eller velg en fil."),
        ({"words": "Rapport", "link": "javascript:alert(1)"}, "hel adresse"),
        (upload(SVG, "bilde.svg"), "skript"),
        (upload(SVG, "rapport.pdf"), "skript"),
        (upload(b"", "tom.pdf"), "tom"),
        ({**upload(), "link": "https://ks.no/"}, "Velg enten en lenke eller en fil."),
    ],
)
def test_evidence_that_is_refused(
    client: Client, assessment: Assessment, sent: dict[str, object], sentence: str
) -> None:
    programme(client)
    answer = client.post(f"{HERE}gevinster/vis/", sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Evidence.objects.exists()
    assert not File.objects.exists()


@pytest.mark.parametrize("role", [None, *Role])
def test_a_file_is_served_only_to_those_who_may_see_the_assessment(
    role: Role | None, client: Client, assessment: Assessment
) -> None:
    evidence = services.add_file(
        answer=answer_of(assessment), words="Måling", name="m.pdf", content=PDF, by=BY, at=AT
    )
    assert evidence.file is not None
    address = f"{HERE}dokumentasjon/{evidence.file.key}/m.pdf"
    if role is not None:
        sign_in(client, role, solution="liste")

    answer = client.get(address)

    assert answer.status_code == (302 if role is None else 200 if role in SEES else 404)
    if role in SEES:
        assert answer.content == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        # Not by another name, in another area, or by the address of a region's documents.
        assert client.get(f"{HERE}dokumentasjon/{evidence.file.key}/x.pdf").status_code == 404
        elsewhere = f"{BASE}sykehjem/dokumentasjon/{evidence.file.key}/m.pdf"
        assert client.get(elsewhere).status_code == 404
        assert client.get(f"/filer/{evidence.file.key}/m.pdf").status_code == 404


# --- the body ---


def test_the_body_agrees_and_a_later_change_opens_the_criterion_again(
    client: Client, assessment: Assessment
) -> None:
    written(assessment)
    owner = sign_in(client, Role.PORTFOLIO_OWNER)
    page = client.get(HERE).text
    sent = {"enig": "agrees", "kommentar": "God måling.", "sett": seen(page, "gevinster")}
    shown = words(client.post(f"{HERE}gevinster/si-fra/", sent, follow=True).text)
    assert "Det dere mener, er lagret." in shown
    assert f"Enig {owner.name} (porteføljeeier)" in shown
    assert "God måling." in shown

    person = programme(client)
    client.post(f"{HERE}gevinster/", typed("partly", "Målt.", base=("met", "Målt.", "")))
    shown = words(client.get(HERE).text)
    assert "1 åpnet igjen" in shown
    assert f"Åpnet igjen: vurderingen er endret av {person.name} (program eller prosjekt)" in shown
    assert "Det KS så på: «Oppfylt: Målt.»" in shown


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"enig": "disagrees", "kommentar": ""}, "Skriv hva dere er uenige i"),
        ({"kommentar": "Bare små."}, "Velg enig eller uenig."),
        ({"enig": "agrees", "kommentar": "Lest før.", "sett": "0:"}, "endret mens du leste"),
    ],
)
def test_an_opinion_that_is_refused_keeps_what_was_typed(
    client: Client, assessment: Assessment, sent: dict[str, str], sentence: str
) -> None:
    written(assessment)
    sign_in(client, Role.PORTFOLIO_OWNER)
    read = seen(client.get(HERE).text, "gevinster")
    answer = client.post(f"{HERE}gevinster/si-fra/", {"sett": read, **sent})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert sent["kommentar"] in answer.text
    assert not Confirmation.objects.exists()


def test_whoever_answers_does_not_judge_it(client: Client, assessment: Assessment) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    client.post(f"{HERE}gevinster/", typed("met", "Målt."))
    read = seen(client.get(HERE).text, "gevinster")
    answer = client.post(f"{HERE}gevinster/si-fra/", {"enig": "agrees", "sett": read})
    assert "Du har selv skrevet svaret" in answer.text


# --- facts beside, a newer version, the file, the costs ---


def test_what_samlop_knows_stands_beside_the_question(
    client: Client, assessment: Assessment
) -> None:
    programme(client)
    shown = words(client.get(HERE).text)
    assert "Ingen produkter er registrert" in shown
    assert "Mangler:" in shown
    assert "0 kommuner har prøvd" in shown
    assert "Ingen kostnadsmodell er publisert" in shown
    assert "De helsefaglige vurdererne har ikke konkludert ennå." in shown


def test_a_newer_version_is_offered_explained_and_taken(
    client: Client, assessment: Assessment
) -> None:
    written(assessment)
    written(assessment, "utprovd")
    publish_next()
    programme(client)
    assert "Se hva som er nytt, og gå over" in client.get(HERE).text
    shown = words(client.get(f"{HERE}nyeste-versjon/").text)
    assert "1 svar følger med" in shown
    assert "1 svar må gis på nytt" in shown
    shown = words(client.post(f"{HERE}nyeste-versjon/", follow=True).text)
    assert "Vurderingen bruker versjon 2." in shown
    assert "1 av 13 besvart" in shown
    assert "Slik var svaret mot versjon 1" in shown
    assert "bruker allerede" in client.get(f"{HERE}nyeste-versjon/", follow=True).text

    older = client.get(f"{HERE}?versjon=1")
    assert "2 av 13 besvart" in older.text
    assert "står som den var" in older.text
    assert "Kort begrunnelse" not in older.text
    assert client.get(f"{HERE}?versjon=1&format=json").json()["antall"] == 13
    for number in ("7", "0", "-1", "x", "9" * 30):
        assert client.get(f"{HERE}?versjon={number}").status_code == 404
    client.logout()
    assert "besvart" not in client.get(f"{HERE}?versjon=1").text


def publish_next() -> None:
    draft = criteria_services.start_draft(by=BY, at=AT)
    row = draft.criteria.get(code="utprovd")
    text = replace(row.text(), question="Har ti kommuner prøvd den?")
    criteria_services.edit_criterion(criterion=row, seen=0, text=text, by=BY)
    criteria_services.describe(
        criteria_set=draft,
        deciding_body=draft.deciding_body,
        advised_by=None,
        standing=SetStanding.DECIDED,
        source="Sak 3/27",
        what_is_new="Strengere.",
        by=BY,
    )
    criteria_services.publish(
        criteria_set=draft, seen=criteria_queries.texts_of(draft.pk), by=BY, at=AT
    )


def test_the_assessment_is_a_file_with_the_rows_of_the_page(
    client: Client, assessment: Assessment
) -> None:
    written(assessment, comment="Mer.")
    person = programme(client)
    found = client.get(f"{HERE}?format=json").json()
    rows = found["vurdering-liste-hjemmetjeneste"]
    assert len(rows) == 13
    assert rows[1]["vurdering"] == "Oppfylt"
    assert rows[1]["kommentar"] == "Mer."
    assert rows[1]["mangler"].startswith("mangler dokumentasjon")
    assert rows[1]["kriterienes_status"] == LABEL
    assert client.get(f"{HERE}?format=csv").headers["Content-Type"].startswith("text/csv")
    assert client.get(f"{HERE}?format=xlsx").content.startswith(b"PK")
    assert person.name not in client.get(f"{HERE}?format=csv").text


def test_the_page_costs_the_same_however_much_is_answered(
    client: Client, assessment: Assessment
) -> None:
    programme(client)
    client.get(HERE)
    with CaptureQueriesContext(connection) as empty:
        client.get(HERE)
    for row in Answer.objects.filter(assessment=assessment).select_related("criterion"):
        code = row.criterion.code
        if code == "helsefaglig":
            continue
        written(assessment, code)
        for index in range(3):
            services.add_link(
                answer=answer_of(assessment, code),
                words=f"Rapport {index}",
                link="https://ks.no/",
                by=BY,
                at=AT,
            )
    client.get(HERE)
    with CaptureQueriesContext(connection) as full:
        page = client.get(HERE)
    assert "12 av 13 besvart" in page.text
    assert len(full) == len(empty), [query["sql"] for query in full]


def test_min_side_shows_what_is_under_way(client: Client, assessment: Assessment) -> None:
    written(assessment)
    programme(client)
    assert "1 av 13 besvart" in client.get("/").text
    sign_in(client, Role.PORTFOLIO_OWNER)
    shown = words(client.get("/").text)
    assert "Se på 1 svar om Lista, hjemmetjeneste" in shown
    assert "Vurderinger under arbeid" in shown
    sign_in(client, Role.ANALYST)
    assert "besvart" not in client.get("/").text


def test_min_side_costs_the_same_for_several_assessments(
    client: Client, assessment: Assessment
) -> None:
    sign_in(client, Role.PORTFOLIO_OWNER)
    client.get("/")
    with CaptureQueriesContext(connection) as one:
        client.get("/")
    for _ in range(4):
        services.open_assessment(offer=make.offer(), by=BY, at=AT)
    client.get("/")
    with CaptureQueriesContext(connection) as several:
        client.get("/")
    assert len(several) == len(one), [query["sql"] for query in several]
