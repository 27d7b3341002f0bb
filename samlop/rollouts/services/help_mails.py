"""The mails about help: to the contact person who is asked, and to whoever gets an answer."""

from typing import Final

from django.db.models import F, Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext as _

from samlop.accounts.models import Membership
from samlop.messages.rules import Group, Mail
from samlop.messages.services.kinds import Draft, Kind
from samlop.municipalities.models import MunicipalityCode
from samlop.rollouts.models import HelpRequest
from samlop.rollouts.rules.help import Urgency
from samlop.rollouts.texts import help as texts

ASKED: Final = "rollouts.help_asked"
REPLIED: Final = "rollouts.help_replied"


def _asked(draft: Draft) -> Mail | None:
    found = _open(draft)
    if found is None:
        return None
    request, name, address = found
    return Mail(
        subject=_("%(municipality)s ber om hjelp") % {"municipality": name},
        paragraphs=(
            _("Det haster slik: %(urgency)s.")
            % {"urgency": str(texts.URGENCIES[Urgency(request.urgency)]).lower()},
            *_about(request),
            request.what,
        ),
        button=_("Les og svar"),
        address=address,
    )


def _replied(draft: Draft) -> Mail | None:
    found = _open(draft)
    last = None
    if found is not None:
        last = found[0].replies.exclude(written_by=draft.recipient).last()
    if found is None or last is None:
        return None
    request, name, address = found
    return Mail(
        subject=_("Nytt svar om hjelp til %(municipality)s") % {"municipality": name},
        paragraphs=(*_about(request), last.text),
        button=_("Åpne samtalen"),
        address=address,
    )


def _about(request: HelpRequest) -> tuple[str, ...]:
    if request.solution is None:
        return ()
    return (_("Det gjelder %(solution)s.") % {"solution": request.solution.name},)


def _open(draft: Draft) -> tuple[HelpRequest, str, str] | None:
    """The question, its municipality's name and its address; none when it is closed.

    Nor is there anything to say to somebody who has left the region or the municipality.
    """
    request = (
        HelpRequest.objects.filter(pk=draft.context["request"], closed_at=None)
        .select_related("solution")
        .first()
    )
    if request is None:
        return None
    still = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=TruncDate(Now())),
        Q(region=request.region_id) | Q(municipality=request.municipality_id),
        person=draft.recipient,
    )
    code = (
        MunicipalityCode.objects.filter(municipality=request.municipality_id)
        .order_by(F("valid_from").desc())
        .first()
    )
    if code is None or not still.exists():
        return None
    return (
        request,
        code.qualified_name,
        f"{draft.home}kommuner/{code.number}/hjelp/{request.pk}/",
    )


KINDS = (
    Kind(code=ASKED, group=Group.TASKS, write=_asked, private=True),
    Kind(code=REPLIED, group=Group.TASKS, write=_replied, private=True),
)
