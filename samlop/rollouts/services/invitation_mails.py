"""The mails about invitations: itself, its copy, reminders, a question put anew, and the code."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samlop.lib import paper
from samlop.messages.rules import Attachment, Group, Mail
from samlop.messages.services.kinds import Draft, Kind
from samlop.municipalities.texts import day_words
from samlop.rollouts.models import Answer, Invitation, InvitationLink
from samlop.rollouts.queries import answers
from samlop.rollouts.queries import invitations as queries
from samlop.rollouts.rules.answers import AnswerState, Gone
from samlop.rollouts.rules.invitations import MOST_REMINDERS
from samlop.rollouts.rules.rollouts import ENROLLING, RolloutState
from samlop.rollouts.services import answer_mails, letters
from samlop.rollouts.services.invitation_links import CODE, token
from samlop.rollouts.services.invitations import (
    COPY,
    INVITED,
    REMINDED,
    REOPENED,
    TO_CALL,
    WITHDRAWN,
)
from samlop.rollouts.texts.answers import GONE, STATES

LINK_PATH = "invitasjon/"


def _link(draft: Draft) -> InvitationLink | None:
    """The recipient's own link, while it stands."""
    return (
        InvitationLink.objects.filter(
            pk=draft.context["link"],
            person=draft.recipient,
            revoked_at=None,
            invitation__withdrawn_at=None,
        )
        .select_related("invitation__rollout__solution", "invitation__rollout__offer__solution")
        .first()
    )


def _invitation(draft: Draft) -> Invitation | None:
    return (
        Invitation.objects.filter(pk=draft.context["invitation"])
        .select_related("rollout__solution", "rollout__offer__solution")
        .first()
    )


def _address(draft: Draft, link: InvitationLink) -> str:
    return f"{draft.home}{LINK_PATH}{token(link)}/"


def _invited(draft: Draft) -> Mail | None:
    link = _link(draft)
    if link is None:
        return None
    one = letters.told(link.invitation)
    lines = letters.lines(one)
    if link.forwarded_from_id is not None:
        lines = (_("En kollega i kommunen har sendt denne invitasjonen videre til deg."), *lines)
    return Mail(
        subject=letters.subject(link.invitation),
        paragraphs=lines,
        button=_("Les og svar"),
        address=_address(draft, link),
        closing=(
            _(
                "Lenken er din egen. Den åpner bare denne invitasjonen, uten innlogging. Når du "
                "svarer, får du en kode til denne adressen."
            ),
            _("Er det en annen som bestemmer dette, kan du sende lenken videre fra siden."),
        ),
    )


def _invited_words(draft: Draft) -> str | None:
    link = _link(draft)
    return letters.subject(link.invitation) if link is not None else None


def _copy_words(invitation: Invitation) -> str:
    return _("Kopi til arkivet: %(subject)s") % {"subject": letters.subject(invitation)}


def _copy_subject(draft: Draft) -> str | None:
    invitation = _invitation(draft)
    if invitation is None or invitation.withdrawn_at is not None:
        return None
    return _copy_words(invitation)


def _copy(draft: Draft) -> Mail | None:
    """The archive's copy says the same, and never holds a link that can be answered by."""
    invitation = _invitation(draft)
    if invitation is None or invitation.withdrawn_at is not None:
        return None
    one = letters.told(invitation)
    return Mail(
        subject=_copy_words(invitation),
        paragraphs=(
            _("Invitasjonen er sendt til den eller de som kan svare for kommunen."),
            *letters.lines(one),
            _("Kopien kan journalføres som mottatt. Invitasjonen ligger ved som PDF."),
        ),
    )


def _copy_paper(draft: Draft) -> tuple[Attachment, ...]:
    invitation = _invitation(draft)
    if invitation is None:
        return ()
    one = letters.told(invitation)
    made = paper.to_pdf(letters.paper(one, language=get_language() or "nb"), at=invitation.sent_at)
    name = f"invitasjon-{invitation.rollout.slug}.pdf"
    return (Attachment(name=name, content_type=paper.PDF_TYPE, content=made.content),)


def _reminded(draft: Draft) -> Mail | None:
    """Nothing when it has been answered, or is under consideration until a day that is to come."""
    link = _link(draft)
    if link is None:
        return None
    invitation = link.invitation
    if _is_settled(invitation):
        return None
    words = {"rollout": invitation.rollout.name, "day": day_words(invitation.answer_by)}
    last = draft.context["number"] >= MOST_REMINDERS
    return Mail(
        subject=_("Påminnelse: %(rollout)s – svarfrist %(day)s") % words,
        paragraphs=(
            _("Vi har ikke fått svar fra %(municipality)s på invitasjonen til %(rollout)s.")
            % {**words, "municipality": _name(invitation)},
            _(
                "Trenger dere tid, så svar «Til behandling hos oss» og når dere venter å svare. "
                "Da får dere ingen påminnelser før den dagen."
            ),
            _("«Ikke nå», «Vi følger med» og «Nei takk» er også gode svar."),
        ),
        button=_("Les og svar"),
        address=_address(draft, link),
        closing=(
            _(
                "Dette er den siste påminnelsen. Hører vi ikke fra dere, ringer kontaktpersonen "
                "for e-helse i regionen."
            ),
        )
        if last
        else (),
    )


def _reopened(draft: Draft) -> Mail | None:
    """Nothing when it has answered anew. Whoever has no link that stands signs in."""
    row = Answer.objects.select_related("rollout").get(pk=draft.context["answer"])
    newer = Answer.objects.filter(
        rollout=row.rollout, municipality=row.municipality_id, number__gt=row.number
    )
    if newer.exists():
        return None
    link = _link(draft) if "link" in draft.context else None
    return Mail(
        subject=_("Passer det bedre nå? %(rollout)s") % {"rollout": row.rollout.name},
        paragraphs=(
            _("Dere svarte «%(state)s» %(day)s.")
            % {"state": str(STATES[AnswerState(row.state)]), "day": day_words(row.given_on)},
            str(GONE[Gone(draft.context["gone"])]),
            _("Vi spør bare denne ene gangen. Svarer dere ikke, gjelder svaret dere ga."),
        ),
        button=_("Se grunnlaget og svar"),
        address=_address(draft, link)
        if link is not None
        else draft.home + answer_mails.address(row.rollout.slug, row.municipality_id, row.given_on),
    )


def _to_call(draft: Draft) -> Mail | None:
    invitation = _invitation(draft)
    if invitation is None or invitation.withdrawn_at is not None:
        return None
    if _is_settled(invitation):
        return None
    words = {"municipality": _name(invitation), "rollout": invitation.rollout.name}
    return Mail(
        subject=_("Ring %(municipality)s: %(rollout)s") % words,
        paragraphs=(
            _(
                "%(municipality)s har ikke svart på invitasjonen til %(rollout)s etter to "
                "påminnelser. Samløp sender ikke flere. Ring, og spør hva som skal til."
            )
            % words,
        ),
        button=_("Se hvem du kan ringe"),
        address=f"{draft.home}innforingslop/ring/",
    )


def _withdrawn(draft: Draft) -> Mail | None:
    invitation = _invitation(draft)
    if invitation is None or invitation.withdrawn_at is None:
        return None
    if queries.invitation_of(invitation.rollout_id, invitation.municipality_id) is not None:
        # It is invited anew.
        return None
    words = {"municipality": _name(invitation), "rollout": invitation.rollout.name}
    return Mail(
        subject=_("Invitasjonen er trukket tilbake: %(rollout)s") % words,
        paragraphs=(
            _("Invitasjonen til %(rollout)s er trukket tilbake for %(municipality)s.") % words,
            _("Grunn: %(reason)s") % {"reason": invitation.withdrawn_reason},
        ),
        button=_("Se innføringsløpet"),
        address=f"{draft.home}innforingslop/{invitation.rollout.slug}/",
    )


def _code(draft: Draft) -> Mail | None:
    link = _link(draft)
    if link is None or not draft.secret:
        return None
    return Mail(
        subject=_("%(code)s er koden for å svare på invitasjonen") % {"code": draft.secret},
        paragraphs=(
            _("Skriv koden på siden der du svarer for %(municipality)s på %(rollout)s:")
            % {
                "municipality": _name(link.invitation),
                "rollout": link.invitation.rollout.name,
            },
        ),
        highlight=draft.secret,
        closing=(
            _("Koden virker i ti minutter, og bare én gang."),
            _("Er det ikke du som svarer nå? Gi aldri koden til andre."),
        ),
    )


def _is_settled(invitation: Invitation) -> bool:
    """Nobody waits for its answer any more: a reminder may lie for a week before it is read.

    It has answered, or has said since it was last written to that it needs time; or the rollout
    takes no answers.
    """
    if RolloutState(invitation.rollout.state) not in ENROLLING:
        return True
    said = answers.newest(invitation.rollout_id, invitation.municipality_id)
    if said is None:
        return False
    since = invitation.reminded_at
    return said.state is not AnswerState.PENDING or since is None or said.recorded_at >= since


def _name(invitation: Invitation) -> str:
    return queries.name_of(invitation.municipality_id)


KINDS = (
    Kind(
        code=INVITED,
        group=Group.INVITATIONS,
        write=_invited,
        private=True,
        subject=_invited_words,
    ),
    Kind(
        code=COPY,
        group=Group.INVITATIONS,
        write=_copy,
        attach=_copy_paper,
        subject=_copy_subject,
    ),
    Kind(code=REMINDED, group=Group.TASKS, write=_reminded, private=True),
    Kind(code=REOPENED, group=Group.TASKS, write=_reopened, private=True),
    # What is no invitation waits for the weekly digest.
    Kind(code=TO_CALL, group=Group.NEWS, write=_to_call, private=True),
    Kind(code=WITHDRAWN, group=Group.NEWS, write=_withdrawn, private=True),
    Kind(code=CODE, group=Group.ACCESS, write=_code, urgent=True, private=True),
)
