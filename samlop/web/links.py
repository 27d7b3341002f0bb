"""Addresses and sources that people have written, made fit to be followed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text; with an address it is a link."""

    words: str
    address: str = ""


def website(text: str) -> Part | None:
    """«https://www.digivestland.no/» read as «www.digivestland.no»; None when there is none."""
    if not text:
        return None
    address = text if "://" in text else f"https://{text}"
    found = urlsplit(address)
    if found.scheme not in {"http", "https"}:
        return Part(text)
    return Part(f"{found.netloc}{found.path.rstrip('/')}", address)


def source(text: str) -> tuple[Part, ...]:
    """A source as written, with each address in it shown by the name of its place."""
    parts: list[Part] = []
    words: list[str] = []
    seen: Counter[str] = Counter()
    for word in text.split():
        found = urlsplit(word)
        if found.scheme in {"http", "https"} and found.netloc:
            if words:
                parts.append(Part(" ".join(words)))
                words = []
            host = found.netloc.removeprefix("www.")
            seen[host] += 1
            # Two links that read alike must not lead to different places.
            parts.append(Part(host if seen[host] == 1 else f"{host} ({seen[host]})", word))
        else:
            words.append(word)
    if words:
        parts.append(Part(" ".join(words)))
    return tuple(parts)


def sources(texts: Iterable[str]) -> tuple[Part, ...]:
    """Each different source once, with a sign between them."""
    parts: list[Part] = []
    for text in dict.fromkeys(text for text in texts if text):
        if parts:
            parts.append(Part("·"))
        parts += source(text)
    return tuple(parts)
