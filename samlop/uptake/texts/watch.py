"""The words of the use watch."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlop.uptake.rules.watch import Concern

Words = str | Promise

CONCERNS: Final[Mapping[Concern, Words]] = {
    Concern.FALLEN: _("Bruken har gått ned"),
    Concern.BELOW_SIMILAR: _("Bruken er lavere enn i kommuner som ligner"),
}

# With the two levels, and the unit they are counted in.
CONCERN_SENTENCES: Final[Mapping[Concern, Words]] = {
    Concern.FALLEN: _(
        "Bruken er nå %(level)s %(unit)s. På det høyeste de siste to årene var den %(against)s."
    ),
    Concern.BELOW_SIMILAR: _(
        "Bruken er nå %(level)s %(unit)s. I kommuner som ligner, er den midterste %(against)s."
    ),
}


def concern_choices() -> list[tuple[str, Words]]:
    return [(code.value, words) for code, words in CONCERNS.items()]
