"""The least that pages of 357 rows can cost: one hand-written query and plain string joining.

It answers inside the same process, through the same middleware, for the same signed-in person,
with the same cells and links. What stands around the rows is the product's own page, taken
once: the floor is about the rows.
"""

from collections.abc import Callable
from html import escape
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse

from samlop.municipalities import texts
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.rollouts.models import Rollout
from samlop.rollouts.rules.answers import Reason
from samlop.rollouts.rules.table import TableState
from samlop.rollouts.texts import answers as answer_texts
from samlop.rollouts.texts import table as table_texts
from samlop.web import clock
from samlop.web.municipalities import views
from samlop.web.rollouts import following

ROWS: Final = """
select c.number, c.qualified_name, county.name, grp.name, p.inhabitants, m.centrality,
  m.language_form
from municipalities_municipalitycode c
join municipalities_municipality m on m.id = c.municipality_id
left join municipalities_regionmembership cm on cm.municipality_id = m.id
  and cm.kind = 'county' and cm.valid_from <= %(day)s
  and (cm.valid_to is null or cm.valid_to > %(day)s)
left join municipalities_region county on county.id = cm.region_id
left join municipalities_regionmembership gm on gm.municipality_id = m.id
  and gm.kind = 'ehealth_group' and gm.valid_from <= %(day)s
  and (gm.valid_to is null or gm.valid_to > %(day)s)
left join municipalities_region grp on grp.id = gm.region_id
left join lateral (select inhabitants from municipalities_population
  where municipality_id = m.id and counted_on <= %(day)s
  order by counted_on desc limit 1) p on true
where c.valid_from <= %(day)s and (c.valid_to is null or c.valid_to > %(day)s)
order by nb_sort_key(c.qualified_name) collate "C", c.number
"""

# What the leader's table tells of each municipality: where it stands, by which answer, in which
# cohort, and who last spoke with whom.
ROLLOUT_ROWS: Final = """
with invited as (
  select distinct on (municipality_id) municipality_id, answer_by, sent_at
  from rollouts_invitation where rollout_id = %(rollout)s and withdrawn_at is null
  order by municipality_id, sent_at desc
),
answered as (
  select distinct on (municipality_id) municipality_id, state, reason
  from rollouts_answer where rollout_id = %(rollout)s order by municipality_id, number desc
),
placed as (
  select p.municipality_id, h.name from rollouts_place p join rollouts_cohort h
    on h.id = p.cohort_id where h.rollout_id = %(rollout)s and p.ended_at is null
),
noted as (
  select distinct on (municipality_id) municipality_id, signal, written_at, next_contact
  from rollouts_leadernote where rollout_id = %(rollout)s and withdrawn_at is null
  order by municipality_id, written_at desc
)
select c.number, c.qualified_name, county.name,
  case when p.name is not null then 'placed' when a.state = 'no' then 'no'
    when a.state = 'later' then 'later' when a.state = 'pending' then 'pending'
    when a.state = 'yes' then 'waiting' when i.sent_at is not null then 'silent'
    when t.municipality_id is not null then 'not_invited' else 'outside' end,
  a.reason, p.name, i.answer_by, n.signal, n.written_at, n.next_contact, i.sent_at
from municipalities_municipalitycode c
left join municipalities_regionmembership cm on cm.municipality_id = c.municipality_id
  and cm.kind = 'county' and cm.valid_from <= %(day)s
  and (cm.valid_to is null or cm.valid_to > %(day)s)
left join municipalities_region county on county.id = cm.region_id
left join rollouts_targetmember t
  on t.municipality_id = c.municipality_id and t.rollout_id = %(rollout)s
left join invited i on i.municipality_id = c.municipality_id
left join answered a on a.municipality_id = c.municipality_id
left join placed p on p.municipality_id = c.municipality_id
left join noted n on n.municipality_id = c.municipality_id
where c.valid_from <= %(day)s and (c.valid_to is null or c.valid_to > %(day)s)
order by nb_sort_key(c.qualified_name) collate "C", c.number
"""
COLORS: Final = {"placed": "success", "silent": "warning", "pending": "info", "waiting": "info"}

_around: dict[str, tuple[str, str]] = {}


def _frame(name: str, page: Callable[[], HttpResponse]) -> tuple[str, str]:
    """The product's page before its first row and after its last; made once per process."""
    if name not in _around:
        whole = page().content.decode()
        begins = whole.index(">", whole.index("<tbody")) + 1
        _around[name] = (whole[:begins], whole[whole.index("</tbody>") :])
    return _around[name]


def _read(request: HttpRequest, rows: str, **asked: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        # The product's header reads these for whoever is signed in; so must the floor.
        cursor.execute(
            "select role, region_id, municipality_id from accounts_membership where person_id = %s",
            [request.user.pk],
        )
        cursor.fetchall()
        cursor.execute(rows, {"day": clock.today(), **asked})
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


@login_required
def rollout(request: HttpRequest, slug: str) -> HttpResponse:
    before, after = _frame(
        slug,
        lambda: following.municipality_table(request, slug),  # type: ignore[arg-type]
    )
    rows = _read(request, ROLLOUT_ROWS, rollout=Rollout.objects.only("pk").get(slug=slug).pk)
    states = {state.value: str(table_texts.STATES[state]) for state in TableState}
    reasons = {reason.value: str(answer_texts.REASONS[reason]) for reason in Reason}
    parts = [before]
    for number, name, county, state, reason, cohort, due, signal, written, later, sent in rows:
        last = max((one for one in (written, sent) if one), default=None)
        why = f'<span class="subtle">{escape(reasons[reason])}</span>' if reason else ""
        place = f'<span class="subtle">{escape(county)}</span>' if county else ""
        need = (
            '<span class="ds-tag" data-size="sm" data-color="warning">Ta kontakt</span>'
            if state == "silent"
            else ""
        )
        days = [
            f'<td class="nowrap">{day.day}.{day.month}.{day.year}</td>' if day else "<td></td>"
            for day in (due, last, later)
        ]
        parts.append(
            f'<tr><td class="choose"><input class="ds-input" type="checkbox" name="kommune" '
            f'value="{number}" aria-label="Velg {escape(name)}"></td><th scope="row">'
            f'<a href="/innforingslop/{slug}/kommuner/{number}/">{escape(name)}</a>{place}</th>'
            f'<td><span class="ds-tag" data-size="sm" data-color="{COLORS.get(state, "neutral")}">'
            f"{states[state]}</span>{why}</td><td>{need}</td><td>{escape(cohort or '')}</td>"
            f"{days[0]}<td>{signal or ''}</td>{days[1]}{days[2]}</tr>\n"
        )
    parts.append(after)
    return HttpResponse("".join(parts))


@login_required
def municipalities(request: HttpRequest) -> HttpResponse:
    before, after = _frame(
        "municipalities",
        lambda: views.municipality_list(request),  # type: ignore[arg-type]
    )
    rows = _read(request, ROWS)
    forms = {form.value: str(texts.LANGUAGE_FORMS[form]) for form in LanguageForm}
    parts = [before]
    for number, name, county, group, inhabitants, centrality, form in rows:
        people = "" if inhabitants is None else f"{inhabitants:,}".replace(",", "\u00a0")
        parts.append(
            f'\n      <tr><th scope="row"><a href="/kommuner/{number}/">{escape(name)}</a></th>'
            f"<td>{number}</td><td>{escape(county or '')}</td><td>{escape(group or '')}</td>"
            f'<td class="numeric">{people}</td><td class="numeric">{centrality or ""}</td>'
            f"<td>{forms[form]}</td></tr>"
        )
    parts.append(after)
    return HttpResponse("".join(parts))
