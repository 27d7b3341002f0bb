"""What people fill in about a document."""

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.files import texts
from samlop.web.uploads import AttachmentField, UploadForm


class DocumentForm(UploadForm):
    # Uploads are limited by this name: uploads.ATTACHMENT.
    vedlegg = AttachmentField(label=_("Fil"))
    title = forms.CharField(
        label=_("Hva heter dokumentet?"),
        max_length=120,
        help_text=_("Slik det skal stå i lista, for eksempel «Mandat 2027»."),
        error_messages={"required": _("Skriv hva dokumentet heter.")},
    )
    kind = forms.ChoiceField(
        label=_("Type"),
        choices=texts.document_kind_choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg hva slags dokument det er.")},
    )
