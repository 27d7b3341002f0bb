"""The sentences that lib has marked, in the language of the page."""

from django.utils.translation import gettext

from samlop.lib.marked import Marked


def translated(text: str) -> str:
    """What lib has marked is translated; other texts already are."""
    return gettext(text.source) % text.words if isinstance(text, Marked) else text
