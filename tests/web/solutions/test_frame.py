"""What stands above every page about a solution."""

from datetime import date

import pytest
from django.test import Client

from samlop.portfolio.rules.solutions import Area, Phase, SolutionKind
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_frame_shows_each_area_with_its_own_phase(client: Client) -> None:
    solution = factories.solution(name="Legemidler", slug="legemidler")
    care = factories.offer(solution=solution, area=Area.HOME_CARE)
    doctors = factories.offer(solution=solution, area=Area.GENERAL_PRACTICE)
    factories.phase(offer=care, phase=Phase.UNDER_TRIAL, on=date(2025, 1, 1))
    factories.phase(offer=doctors, phase=Phase.UNDER_TRIAL, on=date(2024, 1, 1))
    factories.phase(offer=doctors, phase=Phase.NATIONAL_ROLLOUT, on=date(2026, 1, 1))

    html = client.get("/losninger/legemidler/").content.decode()

    assert "Under utprøving" in html
    assert "Nasjonal innføring" in html


def test_the_frame_shows_the_phase_of_the_day_it_is_asked_for(client: Client) -> None:
    offer = factories.offer(solution=factories.solution(slug="legemidler"))
    factories.phase(offer=offer, phase=Phase.UNDER_TRIAL, on=date(2024, 1, 1))
    factories.phase(offer=offer, phase=Phase.READY_FOR_USE, on=date(2025, 6, 1))

    html = client.get("/losninger/legemidler/?dato=2025-05-31").content.decode()

    assert "Under utprøving" in html
    assert "slik den var 31. mai 2025" in html


def test_a_joint_process_has_no_part_that_only_a_solution_has(client: Client) -> None:
    factories.solution(slug="modell", kind=SolutionKind.JOINT_PROCESS)
    factories.solution(slug="losning")

    process = client.get("/losninger/modell/").content.decode()

    assert "/losninger/modell/" in process
    assert "/losninger/modell/vurdering/" not in process
    assert "/losninger/modell/leverandorer/" not in process
    assert "/losninger/modell/beslutninger/" not in process
