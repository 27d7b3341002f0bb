"""Finding municipalities and regions by any name or number they have or had, also misspelt."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from django.db import connection
from django.utils.translation import gettext

from samlop.municipalities import texts
from samlop.municipalities.queries.codes import CodeBook
from samlop.municipalities.rules.kinds import RegionKind

LONGEST: Final = 100
# Below this share of common letter triples a word is another word: «trondhiem» is 0.60 from
# Trondheim, «kristiansnd» 0.75 from Kristiansand.
ALIKE: Final = 0.5
# With fewer letters nearly everything holds or resembles them.
ENOUGH: Final = 3


class HitKind(StrEnum):
    MUNICIPALITY = "municipality"
    REGION = "region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One municipality or region; `key` is the number or the slug its page is found by.

    `note` says why something with another name was found, and is empty when its name says it;
    `title` is the official name in all its languages, `name` the Norwegian one.
    """

    kind: HitKind
    key: str
    name: str
    title: str
    subtitle: str
    note: str = ""


# A hit that only resembles the text is shown when nothing better is found. Names are compared
# with position() and starts_with(), so that % and _ mean themselves.
_SQL: Final = """
with wanted as materialized (
  select trim(search_key(%(text)s)) as key, %(number)s::text as number
),
name as materialized (
  select 'code' as source, c.id, c.number, c.search_key as key,
         c.valid_from, c.valid_to, c.name as title
    from municipalities_municipalitycode c
   where c.valid_from <= %(on)s
  union all
  select 'code', c.id, c.number, search_key(c.qualified_name),
         c.valid_from, c.valid_to, c.name
    from municipalities_municipalitycode c
   where c.valid_from <= %(on)s and c.qualified_name not in (c.official_name, c.name)
  union all
  select 'code', c.id, c.number, search_key(n.name), c.valid_from, c.valid_to, c.name
    from municipalities_municipalityname n
    join municipalities_municipalitycode c on c.municipality_id = n.municipality_id
   where c.valid_from <= %(on)s and (c.valid_to is null or c.valid_to > %(on)s)
  union all
  select 'region', r.id, r.number, search_key(r.name), r.valid_from, r.valid_to, r.name
    from municipalities_region r
   where r.valid_from <= %(on)s
  union all
  select 'region', r.id, r.number, search_key(r.official_name), r.valid_from, r.valid_to, r.name
    from municipalities_region r
   where r.valid_from <= %(on)s and r.official_name not in ('', r.name)
),
holding as materialized (
  select name.*, 1.0 as likeness,
         case
           when wanted.number <> '' then
             case when name.number = wanted.number then 0
                  when starts_with(name.number, wanted.number) then 2 end
           when wanted.key = '' then null
           when name.key = wanted.key then 1
           when starts_with(name.key, wanted.key) then 3
           when position(' ' || wanted.key in name.key) > 0 then 4
           when length(wanted.key) >= %(enough)s and position(wanted.key in name.key) > 0 then 5
         end as rank
    from name, wanted
),
ranked as (
  select * from holding where rank is not null
  union all
  select *, 6 as rank
    from (select name.*, word_similarity(wanted.key, name.key) as likeness
            from name, wanted
           where length(wanted.key) >= %(enough)s
             and not exists (select from holding where rank is not null)) as alike
   where likeness >= %(alike)s
),
best as (
  select distinct on (source, id) *
    from ranked
   order by source, id, rank, likeness desc
)
select best.source, best.valid_to is not null and best.valid_to <= %(on)s as ended,
       c.number, c.qualified_name, c.valid_to,
       today.number, today.qualified_name, today.official_name, county.name,
       r.slug, r.name, r.kind, r.valid_to
  from best
  left join municipalities_municipalitycode c on best.source = 'code' and c.id = best.id
  left join municipalities_municipalitycode today
    on today.municipality_id = c.municipality_id
   and today.valid_from <= %(on)s and (today.valid_to is null or today.valid_to > %(on)s)
  left join municipalities_regionmembership m
    on m.municipality_id = today.municipality_id and m.kind = 'county'
   and m.valid_from <= %(on)s and (m.valid_to is null or m.valid_to > %(on)s)
  left join municipalities_region county on county.id = m.region_id
  left join municipalities_region r on best.source = 'region' and r.id = best.id
 order by best.rank, ended, best.likeness desc, nb_sort_key(best.title) collate "C",
          best.number, best.id
 limit %(limit)s
"""


class _Row(NamedTuple):
    """What was found, and what the same municipality is called on the day, if it exists then."""

    source: str
    ended: bool
    number: str
    name: str
    valid_to: date | None
    number_today: str | None
    name_today: str
    official_name_today: str
    county: str | None
    slug: str
    region: str
    region_kind: str
    region_valid_to: date | None


def search(text: str, *, on: date, limit: int = 20) -> tuple[Hit, ...]:
    """The best hits first. One query, and two more when one has ended."""
    name, number = _wanted(text)
    if not name and not number:
        return ()
    with connection.cursor() as cursor:
        # Several old numbers fold into one hit, so more rows than hits are needed.
        cursor.execute(
            _SQL,
            {
                "text": name,
                "number": number,
                "on": on,
                "limit": limit * 5,
                "enough": ENOUGH,
                "alike": ALIKE,
            },
        )
        rows = [_Row(*row) for row in cursor.fetchall()]
    found: dict[tuple[HitKind, str], Hit] = {}
    for hit in _hits(rows, on=on):
        key = (hit.kind, hit.key)
        # What is found by its present name needs no note about an old one.
        if key not in found or not hit.note:
            found[key] = hit
    return tuple(found.values())[:limit]


def _wanted(text: str) -> tuple[str, str]:
    """A name or a number to look for: «1507», «1507 Ålesund» and «Ålesund kommune» are known."""
    text = " ".join(text.replace("\0", " ").split())[:LONGEST]
    if found := re.match(r"(\d{1,4})(?!\S)", text):
        return "", found[1]
    return re.sub(r"(?i)\s+kommune$", "", text), ""


def _hits(rows: Sequence[_Row], *, on: date) -> Iterator[Hit]:
    gone = {row.number for row in rows if row.source == "code" and row.number_today is None}
    book = CodeBook(gone) if gone else None
    for row in rows:
        if row.source == "region":
            yield _region(row, on=on)
        elif row.number_today is not None:
            # With a new number or name alone it is the same municipality: no need to look it up.
            hit = _municipality(
                row.number_today, row.name_today, row.official_name_today, row.county or ""
            )
            yield replace(hit, note=_what_became(row, [hit])) if row.ended else hit
        elif book is not None:
            hits = [
                _municipality(period.number, period.qualified_name, period.official_name)
                for period in book.resolve(row.number, on=on).successors
            ]
            note = _what_became(row, hits)
            yield from (replace(hit, note=note) for hit in hits)
            if not hits:
                yield replace(_municipality(row.number, row.name, row.name), note=note)


def _municipality(number: str, name: str, official_name: str, county: str = "") -> Hit:
    several = " - " in official_name
    return Hit(
        kind=HitKind.MUNICIPALITY,
        key=number,
        name=name,
        title=official_name if several else name,
        subtitle=county,
    )


def _region(row: _Row, *, on: date) -> Hit:
    note = ""
    if row.region_valid_to is not None and row.region_valid_to <= on:
        note = gettext("Fantes til %(day)s.") % {"day": _last_day(row.region_valid_to)}
    return Hit(
        kind=HitKind.REGION,
        key=row.slug,
        name=row.region,
        title=row.region,
        subtitle=str(texts.REGION_KINDS[RegionKind(row.region_kind)]),
        note=note,
    )


def _what_became(row: _Row, hits: Sequence[Hit]) -> str:
    if row.valid_to is None:
        raise ValueError("only what has ended has become something else")
    words = {"number": row.number, "name": row.name, "day": _last_day(row.valid_to)}
    if [hit.key for hit in hits] == [row.number]:
        return gettext("%(number)s het %(name)s til %(day)s.") % words
    if not hits:
        return gettext("%(number)s %(name)s fantes til %(day)s.") % words
    return gettext("%(number)s %(name)s fantes til %(day)s. I dag: %(today)s.") % {
        **words,
        "today": _listed([f"{hit.key} {hit.name}" for hit in hits]),
    }


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    if not first:
        return last
    return gettext("%(first)s og %(last)s") % {"first": ", ".join(first), "last": last}


def _last_day(valid_to: date) -> str:
    return texts.day_words(valid_to - timedelta(days=1))
