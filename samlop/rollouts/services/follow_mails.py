"""The mails about surveys, messages to many, and word to the makers: from ids to words."""

from typing import Final

from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samlop.accounts.models import Membership
from samlop.lib.days import local_day
from samlop.messages.rules import Group, Mail
from samlop.messages.services.kinds import Draft, Kind
from samlop.municipalities.models import MunicipalityCode, Region, RegionMembership
from samlop.municipalities.texts import day_words
from samlop.rollouts.models import Feedback, Mailing, Survey, SurveyAnswer
from samlop.rollouts.queries import mailings as queries
from samlop.rollouts.rules import followup as rules
from samlop.rollouts.rules.followup import MailingKind
from samlop.rollouts.rules.rollouts import RolloutState

SURVEY: Final = "rollouts.survey"
MAILING: Final = "rollouts.mailing"
FEEDBACK: Final = "rollouts.feedback"
REPLY: Final = "rollouts.feedback_reply"


def _survey(draft: Draft) -> Mail | None:
    """Nothing is left to say when it is closed, or the recipient has left the region."""
    survey = (
        Survey.objects.filter(pk=draft.context["survey"], closed_at=None)
        .select_related("rollout")
        .first()
    )
    region = Region.objects.filter(pk=draft.context["region"]).first()
    if survey is None or region is None or not _still(draft, Q(region=region)):
        return None
    members = RegionMembership.objects.valid_on(local_day(survey.asked_at)).filter(region=region)
    count = SurveyAnswer.objects.filter(
        survey=survey, municipality__in=members.values("municipality")
    ).count()
    return Mail(
        subject=ngettext(
            "Kartlegging: %(rollout)s – %(count)d kommune hos dere",
            "Kartlegging: %(rollout)s – %(count)d kommuner hos dere",
            count,
        )
        % {"rollout": survey.rollout.name, "count": count},
        paragraphs=(
            _("Innføringslederen vil vite hva som skal til for at kommunene hos dere blir med."),
            *([survey.question] if survey.question else []),
            _("Fyll ut en rad for hver kommune innen %(day)s. Det er nok å svare det du vet.")
            % {"day": day_words(survey.answer_by)},
        ),
        button=_("Åpne kartleggingen"),
        address=f"{draft.home}innforingslop/{survey.rollout.slug}/kartlegging/",
        closing=(_("Hver kommune kan lese det som står om den."),),
    )


def _mailing(draft: Draft) -> Mail | None:
    """Nothing is left to say when the rollout is cancelled, or the recipient has left."""
    mailing = (
        Mailing.objects.filter(pk=draft.context["mailing"])
        .exclude(rollout__state=RolloutState.CANCELLED.value)
        .select_related("rollout__solution")
        .first()
    )
    municipality = int(draft.context["municipality"])
    code = (
        MunicipalityCode.objects.filter(municipality=municipality).order_by("-valid_from").first()
    )
    if mailing is None or code is None or not _still(draft, Q(municipality=municipality)):
        return None
    rollout = mailing.rollout
    filled = queries.values(rollout, [municipality], local_day(mailing.sent_at))[municipality]
    paragraphs = list(rules.paragraphs(rules.merged(mailing.words, filled)))
    subject = rules.merged(mailing.subject, filled)
    if mailing.kind == MailingKind.MESSAGE.value:
        return Mail(
            subject=subject,
            paragraphs=tuple(paragraphs),
            button=_("Åpne innføringsløpet"),
            address=f"{draft.home}innforingslop/{rollout.slug}/",
        )
    if mailing.invitation_on is not None:
        paragraphs.append(
            _("Invitasjonen er planlagt %(day)s.") % {"day": day_words(mailing.invitation_on)}
        )
    paragraphs.append(
        _(
            "Dere trenger ikke å svare nå. Vil dere at det planlegges med dere, kan dere melde "
            "interesse. Passer det dårlig, kan dere si hvorfor."
        )
    )
    return Mail(
        subject=subject,
        paragraphs=tuple(paragraphs),
        button=_("Meld interesse, eller si hvorfor det passer dårlig"),
        address=f"{draft.home}kommuner/{code.number}/interesse/{rollout.solution.slug}/",
    )


def _feedback(draft: Draft) -> Mail | None:
    """Nothing is left to say once it is answered."""
    row = _told(draft)
    if row is None or row.reply or not _still(draft, Q(solution_slug=row.rollout.solution.slug)):
        return None
    return Mail(
        subject=_("Tilbakemelding fra %(rollout)s") % {"rollout": row.rollout.name},
        paragraphs=(row.text,),
        button=_("Svar på tilbakemeldingen"),
        address=f"{draft.home}innforingslop/{row.rollout.slug}/tilbakemeldinger/",
    )


def _reply(draft: Draft) -> Mail | None:
    row = _told(draft)
    if row is None or not row.reply:
        return None
    return Mail(
        subject=_("Svar på tilbakemeldingen fra %(rollout)s") % {"rollout": row.rollout.name},
        paragraphs=(_("Dere skrev: %(text)s") % {"text": row.text}, row.reply),
        button=_("Se tilbakemeldingene"),
        address=f"{draft.home}innforingslop/{row.rollout.slug}/tilbakemeldinger/",
    )


def _told(draft: Draft) -> Feedback | None:
    return (
        Feedback.objects.filter(pk=draft.context["feedback"])
        .select_related("rollout__solution")
        .first()
    )


def _still(draft: Draft, where: Q) -> bool:
    """Whether the recipient still has a role there."""
    held = Membership.objects.filter(
        where, Q(valid_to=None) | Q(valid_to__gt=TruncDate(Now())), person=draft.recipient
    )
    return held.exists()


KINDS = (
    Kind(code=SURVEY, group=Group.TASKS, write=_survey),
    Kind(code=MAILING, group=Group.NEWS, write=_mailing),
    Kind(code=FEEDBACK, group=Group.NEWS, write=_feedback, private=True),
    Kind(code=REPLY, group=Group.NEWS, write=_reply, private=True),
)
