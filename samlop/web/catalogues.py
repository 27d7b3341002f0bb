"""The catalogues of translations: gather the words from the code, check them, compile them.

Bokmål is written in the code; nynorsk and English are .po files under samlop/locale. Babel does
the work, so nobody needs the gettext programs. Knows nothing of Django, so that the command line
can use it before Django loads.
"""

import re
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import jinja2.ext
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE: Final = Path(__file__).resolve().parent.parent
LOCALE: Final = PACKAGE / "locale"
LANGUAGES: Final = ("nn", "en")

_KEYWORDS: Final[dict[str, Any]] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "Marked": None,
}
# As in web.environment: the words must come out as the templates will ask for them.
_TEMPLATES: Final = {
    "silent": "false",
    "trimmed": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
}
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sdf]")
_BARE_PERCENT: Final = re.compile(r"(?<!%)(?:%%)*%(?!\(\w+\)[sdf]|%)")
# Lines that change by themselves and would make every update a difference.
_RESTLESS: Final = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Generated-By',
    b'"Last-Translator',
    b'"Language-Team',
    b'"Report-Msgid-Bugs-To',
)


def path(language: str, suffix: str = ".po") -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"django{suffix}"


def words_in_code() -> Catalog:
    """Every marked text in Python and templates, with the files it stands in."""
    found = Catalog(charset="utf-8")
    for file in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in file.parts:
            _gather(found, file, "python", {})
    for file in sorted((PACKAGE / "web" / "templates").rglob("*.html")):
        _gather(found, file, jinja2.ext.babel_extract, _TEMPLATES)
    return found


def _gather(into: Catalog, file: Path, method: Any, options: dict[str, str]) -> None:
    place = file.relative_to(PACKAGE.parent).as_posix()
    for line, words, comments, context in extract_from_file(
        method, file, keywords=_KEYWORDS, options=options
    ):
        into.add(words, locations=[(place, line)], auto_comments=comments, context=context)


def read(language: str) -> Catalog:
    file = path(language)
    if not file.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def update(language: str) -> int:
    """Add new texts and drop those no longer used; returns how many lack a translation."""
    catalogue = read(language)
    catalogue.update(words_in_code(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    write(language, catalogue)
    return sum(1 for message in catalogue if message.id and not _is_translated(message))


def write(language: str, catalogue: Catalog) -> None:
    """Sorted, and without what changes by itself, so that a difference is a change."""
    catalogue.fuzzy = False
    catalogue.project, catalogue.version = "Samløp", ""
    catalogue.header_comment = "# Samløp. Bokmål is the source; see CONTRIBUTING.md."
    written = BytesIO()
    write_po(written, catalogue, width=100, sort_output=True, include_lineno=False)
    lines = written.getvalue().splitlines(keepends=True)
    file = path(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(line for line in lines if not line.startswith(_RESTLESS)))


def problems() -> Iterator[str]:
    """What keeps the catalogues from being complete and right, one line each."""
    code = words_in_code()
    for message in code:
        if any(place.endswith(".html") for place, _ in message.locations):
            yield from (
                f"{_where(message)}: write %% for a percent sign in a template: {text!r}"
                for text in _forms(message.id)
                if _BARE_PERCENT.search(text)
            )
    for language in LANGUAGES:
        catalogue = read(language)
        for message in code:
            if message.id and catalogue.get(_singular(message), message.context) is None:
                yield f"{language}: not in the catalogue: {_name(message)} ({_where(message)})"
        for message in catalogue:
            if not message.id:
                continue
            if code.get(_singular(message), message.context) is None:
                yield f"{language}: no longer in the code: {_name(message)}"
            yield from (f"{language}: {wrong}: {_name(message)}" for wrong in _wrongs(message))
        yield from (f"{language}: obsolete entry: {key!r}" for key in catalogue.obsolete)


def _wrongs(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield "fuzzy"
    if not _is_translated(message):
        yield "not translated"
        return
    source, target = _forms(message.id), _forms(message.string)
    allowed = {name for text in source for name in _PLACEHOLDER.findall(text)}
    # A singular may leave the number out («én kommune»); the plural may leave out nothing.
    needed = set(_PLACEHOLDER.findall(source[-1]))
    if set(_PLACEHOLDER.findall(target[-1])) != needed:
        yield "placeholders differ"
    elif any(set(_PLACEHOLDER.findall(text)) - allowed for text in target):
        yield "unknown placeholder"
    if [text[:1].isspace() for text in target] != [source[0][:1].isspace()] * len(target) or [
        text[-1:].isspace() for text in target
    ] != [source[0][-1:].isspace()] * len(target):
        yield "spaces at the ends differ"
    if any(_BARE_PERCENT.search(text) for text in target) and not any(
        _BARE_PERCENT.search(text) for text in source
    ):
        yield "bare percent sign"


def _forms(words: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [words or ""] if words is None or isinstance(words, str) else list(words)


def _singular(message: Message) -> str:
    return _forms(message.id)[0]


def _is_translated(message: Message) -> bool:
    forms = _forms(message.string)
    return all(forms) and len(forms) >= len(_forms(message.id))


def _name(message: Message) -> str:
    text = _singular(message)
    return repr(text if len(text) <= 60 else text[:59] + "…")


def _where(message: Message) -> str:
    place, line = message.locations[0] if message.locations else ("", 0)
    return f"{place}:{line}"


def compile_stale() -> list[str]:
    """Compile each catalogue whose .mo is missing or older than its .po; returns which.

    Runs when Django loads, in whichever process is first: the file is put in place whole. Where
    the installation may not be written to, an existing .mo is left as it is.
    """
    compiled = []
    for language in LANGUAGES:
        source, target = path(language), path(language, ".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        try:
            _compile(language, target)
        except OSError:
            if not target.exists():
                raise
        else:
            compiled.append(language)
    return compiled


def _compile(language: str, target: Path) -> None:
    catalogue = read(language)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".new", delete=False) as stream:
        write_mo(stream, catalogue)
    Path(stream.name).chmod(0o644)
    Path(stream.name).replace(target)


def compile_all() -> None:
    for language in LANGUAGES:
        _compile(language, path(language, ".mo"))
