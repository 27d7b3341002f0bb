"""Lines in the log without what opens a door: personal addresses keep their beginning only."""

import logging
import re
from typing import Final

# What stands after these is a signed token: whoever has it needs nothing else.
_PERSONAL: Final = re.compile(r"/(invitasjon|kalender|leverandorstatus)/[^/\s\"'<>]+")


def without_tokens(line: str) -> str:
    return _PERSONAL.sub(r"/\1/…", line)


class Formatter(logging.Formatter):
    """As Python's own, tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        return without_tokens(super().format(record))
