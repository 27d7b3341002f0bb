"""The mails about answers and places, and the copy to a municipality's archive."""

from datetime import date, datetime
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samlop.accounts.models import Membership, Person
from samlop.accounts.rules import Role
from samlop.lib import paper
from samlop.lib.days import local_day
from samlop.messages import services as messages
from samlop.messages.rules import Attachment, Group, Mail
from samlop.messages.services.kinds import Draft, Kind
from samlop.municipalities.models import Municipality, MunicipalityCode
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.municipalities.texts import day_words
from samlop.rollouts.models import Answer, PlaceOffer, ReceivedAnswer
from samlop.rollouts.rules.answers import AnswerState
from samlop.rollouts.services import receipts
from samlop.rollouts.texts.answers import STATES

OFFERED: Final = "rollouts.place_offered"
RECEIPT: Final = "rollouts.answer_receipt"
REGISTERED: Final = "rollouts.answer_registered"


def deciding(municipality: int, *, on: date) -> list[Person]:
    """Those with the municipality's mandate that day. One query."""
    held = Membership.objects.valid_on(on).filter(
        role=Role.DECISION_MAKER.value, municipality=municipality
    )
    return list(Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("pk"))


def receipt(row: Answer, *, on: date, at: datetime) -> None:
    """A copy to the postmottak, where there is one."""
    municipality = Municipality.objects.get(pk=row.municipality_id)
    if municipality.postmottak:
        nynorsk = municipality.language_form == LanguageForm.NYNORSK.value
        messages.queue_all(
            RECEIPT,
            [
                messages.To(
                    municipality=municipality,
                    context={"answer": row.pk},
                    language="nn" if nynorsk else "nb",
                )
            ],
            at=at,
        )


def tell(code: str, municipality: int, *, on: date, at: datetime, **context: int | str) -> None:
    """One mail to each with the municipality's mandate."""
    messages.queue_all(
        code,
        [messages.To(recipient=one, context=context) for one in deciding(municipality, on=on)],
        at=at,
    )


def address(rollout: str, municipality: int, on: date) -> str:
    """Where the municipality answers, without the beginning."""
    codes = MunicipalityCode.objects.filter(municipality=municipality, valid_from__lte=on)
    number = codes.order_by("-valid_from").values_list("number", flat=True).first() or ""
    return f"innforingslop/{rollout}/svar/{number}/"


def _offered(draft: Draft) -> Mail | None:
    """Nothing when the offer has ended."""
    row = (
        PlaceOffer.objects.filter(pk=draft.context["offer"], ended_at=None)
        .select_related("wait__rollout", "cohort")
        .first()
    )
    if row is None:
        return None
    rollout = row.wait.rollout
    return Mail(
        subject=_("Ledig plass: %(rollout)s, %(cohort)s – svar innen %(day)s")
        % {
            "rollout": rollout.name,
            "cohort": row.cohort.name,
            "day": day_words(row.answer_by),
        },
        paragraphs=(
            _("Dere står på venteliste. Nå er det en plass til dere i %(cohort)s.")
            % {"cohort": row.cohort.name},
            _("Plassen holdes av til og med %(day)s. Etter det får den neste tilbudet.")
            % {"day": day_words(row.answer_by)},
        ),
        button=_("Ta imot plassen, eller si nei"),
        address=draft.home
        + address(rollout.slug, row.wait.municipality_id, local_day(row.offered_at)),
    )


def _receipt(draft: Draft) -> Mail | None:
    row = Answer.objects.select_related("rollout").get(pk=draft.context["answer"])
    return Mail(
        subject=_("Kvittering: svar på invitasjon til %(rollout)s") % {"rollout": row.rollout.name},
        paragraphs=tuple(f"{words}: {value}" for words, value in receipts.lines(row)),
        button=_("Se svaret i Samløp"),
        address=draft.home + address(row.rollout.slug, row.municipality_id, row.given_on),
    )


def _receipt_paper(draft: Draft) -> tuple[Attachment, ...]:
    row = Answer.objects.select_related("rollout").get(pk=draft.context["answer"])
    made = paper.to_pdf(receipts.paper(row, language=get_language() or "nb"), at=row.recorded_at)
    name = f"svar-{row.rollout.slug}-{row.number}.pdf"
    return (Attachment(name=name, content_type=paper.PDF_TYPE, content=made.content),)


def _registered(draft: Draft) -> Mail | None:
    """Nothing when it is confirmed, or taken back."""
    row = (
        ReceivedAnswer.objects.filter(
            pk=draft.context["received"], confirmed_by=None, withdrawn_at=None
        )
        .select_related("rollout", "cohort")
        .first()
    )
    if row is None:
        return None
    words = str(STATES[AnswerState(row.state)])
    kept = (
        _("Det holdes av en plass i %(cohort)s til dere har bekreftet.")
        % {"cohort": row.cohort.name}
        if row.cohort is not None
        else ""
    )
    return Mail(
        subject=_("Bekreft svaret deres: %(rollout)s") % {"rollout": row.rollout.name},
        paragraphs=tuple(
            text
            for text in (
                _(
                    "Innføringslederen eller kontaktpersonen har registrert at dere svarte "
                    "«%(state)s», mottatt %(day)s. Besluttet av: %(who)s."
                )
                % {
                    "state": words,
                    "day": day_words(row.received_on),
                    "who": row.decided_by,
                },
                kept,
                _("Svaret gjelder først når dere har bekreftet det. Stemmer det ikke, svar selv."),
            )
            if text
        ),
        button=_("Se svaret og bekreft"),
        address=draft.home
        + address(row.rollout.slug, row.municipality_id, local_day(row.registered_at)),
    )


KINDS = (
    Kind(code=OFFERED, group=Group.INVITATIONS, write=_offered, private=True),
    Kind(
        code=RECEIPT,
        group=Group.INVITATIONS,
        write=_receipt,
        private=True,
        attach=_receipt_paper,
    ),
    Kind(code=REGISTERED, group=Group.INVITATIONS, write=_registered, private=True),
)
