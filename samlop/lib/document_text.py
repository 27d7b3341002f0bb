"""The words inside PDF, office documents and plain text, to search in; never to show as they are.

Run as a program it reads one file from standard input and writes its words to standard output:
`isolated` does so with little time and memory, because a document made to be hard to read must
cost a process of its own and nothing else.
"""

import contextlib
import html
import io
import logging
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from samlop.lib.errors import FileRefused
from samlop.lib.sheets import read as read_sheets

MOST_CHARACTERS: Final = 200_000
MOST_PAGES: Final = 400
# Of one part of an archive; files.rules has counted the whole.
MOST_OF_A_PART: Final = 40 * 1024 * 1024
SECONDS: Final = 60
_MEMORY: Final = 1024 * 1024 * 1024

_TAG: Final = re.compile(r"<[^>]*>")
_PARAGRAPH_ENDS: Final = re.compile(r"</(?:w:p|a:p|text:p|text:h)>")
# Words are split into runs by marks; only these stand for a space.
_SPACE: Final = re.compile(
    r"<(?:w:tab|w:br|w:cr|a:br|a:tab|text:s|text:tab|text:line-break)\b[^>]*>"
)
_WORD_PARTS: Final = re.compile(r"word/(?:document|footnotes|endnotes|header\d*|footer\d*)\.xml")
_SLIDE_PARTS: Final = re.compile(r"ppt/(?:slides/slide|notesSlides/notesSlide)\d+\.xml")
_OPEN_PARTS: Final = re.compile(r"content\.xml")


class Unreadable(Exception):
    """The words could not be found: damaged, too much to read, or not what it says it is."""


def words(ending: str, content: bytes) -> str:
    """The words, a paragraph a line, cut off at MOST_CHARACTERS. Raises Unreadable."""
    read = _READERS.get(ending)
    if read is None:
        return ""
    found: list[str] = []
    length = 0
    try:
        for piece in read(content):
            line = " ".join(piece.replace("\0", " ").split())
            if not line:
                continue
            found.append(line)
            length += len(line) + 1
            if length > MOST_CHARACTERS:
                break
    except (zipfile.BadZipFile, KeyError, FileRefused, RecursionError) as error:
        raise Unreadable from error
    return "\n".join(found)[:MOST_CHARACTERS]


def _pdf(content: bytes) -> Iterator[str]:
    # It tells at length of every flaw it could read past.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        for index, page in enumerate(PdfReader(io.BytesIO(content)).pages):
            if index == MOST_PAGES:
                return
            yield from page.extract_text().splitlines()
    except (PyPdfError, ValueError, TypeError, IndexError, AttributeError, KeyError) as error:
        raise Unreadable from error


def _parts(content: bytes, wanted: re.Pattern[str]) -> Iterator[str]:
    """Marks are taken off as text: nothing is parsed that could name or grow anything."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = sorted(name for name in archive.namelist() if wanted.fullmatch(name))
        for name in names:
            with archive.open(name) as part:
                text = part.read(MOST_OF_A_PART).decode("utf-8", errors="replace")
            for line in _PARAGRAPH_ENDS.split(text):
                yield html.unescape(_TAG.sub("", _SPACE.sub(" ", line)))


def _sheet(content: bytes) -> Iterator[str]:
    for sheet in read_sheets(content):
        for line in sheet:
            yield " ".join(cell for cell in line.cells if cell)


def _text(content: bytes) -> Iterator[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    yield from text.splitlines()


_READERS: Final[Mapping[str, Callable[[bytes], Iterator[str]]]] = {
    "pdf": _pdf,
    "docx": lambda content: _parts(content, _WORD_PARTS),
    "pptx": lambda content: _parts(content, _SLIDE_PARTS),
    "odt": lambda content: _parts(content, _OPEN_PARTS),
    "odp": lambda content: _parts(content, _OPEN_PARTS),
    "ods": lambda content: _parts(content, _OPEN_PARTS),
    "xlsx": _sheet,
    "txt": _text,
    "csv": _text,
}


def isolated(ending: str, content: bytes, *, seconds: int = SECONDS) -> str:
    """The same in a process of its own. Raises Unreadable, also when it takes too long."""
    if ending not in _READERS:
        return ""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "samlop.lib.document_text", ending],
            input=content,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable from error
    if done.returncode != 0:
        raise Unreadable
    return done.stdout.decode("utf-8", errors="replace")[:MOST_CHARACTERS]


def _with_little_memory() -> None:
    """Where the system can hold a process to it; Windows cannot."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main() -> int:
    _with_little_memory()
    try:
        found = words(sys.argv[1], sys.stdin.buffer.read())
    except (Unreadable, MemoryError):
        return 1
    sys.stdout.buffer.write(found.encode("utf-8", errors="replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
