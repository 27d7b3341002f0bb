"""A municipality's own copies of templates: made, answered, brought up to date, taken away."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from samlop.audit.services import Recorder, change
from samlop.db import locks
from samlop.lib.actors import Actor
from samlop.lib.errors import Refused
from samlop.municipalities.models import Municipality
from samlop.portfolio.models import LocalCopy, LocalRow, Material, MaterialText, TemplateRow
from samlop.portfolio.queries import copies as queries
from samlop.portfolio.rules import copies as rules
from samlop.portfolio.rules.copies import (
    AnswerField,
    BadAnswer,
    CopyRefusal,
    RowChange,
    RowChangeKind,
    Stand,
    TemplateKind,
)
from samlop.portfolio.texts import copies as texts


class CannotCopy(Refused):
    """A rule says no to something in a copy; nothing was changed."""

    def __init__(
        self, refusal: CopyRefusal, *, field: AnswerField | None = None, **words: object
    ) -> None:
        super().__init__(str(texts.COPY_REFUSALS[refusal]) % words)
        self.refusal, self.field = refusal, field


def make(*, text: MaterialText, municipality: Municipality, by: Actor, at: datetime) -> LocalCopy:
    """The municipality's own copy of a template in one language form. Raises CannotCopy."""
    material = Material.objects.get(pk=text.version.material_id)
    if not material.template or material.withdrawn_at is not None:
        raise CannotCopy(CopyRefusal.NOT_A_TEMPLATE)
    with change("portfolio.copy.made", by=by, at=at) as record:
        locks.hold(f"portfolio.copy.{material.pk}.{municipality.pk}")
        if queries.copy_pk(material.pk, municipality.pk) is not None:
            raise CannotCopy(CopyRefusal.ALREADY_COPIED)
        copy = LocalCopy.objects.create(
            material=material,
            municipality=municipality,
            text=text,
            created_by_id=by.pk,
            created_at=at,
        )
        for row in TemplateRow.objects.filter(text=text).order_by("position"):
            LocalRow.objects.create(copy=copy, key=row.key, shown=row, seen=row, changed_at=at)
        _told(record, copy)
    return copy


def answer(
    *,
    copy: LocalCopy,
    key: str,
    answers: Mapping[str, str],
    seen: int,
    by: Actor,
    at: datetime,
) -> LocalRow:
    """The municipality's answers in one row. Raises CannotCopy when somebody came between.

    `seen` is the revision the person had before her: nothing is overwritten unseen.
    """
    with change("portfolio.copy.answered", by=by, at=at) as record:
        held = _locked(copy)
        row = LocalRow.objects.select_for_update().filter(copy=held, key=key, hidden=False).first()
        if row is None:
            raise CannotCopy(CopyRefusal.NO_SUCH_ROW)
        try:
            found = rules.clean(TemplateKind(held.material.template), answers)
        except BadAnswer as error:
            raise CannotCopy(error.refusal, field=error.field) from error
        said = {field.value: value for field, value in found.items()}
        if row.answers == said:
            # Two who answer the same have not come in each other's way.
            record.nothing_changed()
            return row
        if row.revision != seen:
            raise CannotCopy(CopyRefusal.CHANGED_MEANWHILE)
        row.answers = said
        row.revision += 1
        row.changed_by_id, row.changed_at = by.pk, at
        row.save(update_fields=["answers", "revision", "changed_by", "changed_at"])
        _told(record, held)
    return row


def add_row(*, copy: LocalCopy, heading: str, section: str, by: Actor, at: datetime) -> LocalRow:
    """A row of the municipality's own, which no new version touches."""
    heading = " ".join(heading.split())[: rules.LONGEST_HEADING]
    if not heading:
        raise CannotCopy(CopyRefusal.NO_HEADING)
    with change("portfolio.copy.row_added", by=by, at=at) as record:
        held = _locked(copy)
        own = LocalRow.objects.filter(copy=held, shown=None)
        if own.count() >= rules.MOST_OWN_ROWS:
            raise CannotCopy(CopyRefusal.TOO_MANY_ROWS, most=rules.MOST_OWN_ROWS)
        row = LocalRow.objects.create(
            copy=held,
            key=f"own-{secrets.token_hex(6)}",
            own_section=" ".join(section.split())[: rules.LONGEST_HEADING],
            own_heading=heading,
            changed_by_id=by.pk,
            changed_at=at,
        )
        _told(record, held)
    return row


def remove_row(*, copy: LocalCopy, key: str, by: Actor, at: datetime) -> None:
    """Take away a row of the municipality's own."""
    with change("portfolio.copy.row_removed", by=by, at=at) as record:
        held = _locked(copy)
        row = LocalRow.objects.filter(copy=held, key=key).first()
        if row is None:
            raise CannotCopy(CopyRefusal.NO_SUCH_ROW)
        if row.shown_id is not None:
            raise CannotCopy(CopyRefusal.NOT_OWN_ROW)
        row.delete()
        _told(record, held)


def take_stand(
    *, copy: LocalCopy, key: str, stand: Stand, newest: int, by: Actor, at: datetime
) -> LocalCopy:
    """Accept a change of the master, or keep what the copy has. Raises CannotCopy.

    `newest` is the text the person compared with: a newer one is looked at before it is taken.
    The answers stay whichever is chosen. The last stand moves the copy to the new version.
    """
    if stand is Stand.ACCEPT:
        with change("portfolio.copy.accepted", by=by, at=at) as record:
            return _take(record, copy, key, stand, newest, by=by, at=at)
    with change("portfolio.copy.kept", by=by, at=at) as record:
        return _take(record, copy, key, stand, newest, by=by, at=at)


def take_all(*, copy: LocalCopy, newest: int, by: Actor, at: datetime) -> int:
    """Accept every change that is left; says how many. Raises CannotCopy."""
    with change("portfolio.copy.accepted", by=by, at=at) as record:
        held = _locked(copy)
        current = queries.newest_text(held.material_id, held.text.language)
        if current is None or current.pk != newest:
            raise CannotCopy(CopyRefusal.NEWER_VERSION)
        left = _waiting(held, current)
        for one in left:
            _settle(held, current, one, Stand.ACCEPT, by=by, at=at)
        held.text = current
        held.save(update_fields=["text"])
        _told(record, held)
    return len(left)


def remove(*, copy: LocalCopy, by: Actor, at: datetime) -> None:
    """Take the copy and every answer in it away for good."""
    with change("portfolio.copy.removed", by=by, at=at) as record:
        held = _locked(copy)
        LocalRow.objects.filter(copy=held).delete()
        held.removed_at = at
        held.save(update_fields=["removed_at"])
        _told(record, held)


def record_read(*, copy: LocalCopy, form: str, by: Actor, at: datetime) -> None:
    """Somebody has opened the answers, or taken them out as a file of a form."""
    with change("portfolio.copy.read", by=by, at=at) as record:
        record(
            copy,
            municipality_id=copy.municipality_id,
            details={"title": copy.material.title, "form": form},
        )


# --- inside ---


def _locked(copy: LocalCopy) -> LocalCopy:
    row = (
        LocalCopy.objects.select_for_update(of=("self",))
        .select_related("material", "text__version")
        .get(pk=copy.pk)
    )
    if row.removed_at is not None:
        raise CannotCopy(CopyRefusal.REMOVED)
    return row


def _waiting(copy: LocalCopy, current: MaterialText) -> tuple[RowChange, ...]:
    states = [queries.state_of(row) for row in queries.local_rows(copy.pk)]
    return rules.waiting(states, queries.rows_of(current.pk))


def _settle(
    copy: LocalCopy,
    current: MaterialText,
    found: RowChange,
    stand: Stand,
    *,
    by: Actor,
    at: datetime,
) -> None:
    master = TemplateRow.objects.filter(text=current, key=found.key).first()
    row = LocalRow.objects.filter(copy=copy, key=found.key).first()
    accepted = stand is Stand.ACCEPT
    if row is None:
        # New in the master: kept away by being hidden, so that it is not asked again.
        LocalRow.objects.create(
            copy=copy,
            key=found.key,
            shown=master,
            seen=master,
            hidden=not accepted,
            changed_by_id=by.pk,
            changed_at=at,
        )
        return
    row.seen = master
    if accepted:
        if found.kind is RowChangeKind.REMOVED:
            row.hidden = True
        else:
            row.shown, row.hidden = master, False
    row.save(update_fields=["seen", "shown", "hidden"])


def _take(
    record: Recorder,
    copy: LocalCopy,
    key: str,
    stand: Stand,
    newest: int,
    *,
    by: Actor,
    at: datetime,
) -> LocalCopy:
    held = _locked(copy)
    current = queries.newest_text(held.material_id, held.text.language)
    if current is None or current.pk != newest:
        raise CannotCopy(CopyRefusal.NEWER_VERSION)
    found = next((one for one in _waiting(held, current) if one.key == key), None)
    if found is None:
        raise CannotCopy(CopyRefusal.NO_SUCH_CHANGE)
    _settle(held, current, found, stand, by=by, at=at)
    if not _waiting(held, current):
        held.text = current
        held.save(update_fields=["text"])
    _told(record, held)
    return held


def _told(record: Recorder, copy: LocalCopy) -> None:
    """What happened and in which copy; never what was answered."""
    record(
        copy,
        municipality_id=copy.municipality_id,
        details={"title": copy.material.title, "number": copy.text.version.number},
    )
