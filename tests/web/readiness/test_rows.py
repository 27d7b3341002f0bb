"""Saying something of a row: who may, what is asked for, and whom a slip reaches before it is."""

import html
import re
from datetime import date, timedelta

import pytest
from django.test import Client

from samlop.accounts.rules import Role
from samlop.audit.models import Event
from samlop.portfolio.models import ReadinessEvent
from samlop.portfolio.queries import readiness as queries
from samlop.portfolio.rules.readiness import Readiness, Teller
from tests import factories as make
from tests.web.readiness.conftest import SignIn, Stage, soon, today

pytestmark = pytest.mark.django_db


def hidden(text: str) -> dict[str, str]:
    """What the page carries along in its form."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def filled(stage: Stage, **more: str) -> dict[str, str]:
    return {
        "state": "planned",
        "release_on": soon().isoformat(),
        "version": "",
        "source": "",
        "reason": "",
        "seen": str(stage.said.pk),
        **more,
    }


def current(stage: Stage) -> Readiness:
    return queries.on(stage.home, today())[stage.product.pk].state


MAY = {Role.PORTFOLIO_OWNER, Role.PROGRAMME, Role.VENDOR}


@pytest.mark.parametrize("role", list(Role))
def test_who_may_say_something(client: Client, stage: Stage, sign_in: SignIn, role: Role) -> None:
    sign_in(role)
    assert client.get(f"{stage.row}rett/").status_code == (200 if role in MAY else 403)
    posted = client.post(
        f"{stage.row}rett/", filled(stage, state="in_test", told_by="vendor", source="Møte")
    )
    assert posted.status_code == (302 if role in MAY else 403)
    assert ReadinessEvent.objects.count() == (2 if role in MAY else 1)


@pytest.mark.parametrize("role", [Role.PROGRAMME, Role.VENDOR])
def test_somebody_else_of_the_same_kind_may_not(
    client: Client, stage: Stage, sign_in: SignIn, role: Role
) -> None:
    sign_in(role, vendor=make.product().vendor, solution="en-annen")
    assert client.get(f"{stage.row}rett/").status_code == 403


def test_a_visitor_is_led_to_the_log_in_page(client: Client, stage: Stage) -> None:
    assert client.get(f"{stage.row}rett/").status_code == 302
    assert client.post(f"{stage.row}rett/", filled(stage)).status_code == 302
    assert ReadinessEvent.objects.count() == 1


def test_a_vendor_speaks_for_itself(client: Client, stage: Stage, sign_in: SignIn) -> None:
    sign_in(Role.VENDOR)
    page = client.get(f"{stage.row}rett/").text
    assert "Hvem opplyser det?" not in page

    client.post(
        f"{stage.row}rett/",
        filled(stage, state="released", release_on=today().isoformat(), version="7.2"),
    )

    row = ReadinessEvent.objects.latest("pk")
    assert (row.state, row.version, row.told_by) == ("released", "7.2", "vendor")
    assert Event.objects.latest("pk").actor_label == "Leverandør"


def test_a_programme_says_who_told_it(client: Client, stage: Stage, sign_in: SignIn) -> None:
    sign_in(Role.PROGRAMME)
    there = f"{stage.row}rett/"
    nobody = client.post(there, filled(stage, state="in_test"))
    assert nobody.status_code == 422
    assert "Velg hvem som opplyser det." in nobody.text
    no_source = client.post(there, filled(stage, state="in_test", told_by="programme"))
    assert "Skriv hvor opplysningen kommer fra." in no_source.text
    unknown = client.post(
        there, filled(stage, told_by="municipality", municipality="Atlantis", source="Møte")
    )
    assert unknown.status_code == 422

    client.post(
        there,
        filled(
            stage, state="in_test", told_by="municipality", municipality="arendal", source="Møte"
        ),
    )

    row = ReadinessEvent.objects.latest("pk")
    assert row.told_by == Teller.MUNICIPALITY.value
    assert row.municipality == stage.first
    assert "Arendal" in client.get(stage.row).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"release_on": ""}, "Skriv datoen."),
        ({"release_on": "2020-01-01"}, "Datoen er passert."),
        ({"state": "released"}, "Datoen er ikke kommet ennå."),
        ({"state": "not_planned"}, "Det som ikke er planlagt, har ingen dato."),
        ({"state": ""}, "Velg hvor langt det er kommet."),
        ({"release_on": "i fjor"}, "Skriv datoen slik"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(
    client: Client, stage: Stage, sign_in: SignIn, changes: dict[str, str], sentence: str
) -> None:
    sign_in(Role.VENDOR)
    answer = client.post(f"{stage.row}rett/", filled(stage, **changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert ReadinessEvent.objects.count() == 1


# --- a slip ---


def slip(client: Client, stage: Stage, day: date | None = None, **more: str) -> str:
    later = (day or soon(100)).isoformat()
    return client.post(f"{stage.row}rett/", filled(stage, release_on=later, **more)).text


def test_a_slip_shows_whom_it_reaches_before_anything_is_saved(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    text = slip(client, stage, reason="Testen tar lengre tid.")

    assert "Hvem utsettelsen berører" in text
    assert "2 kommuner bruker produktet" in text
    for name in ("Arendal", "Risør"):
        assert name in text
    assert "Testen tar lengre tid." in text
    assert ReadinessEvent.objects.count() == 1


def test_what_was_shown_is_saved_with_its_reason(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    carried = hidden(slip(client, stage))

    without = client.post(f"{stage.row}rett/", carried | {"reason": ""})
    assert without.status_code == 422
    assert "Skriv hvorfor." in without.text
    assert ReadinessEvent.objects.count() == 1

    answer = client.post(f"{stage.row}rett/", carried | {"reason": "Testen tar lengre tid."})

    assert answer.status_code == 302
    row = ReadinessEvent.objects.latest("pk")
    assert (row.release_on, row.reason) == (soon(100), "Testen tar lengre tid.")


def test_it_is_shown_again_when_it_has_come_to_reach_others(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    carried = hidden(slip(client, stage))
    make.use(municipality=make.municipality(name="Nykommune"), product=stage.product)

    answer = client.post(f"{stage.row}rett/", carried | {"reason": "Testen tar lengre tid."})

    assert answer.status_code == 409
    assert "Nykommune" in answer.text
    assert ReadinessEvent.objects.count() == 1


def test_back_to_the_form_with_what_was_filled_in(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    carried = hidden(slip(client, stage))
    answer = client.post(f"{stage.row}rett/", carried | {"reason": "Fordi", "tilbake": "1"})
    assert soon(100).isoformat() in answer.text
    assert "Rett opplysningen" in answer.text
    assert ReadinessEvent.objects.count() == 1


def test_whoever_saw_an_older_word_is_told_and_loses_nothing(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    make.readiness(
        offer=stage.home, product=stage.product, state=Readiness.RELEASED, told_on=today()
    )
    answer = client.post(f"{stage.row}rett/", filled(stage, release_on=soon(100).isoformat()))
    assert answer.status_code == 422
    assert "Noen andre har endret raden" in answer.text
    assert soon(100).isoformat() in answer.text
    assert current(stage) is Readiness.RELEASED


def test_an_earlier_date_is_saved_at_once_and_leads_back(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    there = f"{stage.row}rett/?neste={stage.own}"
    answer = client.post(there, filled(stage, release_on=soon(10).isoformat()))
    assert answer.headers["Location"] == stage.own
    outside = f"{stage.row}rett/?neste=https://example.org/"
    seen = ReadinessEvent.objects.latest("pk").pk
    answer = client.post(outside, filled(stage, release_on=soon(9).isoformat(), seen=str(seen)))
    assert answer.headers["Location"] == stage.row


# --- «stemmer» and taking back ---


def test_only_the_vendor_itself_says_stemmer(client: Client, stage: Stage, sign_in: SignIn) -> None:
    sign_in(Role.PORTFOLIO_OWNER)
    assert client.post(f"{stage.row}stemmer/", {"seen": stage.said.pk}).status_code == 403
    sign_in(Role.VENDOR)
    assert "Stemmer" in client.get(stage.row).text
    client.post(f"{stage.row}stemmer/", {"seen": stage.said.pk})
    row = ReadinessEvent.objects.latest("pk")
    assert (row.told_by, row.told_on) == ("vendor", today())
    refused = client.post(f"{stage.row}stemmer/", {"seen": stage.said.pk}, follow=True)
    assert "Noen andre har endret raden" in refused.text


def test_to_take_back_shows_whom_it_reaches_when_the_word_before_was_worse(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.VENDOR)
    better = make.readiness(
        offer=stage.home,
        product=stage.product,
        release_on=soon(10),
        told_on=today() - timedelta(days=1),
    )
    there = f"{stage.address}opplysning/{better.pk}/trekk-tilbake/"

    page = client.get(there).text
    assert "2 kommuner bruker produktet" in page
    assert client.post(there, {"reason": ""}).status_code == 422
    answer = client.post(there, {"reason": "Feil rad"})

    assert answer.headers["Location"] == stage.row
    assert queries.on(stage.home, today())[stage.product.pk].event == stage.said.pk
    assert "Trukket tilbake" in client.get(stage.row).text


def test_a_vendor_takes_back_its_own_words_only(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    others = make.readiness(
        offer=stage.home,
        product=stage.product,
        release_on=soon(),
        teller=Teller.PROGRAMME,
        told_on=today() - timedelta(days=1),
    )
    there = f"{stage.address}opplysning/{others.pk}/trekk-tilbake/"
    sign_in(Role.VENDOR)
    assert there not in client.get(stage.row).text
    client.post(there, {"reason": "Liker den ikke"})
    others.refresh_from_db()
    assert others.withdrawn_at is None

    sign_in(Role.PROGRAMME)
    client.post(there, {"reason": "Feil"})
    others.refresh_from_db()
    assert others.withdrawn_at is not None


# --- which row ---


def test_a_programme_chooses_a_product_to_speak_of(
    client: Client, stage: Stage, sign_in: SignIn
) -> None:
    sign_in(Role.PROGRAMME)
    new = make.product(name="Helt ny")
    assert "Helt ny" in client.get(f"{stage.address}legg-til/").text
    empty = client.post(f"{stage.address}legg-til/", {"area": "", "product": ""})
    assert empty.status_code == 422

    answer = client.post(f"{stage.address}legg-til/", {"area": "home_care", "product": new.slug})

    assert answer.headers["Location"] == f"{stage.address}home_care/{new.slug}/rett/"
    form = client.get(answer.headers["Location"]).text
    assert "Legg inn opplysning" in form
