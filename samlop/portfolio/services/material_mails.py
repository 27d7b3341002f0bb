"""The mails about material: what is to be gone through, and templates that are new."""

from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samlop.accounts.models import Membership
from samlop.accounts.rules import PERMITS, Permission, Role
from samlop.messages.rules import Group, Mail
from samlop.messages.services.kinds import Draft, Kind
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.texts import day_words
from samlop.portfolio.models import LocalCopy, Material
from samlop.portfolio.queries import copies as queries
from samlop.portfolio.services.material import CHANGED, REVIEW

_USES_TEMPLATES = [role.value for role in Role if Permission.USE_TEMPLATES in PERMITS[role]]


def _review(draft: Draft) -> Mail | None:
    """Nothing is left to say once it has been gone through, or is withdrawn."""
    material = Material.objects.standing().filter(pk=draft.context["material"]).first()
    if material is None or material.review_on is None or material.review_on != material.told_of:
        return None
    return Mail(
        subject=_("Gå gjennom «%(title)s»") % {"title": material.title},
        paragraphs=(
            _("Materiellet «%(title)s» skal gås gjennom innen %(day)s.")
            % {"title": material.title, "day": day_words(material.review_on)},
            _(
                "Stemmer det fortsatt, er det nok å si fra om det. Er noe endret, publiserer dere "
                "en ny versjon, og kommunene som har laget en kopi, får se hva som er nytt."
            ),
        ),
        button=_("Åpne materiellet"),
        address=f"{draft.home}materiell/{material.slug}/",
    )


def _changed(draft: Draft) -> Mail | None:
    """Nothing is left to say when the stands are taken, the copy is gone, or the role is."""
    copy = LocalCopy.objects.filter(pk=draft.context["copy"], removed_at=None).first()
    if copy is None:
        return None
    works_there = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=TruncDate(Now())),
        person=draft.recipient,
        municipality=copy.municipality_id,
        role__in=_USES_TEMPLATES,
    )
    view = queries.view(copy.pk, municipality=copy.municipality_id)
    code = (
        MunicipalityCode.objects.filter(municipality=copy.municipality_id)
        .order_by("-valid_from")
        .first()
    )
    if view is None or code is None or not view.waiting or not works_there.exists():
        return None
    count = len(view.waiting)
    return Mail(
        subject=_("Ny versjon av malen «%(title)s»") % {"title": view.title},
        paragraphs=(
            ngettext(
                "Malen dere har kopiert, er kommet i versjon %(number)d, med %(count)d endring.",
                "Malen dere har kopiert, er kommet i versjon %(number)d, med %(count)d endringer.",
                count,
            )
            % {"number": view.newest, "count": count},
            *(note for _number, note in view.notes if note),
            _(
                "Dere velger selv hva dere tar inn. Svarene deres blir stående, og bare kommunen "
                "kan lese dem."
            ),
        ),
        button=_("Se endringene"),
        address=f"{draft.home}kommuner/{code.number}/maler/{copy.pk}/endringer/",
    )


KINDS = (
    Kind(code=REVIEW, group=Group.TASKS, write=_review),
    Kind(code=CHANGED, group=Group.TASKS, write=_changed),
)
