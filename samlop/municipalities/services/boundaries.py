"""Storing boundaries: one ready path per municipality."""

from collections.abc import Mapping
from datetime import date

from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.municipalities.models import Boundary


def store(*, paths: Mapping[int, str], source: str, by: Actor, on: date) -> int:
    """Replaces the paths of municipalities (by id) that differ; how many did. All or none.

    A municipality's history shows it only when its own boundary is another than before.
    """
    with change("municipalities.boundaries.imported", by=by) as record:
        stored = {
            row.municipality_id: row
            for row in Boundary.objects.select_for_update().filter(municipality__in=paths)
        }
        changed = [
            Boundary(municipality_id=key, path=path, source=source, imported_on=on)
            for key, path in sorted(paths.items())
            if key not in stored or stored[key].path != path
        ]
        rows = Boundary.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["municipality"],
            update_fields=["path", "source", "imported_on"],
        )
        for row in rows:
            record(row, municipality_id=row.municipality_id, details={"source": source})
        if not rows:
            record.nothing_changed()
    return len(rows)
