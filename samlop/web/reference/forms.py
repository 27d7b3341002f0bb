"""What an administrator sends in to renew the reference data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from samlop.web.fields import DayField
from samlop.web.uploads import UploadField, UploadForm


class CodesForm(UploadForm):
    file = UploadField(
        label=_("Kommunelista"),
        accept=".json,.csv",
        help_text=_("Svaret på «versions» eller «codesAt» for Klass 131, som JSON eller CSV."),
    )
    changes = UploadField(
        label=_("Endringslista"),
        required=False,
        accept=".json,.csv",
        help_text=_(
            "Svaret på «changes». Trengs når kommuner er slått sammen, delt eller har fått "
            "nytt nummer."
        ),
    )
    valid_from = DayField(
        label=_("Gjelder fra"),
        required=False,
        help_text=_("Bare når lista ikke selv sier det, som i CSV."),
    )


class FactsForm(UploadForm):
    file = UploadField(label=_("CSV-fil"), accept=".csv,.txt", help_text=_("Høyst 5 MB."))
    source = forms.CharField(
        label=_("Hvor kommer opplysningene fra?"),
        max_length=200,
        help_text=_("For eksempel «Enhetsregisteret 14. mars 2027». Står i historikken."),
        error_messages={"required": _("Skriv hvor opplysningene kommer fra.")},
    )
