"""What stands around a solution: links, the solutions it requires, and who tries it out."""

from datetime import date, datetime

from samlop.audit.services import change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality, MunicipalityCode, Product
from samlop.municipalities.rules import writing
from samlop.municipalities.rules.regions import Span
from samlop.portfolio.models import (
    Offer,
    Prerequisite,
    Solution,
    SolutionLink,
    TrialMunicipality,
)
from samlop.portfolio.rules import solutions as rules
from samlop.portfolio.rules.solutions import SolutionRefusal
from samlop.portfolio.services.solutions import CannotChangeSolution

_PREREQUISITES = "portfolio.prerequisites"


def add_link(
    *, solution: Solution, words: str, address: str, by: Actor, at: datetime | None = None
) -> SolutionLink:
    """One more page to read. Raises CannotChangeSolution."""
    words = " ".join(words.split())
    if not words:
        raise CannotChangeSolution(SolutionRefusal.NO_LINK_WORDS)
    usable = writing.website(address)
    if not usable:
        raise CannotChangeSolution(SolutionRefusal.BAD_LINK)
    with change("portfolio.link.added", by=by, at=at) as record:
        row = Solution.objects.select_for_update(no_key=True).get(pk=solution.pk)
        if row.links.filter(address=usable).exists():
            raise CannotChangeSolution(SolutionRefusal.LINK_TAKEN)
        link = SolutionLink.objects.create(solution=row, words=words, address=usable)
        record(row, details={"words": words, "address": usable})
    return link


def remove_link(*, link: SolutionLink, by: Actor, at: datetime | None = None) -> None:
    """Gone already changes nothing."""
    with change("portfolio.link.removed", by=by, at=at) as record:
        row = SolutionLink.objects.select_for_update().filter(pk=link.pk).first()
        if row is None:
            record.nothing_changed()
            return
        record(Solution(pk=row.solution_id), details={"words": row.words, "address": row.address})
        row.delete()


def add_prerequisite(
    *,
    solution: Solution,
    requires: Solution,
    by: Actor,
    note: str = "",
    at: datetime | None = None,
) -> Prerequisite:
    """The other solution must be in use first. Raises CannotChangeSolution, naming a circle."""
    if solution.pk == requires.pk:
        raise CannotChangeSolution(SolutionRefusal.REQUIRES_ITSELF)
    with change("portfolio.prerequisite.added", by=by, at=at) as record:
        # A circle may come of two that are added at once, in different solutions.
        locks.hold(_PREREQUISITES)
        known: dict[int, list[int]] = {}
        for one, other in Prerequisite.objects.values_list("solution_id", "requires_id"):
            known.setdefault(one, []).append(other)
        if requires.pk in known.get(solution.pk, ()):
            raise CannotChangeSolution(SolutionRefusal.ALREADY_REQUIRED, name=requires.name)
        if circle := rules.chain(known, solution.pk, requires.pk):
            names = dict(Solution.objects.filter(pk__in=circle).values_list("pk", "name"))
            raise CannotChangeSolution(
                SolutionRefusal.CYCLE, chain=" → ".join(names[one] for one in circle)
            )
        row = Prerequisite.objects.create(solution=solution, requires=requires, note=note.strip())
        record(solution, details={"requires": requires.name})
    return row


def remove_prerequisite(
    *, prerequisite: Prerequisite, by: Actor, at: datetime | None = None
) -> None:
    """Gone already changes nothing."""
    with change("portfolio.prerequisite.removed", by=by, at=at) as record:
        row = (
            Prerequisite.objects.select_for_update(of=("self",))
            .select_related("requires")
            .filter(pk=prerequisite.pk)
            .first()
        )
        if row is None:
            record.nothing_changed()
            return
        record(Solution(pk=row.solution_id), details={"requires": row.requires.name})
        row.delete()


def add_trial(
    *,
    offer: Offer,
    municipality: Municipality,
    valid_from: date,
    by: Actor,
    valid_to: date | None = None,
    record_system: Product | None = None,
    source: str = "",
    at: datetime | None = None,
) -> TrialMunicipality:
    """The municipality tries the offer out. Raises CannotChangeSolution."""
    if valid_to is not None and valid_to <= valid_from:
        raise CannotChangeSolution(SolutionRefusal.TRIAL_ENDS_BEFORE_IT_STARTS)
    with change("portfolio.trial.added", by=by, at=at) as record:
        # Two periods of one municipality may not overlap: the offer is the queue.
        row = (
            Offer.objects.select_for_update(of=("self",), no_key=True)
            .select_related("solution")
            .get(pk=offer.pk)
        )
        codes = MunicipalityCode.objects.filter(municipality=municipality)
        if not codes.valid_on(valid_from).exists():
            raise CannotChangeSolution(
                SolutionRefusal.NO_SUCH_MUNICIPALITY, text=_name(municipality.pk)
            )
        wanted = Span(valid_from=valid_from, valid_to=valid_to)
        others = TrialMunicipality.objects.filter(offer=row, municipality=municipality)
        if any(
            Span(valid_from=other.valid_from, valid_to=other.valid_to).overlaps(wanted)
            for other in others
        ):
            raise CannotChangeSolution(SolutionRefusal.TRIAL_OVERLAPS, name=_name(municipality.pk))
        trial = TrialMunicipality.objects.create(
            offer=row,
            municipality=municipality,
            record_system=record_system,
            valid_from=valid_from,
            valid_to=valid_to,
            source=source.strip(),
        )
        record(
            row.solution,
            municipality_id=municipality.pk,
            details={"area": row.area, "from": valid_from.isoformat()},
        )
    return trial


def end_trial(
    *, trial: TrialMunicipality, ends_on: date, by: Actor, at: datetime | None = None
) -> TrialMunicipality:
    """The trial lasts until, and not on, `ends_on`. Raises CannotChangeSolution."""
    with change("portfolio.trial.ended", by=by, at=at) as record:
        row = (
            TrialMunicipality.objects.select_for_update(of=("self",), no_key=True)
            .select_related("offer__solution")
            .get(pk=trial.pk)
        )
        if row.valid_to == ends_on:
            record.nothing_changed()
            return row
        if ends_on <= row.valid_from:
            raise CannotChangeSolution(SolutionRefusal.TRIAL_ENDS_BEFORE_IT_STARTS)
        wanted = Span(valid_from=row.valid_from, valid_to=ends_on)
        others = TrialMunicipality.objects.filter(
            offer=row.offer_id, municipality=row.municipality_id
        ).exclude(pk=row.pk)
        if any(
            Span(valid_from=other.valid_from, valid_to=other.valid_to).overlaps(wanted)
            for other in others
        ):
            raise CannotChangeSolution(
                SolutionRefusal.TRIAL_OVERLAPS, name=_name(row.municipality_id)
            )
        row.valid_to = ends_on
        row.save(update_fields=["valid_to"])
        record(
            row.offer.solution,
            municipality_id=row.municipality_id,
            details={"area": row.offer.area, "ends_on": ends_on.isoformat()},
        )
    return row


def remove_trial(*, trial: TrialMunicipality, by: Actor, at: datetime | None = None) -> None:
    """It never was so: for one registered by mistake. Gone already changes nothing."""
    with change("portfolio.trial.removed", by=by, at=at) as record:
        row = (
            TrialMunicipality.objects.select_for_update(of=("self",))
            .select_related("offer__solution")
            .filter(pk=trial.pk)
            .first()
        )
        if row is None:
            record.nothing_changed()
            return
        record(
            row.offer.solution,
            municipality_id=row.municipality_id,
            details={"area": row.offer.area, "from": row.valid_from.isoformat()},
        )
        row.delete()


def _name(municipality: int) -> str:
    """What the municipality is called, or was last. Runs one query."""
    codes = MunicipalityCode.objects.filter(municipality=municipality)
    return codes.order_by("-valid_from").values_list("name", flat=True)[0]
