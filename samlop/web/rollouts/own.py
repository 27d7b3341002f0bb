"""What a rollout asks of the reader's own municipalities, and what they have said or got there."""

from dataclasses import dataclass
from datetime import date

from samlop.accounts.rules import Permission
from samlop.municipalities.models import MunicipalityCode
from samlop.rollouts.models import Rollout
from samlop.rollouts.queries import heart as queries
from samlop.web.middleware import Access
from samlop.web.municipalities import heart


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    """One municipality: what waits for its word, else how it stands."""

    name: str
    words: str
    address: str
    due: date | None
    late: bool


def of_reader(rollout: Rollout, access: Access, on: date) -> tuple[OwnLine, ...]:
    """Two queries, for those with a role in a municipality."""
    sees = access.reach(Permission.VIEW_ANSWERS)
    mine = {
        one.municipality
        for one in access.grants
        if one.municipality is not None and sees.holds(one.municipality)
    }
    if not mine:
        return ()
    found = queries.of(mine, on=on)
    codes = MunicipalityCode.objects.valid_on(on).filter(municipality__in=mine)
    return tuple(
        line
        for code in codes.order_by("qualified_name", "pk")
        if (line := _line(rollout, code, found.of(code.municipality_id), on)) is not None
    )


def _line(
    rollout: Rollout, code: MunicipalityCode, found: queries.Heart, on: date
) -> OwnLine | None:
    asked = next((one for one in found.questions if one.rollout == rollout.pk), None)
    part = next((one for one in found.parts if one.rollout == rollout.pk), None)
    said = next((one for one in found.said if one.rollout == rollout.pk), None)
    if asked is not None:
        words = heart.ask_words(asked)
    elif part is not None:
        words = heart.part_words(part, on)
    elif said is not None:
        words = heart.said_words(said)
    else:
        return None
    due = asked.due if asked is not None else None
    return OwnLine(
        name=code.qualified_name,
        words=words,
        address=heart.ask_address(asked, code.number)
        if asked is not None
        else heart.answer_address(rollout.slug, code.number),
        due=due,
        late=due is not None and due < on,
    )
