"""Small things said about material on several pages."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.queries.material import Item, Text
from samlop.portfolio.rules.material import MaterialKind, preferred
from samlop.portfolio.texts import material as texts
from samlop.web.request import PublicRequest, Request

FORMS: Final[Mapping[LanguageForm, str | Promise]] = {
    LanguageForm.BOKMAL: _("Bokmål"),
    LanguageForm.NYNORSK: _("Nynorsk"),
}
# As addresses name them.
FORM_CODES: Final[Mapping[str, LanguageForm]] = {
    "bokmal": LanguageForm.BOKMAL,
    "nynorsk": LanguageForm.NYNORSK,
}
# As a document names its language.
LANGUAGE_OF: Final[Mapping[LanguageForm, str]] = {
    LanguageForm.BOKMAL: "nb",
    LanguageForm.NYNORSK: "nn",
}


def kind(code: MaterialKind, own_kind: str) -> str:
    return own_kind or str(texts.MATERIAL_KINDS[code])


def own_municipality(request: PublicRequest | Request) -> int | None:
    """The first municipality the reader has a role in."""
    found = (grant.municipality for grant in request.access.grants)
    return next((pk for pk in found if pk is not None), None)


def reading_form(request: PublicRequest | Request) -> LanguageForm:
    """Which form this reader is shown first. At most one query."""
    pk = own_municipality(request)
    said = LanguageForm.NEUTRAL
    if pk is not None:
        code = Municipality.objects.values_list("language_form", flat=True).get(pk=pk)
        said = LanguageForm(code)
    return form_for(said)


def form_for(said: LanguageForm) -> LanguageForm:
    return preferred(said, page_in_nynorsk=get_language() == "nn")


def title(item: Item, form: LanguageForm) -> str:
    """Its title in the form, where it has one of its own."""
    return item.titles.get(form) or item.title


def text_title(text: Text, otherwise: str) -> str:
    return text.title or otherwise
