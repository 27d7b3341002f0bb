"""Papers as tagged PDF, the same bytes for the same words, data and moment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import typst

_PAPER: Final = Path(__file__).parent / "data" / "paper.typ"


@dataclass(frozen=True, slots=True)
class Pdf:
    """`compiler` is name and version of what made the bytes: another one may draw otherwise."""

    content: bytes
    compiler: str


def compiler() -> str:
    return f"typst {metadata.version('typst')}"


def compile_pdf(template: Path, data: Mapping[str, Any], *, at: datetime) -> Pdf:
    """The template with the data, as PDF/UA-1; `at` is the document's own time.

    The template begins where `lib/data/paper.typ` ends: `data`, `paper`, `facts` and `prose` are
    there. The compiler refuses a paper without title, with skipped heading levels or with a
    picture that has no words. Fonts are the compiler's own: what a machine has changes nothing.
    """
    source = _PAPER.read_text(encoding="utf-8") + template.read_text(encoding="utf-8")
    found = typst.compile(
        source.encode(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        pdf_standards="ua-1",
        timestamp=int(at.timestamp()),
    )
    if not isinstance(found, bytes):
        raise TypeError("One PDF is one string of bytes.")
    return Pdf(found, compiler())
