"""A file on its way out, with headers that let nothing in it run.

Whether this reader may have it is the view's to ask first.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags

from samlop.files import queries
from samlop.files.models import File
from samlop.files.rules import MEDIA_TYPES, FileKind


def answer(request: HttpRequest, file: File) -> HttpResponse:
    """The file itself, to save."""
    etag = f'"{file.sha256}"'
    response: HttpResponse
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(
            queries.content_of(file), content_type=MEDIA_TYPES[FileKind(file.kind)]
        )
        disposition = content_disposition_header(as_attachment=True, filename=file.name)
        response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["ETag"] = etag
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # One's own browser may keep it, and asks each time whether it may still be seen.
    response.headers["Cache-Control"] = "private, no-cache"
    return response
