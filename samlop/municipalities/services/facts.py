"""What a municipality says about itself, and the numbers that arrive by file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities import texts
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules import writing
from samlop.municipalities.rules.facts import FactRefusal
from samlop.municipalities.rules.kinds import LanguageForm


class CannotChangeFacts(Refused):
    """A rule says no to a fact; nothing was saved."""

    def __init__(self, refusal: FactRefusal, **words: str) -> None:
        super().__init__(str(texts.FACT_REFUSALS[refusal]) % words)
        self.refusal = refusal


def edit_facts(
    *,
    municipality: Municipality,
    language_form: LanguageForm,
    postmottak: str,
    website: str,
    by: Actor,
    at: datetime | None = None,
) -> Municipality:
    """What the municipality keeps itself. Raises CannotChangeFacts."""
    with change("municipalities.facts.changed", by=by, at=at) as record:
        row = Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)
        # An address loaded without https:// is left alone until somebody changes it.
        wanted = {
            "language_form": language_form.value,
            "postmottak": _usable_email(postmottak),
            "website": row.website if website.strip() == row.website else _usable_website(website),
        }
        changed = _save(row, wanted)
        if changed:
            record(row, municipality_id=row.pk, details=changed)
        else:
            record.nothing_changed()
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file says of one municipality; None for what it does not say."""

    municipality_id: int
    organisation_number: str | None = None
    kostra_group: str | None = None
    postmottak: str | None = None

    @property
    def values(self) -> Mapping[str, str]:
        said = {
            "organisation_number": self.organisation_number,
            "kostra_group": self.kostra_group,
            "postmottak": self.postmottak,
        }
        return {field: value for field, value in said.items() if value is not None}


def import_facts(
    *, facts: Iterable[Facts], source: str, by: Actor, at: datetime | None = None
) -> int:
    """Save facts that a file gave, all or none; says how many municipalities changed.

    The importer has found the values usable and the organisation numbers not taken.
    """
    count = 0
    with change("municipalities.facts.imported", by=by, reason=source, at=at) as record:
        record.nothing_changed()
        said = {one.municipality_id: one for one in facts}
        rows = {
            row.pk: row
            for row in Municipality.objects.select_for_update(no_key=True)
            .filter(pk__in=said)
            .order_by("pk")
        }
        # A number may move from one municipality to another within the file.
        for pk, one in said.items():
            row = rows[pk]
            if one.organisation_number and row.organisation_number != one.organisation_number:
                Municipality.objects.filter(organisation_number=one.organisation_number).update(
                    organisation_number=None
                )
        for pk, one in sorted(said.items()):
            if changed := _save(rows[pk], one.values):
                count += 1
                record(rows[pk], municipality_id=pk, details=changed)
    return count


def _save(row: Municipality, wanted: Mapping[str, str]) -> dict[str, list[str | None]]:
    changed = {
        field: [getattr(row, field), value]
        for field, value in wanted.items()
        if getattr(row, field) != value
    }
    if changed:
        for field in changed:
            setattr(row, field, wanted[field])
        row.save(update_fields=list(changed))
    return changed


def _usable_email(text: str) -> str:
    usable = writing.email(text)
    if usable is None:
        raise CannotChangeFacts(FactRefusal.BAD_EMAIL, text=text.strip())
    return usable


def _usable_website(text: str) -> str:
    usable = writing.website(text)
    if usable is None:
        raise CannotChangeFacts(FactRefusal.BAD_WEBSITE, text=text.strip())
    return usable
