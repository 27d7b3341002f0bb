"""Where a case is: body, year and number, as people say it."""

from django.urls import reverse

from samlop.governance.models import Case
from samlop.governance.queries import CaseLine


def of_case(case: Case | CaseLine, view: str = "case") -> str:
    slug = case.body_slug if isinstance(case, CaseLine) else case.body.slug
    return reverse(f"governance:{view}", args=[slug, case.year, case.number])
