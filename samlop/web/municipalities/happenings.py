"""The numbers of a municipality since 2017, as sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from samlop.municipalities.queries.history import CodeEvent, Named
from samlop.municipalities.rules.kinds import ChangeKind
from samlop.web import formats


def listed(words: Sequence[str]) -> str:
    """«a, b og c»."""
    if len(words) < 2:
        return "".join(words)
    return gettext("%(first)s og %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


@dataclass(frozen=True, slots=True)
class CodeSentence:
    happened_on: date
    words: str


def code_sentences(events: Iterable[CodeEvent]) -> tuple[CodeSentence, ...]:
    return tuple(CodeSentence(event.happened_on, code_sentence(event)) for event in events)


def code_sentence(event: CodeEvent) -> str:
    """What happened that day, in one plain sentence that begins with the day."""
    words = {
        "day": formats.long_date(event.happened_on),
        "old": listed([_part(one) for one in event.before]),
        "new": listed([_named(one) for one in event.after]),
        "number": event.after[0].number,
    }
    match event.kind:
        case None:
            words |= {"old": event.before[0].name, "new": event.after[0].name}
            return gettext("%(day)s endret kommunen navn fra %(old)s til %(new)s.") % words
        case ChangeKind.RENUMBERED:
            words["old"] = event.before[0].number
            if event.before[0].name != event.after[0].name and event.before[0].name:
                words |= {"old": _named(event.before[0])}
                return (
                    gettext("%(day)s fikk kommunen nytt nummer og navn: %(new)s. Før: %(old)s.")
                    % words
                )
            return gettext("%(day)s fikk kommunen nummer %(number)s. Før var det %(old)s.") % words
        case ChangeKind.SPLIT:
            words["old"] = _named(event.before[0])
            return gettext("%(day)s ble %(old)s delt mellom %(new)s.") % words
        case ChangeKind.MERGED:
            return gettext("%(day)s ble %(old)s slått sammen til %(new)s.") % words


def _named(one: Named) -> str:
    return f"{one.number} {one.name}".strip()


def _part(one: Named) -> str:
    if one.partly:
        return gettext("deler av %(name)s") % {"name": _named(one)}
    return _named(one)
