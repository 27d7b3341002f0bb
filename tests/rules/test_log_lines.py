"""What is kept out of the log."""

import logging
import sys

import pytest

from samlop.lib.log_lines import Formatter, without_tokens


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Not Found: /invitasjon/12.aB-3_x/", "Not Found: /invitasjon/…/"),
        (
            "Unprocessable Entity: /invitasjon/12.aB-3_x/svar/",
            "Unprocessable Entity: /invitasjon/…/svar/",
        ),
        ("Not Found: /kalender/7.xyz.ics", "Not Found: /kalender/…"),
        ("GET /leverandorstatus/7.xyz/?a=1", "GET /leverandorstatus/…/?a=1"),
        ("Not Found: /innforingslop/invitasjon/", "Not Found: /innforingslop/invitasjon/"),
        ("Not Found: /kommuner/9042/kalender/", "Not Found: /kommuner/9042/kalender/"),
    ],
)
def test_a_personal_address_keeps_its_beginning_only(line: str, kept: str) -> None:
    assert without_tokens(line) == kept


def test_a_traceback_too() -> None:
    try:
        raise ValueError("/invitasjon/12.hemmelig/svar/")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "", 0, "%s: %s", ("Feil", "/a/"), sys.exc_info()
        )
    line = Formatter("%(levelname)s %(message)s").format(record)
    assert line.startswith("ERROR Feil: /a/\n")
    assert "hemmelig" not in line
