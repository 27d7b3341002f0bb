"""In the weekly letter: what has changed since a municipality was invited. Never a mail of its own.

The worker looks once a week, before the letters are made. What is told is what still is otherwise
when the letter is written.
"""

from collections import defaultdict
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext as _

from samlop.accounts.models import Membership
from samlop.lib.days import local_day
from samlop.messages.rules import Group, Mail
from samlop.messages.services import To, queue_all
from samlop.messages.services.kinds import Draft, Kind
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.texts import day_words
from samlop.rollouts.models import Invitation
from samlop.rollouts.queries import changes as queries
from samlop.rollouts.queries import mailings
from samlop.rollouts.texts.changes import sentence

CHANGED: Final = "rollouts.changed"


def tell(*, on: date, at: datetime) -> int:
    """Queue a line to those who decide and coordinate where something has changed since last.

    How many municipalities; safe to repeat.
    """
    by_rollout: dict[int, list[Invitation]] = defaultdict(list)
    for row in queries.standing().order_by("pk"):
        by_rollout[row.rollout_id].append(row)
    return sum(_tell(rows, on=on, at=at) for rows in by_rollout.values())


@transaction.atomic
def _tell(rows: list[Invitation], *, on: date, at: datetime) -> int:
    """One rollout's, or none of them."""
    held = Invitation.objects.select_for_update(no_key=True).filter(pk__in=[row.pk for row in rows])
    told = dict(held.order_by("pk").values_list("pk", "changes_told_at"))
    since = {row.pk: told[row.pk] or row.sent_at for row in rows}
    found = queries.changed(rows, since, on)
    people = mailings.people_in([one.invitation.municipality_id for one in found], on)
    queue_all(
        CHANGED,
        [
            To(
                recipient=person,
                context={"invitation": one.invitation.pk, "since": one.since.isoformat()},
            )
            for one in found
            for person in people.get(one.invitation.municipality_id, ())
        ],
        at=at,
    )
    Invitation.objects.filter(pk__in=[one.invitation.pk for one in found]).update(
        changes_told_at=at
    )
    return len(found)


def _changed(draft: Draft) -> Mail | None:
    """Nothing is left to say when it is as it was, withdrawn or declined, or she has left."""
    row = queries.standing(pk=draft.context["invitation"]).first()
    if row is None:
        return None
    held = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=TruncDate(Now())),
        municipality=row.municipality_id,
        person=draft.recipient,
    )
    codes = MunicipalityCode.objects.filter(municipality=row.municipality_id)
    code = codes.order_by("-valid_from").first()
    since = datetime.fromisoformat(draft.context["since"])
    found = queries.changed([row], {row.pk: since}, local_day(since))
    if code is None or not found or not held.exists():
        return None
    return Mail(
        subject=_("Endret: %(rollout)s") % {"rollout": row.rollout.name},
        paragraphs=(
            _("Endret siden %(day)s:") % {"day": day_words(local_day(since))},
            *(sentence(one) for one in found[0].changes),
        ),
        button=_("Les mer og svar"),
        address=f"{draft.home}innforingslop/{row.rollout.slug}/svar/{code.number}/",
    )


KINDS = (Kind(code=CHANGED, group=Group.NEWS, write=_changed),)
