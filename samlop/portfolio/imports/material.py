"""The words inside an uploaded file, found by a process of its own."""

from samlop.files import queries as files
from samlop.lib import document_text
from samlop.lib.document_text import Unreadable
from samlop.portfolio.models import MaterialText
from samlop.portfolio.services import material as services


def read_file(*, text_id: int) -> None:
    """Find the words of a text's file and keep them; safe to repeat."""
    text = MaterialText.objects.select_related("file").filter(pk=text_id).first()
    if text is None or text.file is None:
        return
    words: str | None
    try:
        words = document_text.isolated(text.file.kind, files.content_of(text.file))
    except Unreadable:
        words = None
    services.record_words(text_id=text_id, words=words)
