"""A file on its way in: read within a limit, carried through a preview, and applied.

Nothing is kept on the server between the preview and «apply»: the content travels signed and
compressed in the form. It opens only for the person and the purpose it was signed for.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core import signing
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext, gettext_lazy

from samlop.accounts.models import Person
from samlop.files import rules as file_rules
from samlop.files import texts as file_texts
from samlop.files.rules import FileRefusal, NotAccepted
from samlop.lib.errors import Refused
from samlop.web.fields import Words

MOST_BYTES: Final = 5 * 1024 * 1024
# A field whose name begins so may hold an attachment, which files.rules limits.
ATTACHMENT: Final = "vedlegg"
# One whose name begins so may hold a file of figures, which is read as a stream.
FIGURES: Final = "tallfil"
MOST_OF_FIGURES: Final = 200 * 1024 * 1024
# A preview left open longer shows a day that has passed.
KEPT_FOR: Final = timedelta(hours=12)
_TOO_LARGE: Final = "samlop.upload_too_large"


class PreviewLost(Refused):
    """What came back from the preview is not what we sent out, or it is too old."""

    def __init__(self) -> None:
        super().__init__(
            gettext("Forhåndsvisningen er for gammel. Ingenting er endret. Velg filen på nytt.")
        )


def most_bytes(field_name: str | None, *, signed_in: bool) -> int:
    """Figures are for people with a role; a visitor shall not fill the disk."""
    name = field_name or ""
    if name.startswith(ATTACHMENT):
        return file_rules.MOST_BYTES
    return MOST_OF_FIGURES if signed_in and name.startswith(FIGURES) else MOST_BYTES


class LimitedUploads(FileUploadHandler):
    """Stops reading a file that passes the limit, so that it fills neither memory nor disk.

    The field then counts as too large rather than missing, see `UploadField`.
    """

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        user = getattr(self.request, "user", None)
        signed_in = user is not None and user.is_authenticated
        self._read, self._most = 0, most_bytes(self.field_name, signed_in=signed_in)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._read += len(raw_data)
        if self._read > self._most:
            if self.request is not None:
                self.request.META.setdefault(_TOO_LARGE, set()).add(self.field_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class UploadField(forms.FileField):
    """A file of at most five megabytes, with sentences for what is wrong with it."""

    most_bytes = MOST_BYTES

    def __init__(
        self, *, label: Words, required: bool = True, accept: str, help_text: Words
    ) -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            widget=forms.FileInput(attrs={"accept": accept}),
            error_messages={
                "required": gettext_lazy("Velg en fil."),
                "empty": gettext_lazy("Filen er tom. Velg en fil med innhold."),
            },
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        if data and data.size is not None and data.size > self.most_bytes:
            raise forms.ValidationError(self.too_large())
        return super().clean(data, initial)

    @staticmethod
    def too_large() -> str:
        return gettext(
            "Filen er større enn 5 MB, og er ikke lest. Fjern det som ikke trengs, og prøv igjen."
        )


class AttachmentField(UploadField):
    """A file for others to read, of at most 25 megabytes; its name begins with ATTACHMENT."""

    most_bytes = file_rules.MOST_BYTES

    def __init__(self, *, label: Words, required: bool = True) -> None:
        endings = sorted(file_rules.ENDINGS)
        super().__init__(
            label=label,
            required=required,
            accept=",".join(f".{ending}" for ending in endings),
            help_text=gettext_lazy(
                "PDF, Word, Excel, PowerPoint, OpenDocument, bilde eller ren tekst, høyst 25 MB. "
                "Ingen opplysninger om pasienter eller innbyggere."
            ),
        )

    @staticmethod
    def too_large() -> str:
        return str(file_texts.FILE_REFUSALS[FileRefusal.TOO_LARGE])

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Looked into at once, so that it is said together with what the other fields lack."""
        found = super().clean(data, initial)
        if found:
            try:
                file_rules.accept(file_rules.tidy_name(found.name), found.read())
            except NotAccepted as error:
                sentence = str(file_texts.FILE_REFUSALS[error.refusal])
                raise forms.ValidationError(sentence) from error
            found.seek(0)
        return found


class FiguresField(UploadField):
    """A file of figures, of at most 200 megabytes; its name is FIGURES."""

    most_bytes = MOST_OF_FIGURES

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Fil med tall"),
            accept=".csv,.txt,.tsv,.xlsx",
            help_text=gettext_lazy(
                "CSV eller Excel (XLSX), høyst 200 MB. Én rad per kommune og periode."
            ),
        )

    @staticmethod
    def too_large() -> str:
        return gettext("Filen er større enn 200 MB, og er ikke lest. Del den opp, og prøv igjen.")


class UploadForm(forms.Form):
    """A form with files; `meta` is the request's, where stopped uploads are marked."""

    def __init__(self, *args: Any, meta: Mapping[str, object] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stopped = (meta or {}).get(_TOO_LARGE, ())
        self._stopped = stopped if isinstance(stopped, set) else set()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for name in self.fields:
            if self.add_prefix(name) in self._stopped:
                # It was sent, so «choose a file» would be wrong.
                self.errors.pop(name, None)
                self.add_error(name, self.fields[name].too_large())  # type: ignore[attr-defined]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What was looked at in a preview: the files, what else was chosen, and what they came to.

    `fingerprint` names the difference that was shown: when the files come to something else at
    «apply», somebody has changed the data meanwhile.
    """

    files: Mapping[str, bytes]
    fingerprint: str
    choices: Mapping[str, str] = field(default_factory=dict)


def carry(carried: Carried, *, person: Person, purpose: str) -> str:
    """A token for a hidden field."""
    # latin-1 turns any bytes into text and back; JSON holds no bytes.
    files = {name: content.decode("latin-1") for name, content in carried.files.items()}
    return _signer(person, purpose).sign_object(
        {"files": files, "fingerprint": carried.fingerprint, "choices": dict(carried.choices)},
        compress=True,
    )


def carried(token: str, *, person: Person, purpose: str) -> Carried:
    """Raises PreviewLost when the token is not ours, another person's, or too old."""
    try:
        found = _signer(person, purpose).unsign_object(token, max_age=KEPT_FOR)
    except signing.BadSignature as error:
        raise PreviewLost from error
    return Carried(
        files={name: text.encode("latin-1") for name, text in found["files"].items()},
        fingerprint=found["fingerprint"],
        choices=found["choices"],
    )


def fingerprint(difference: object) -> str:
    """Names a difference; equal ones made of dataclasses have equal names."""
    return hashlib.sha256(repr(difference).encode()).hexdigest()


def _signer(person: Person, purpose: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"samlop.web.uploads:{purpose}:{person.pk}")
