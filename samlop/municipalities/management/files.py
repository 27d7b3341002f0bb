"""Files named on the command line: read within a limit, refused in sentences."""

from pathlib import Path
from typing import Final

from django.core.management.base import CommandError

from samlop.lib.errors import FileRefused

MOST_BYTES: Final = 5 * 1024 * 1024
PROBLEMS_SHOWN: Final = 20


def content(file: Path) -> bytes:
    """Raises CommandError for a file that is too large or cannot be read."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise CommandError(f"{file} er større enn 5 MB. Del den opp og prøv igjen.")
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"Kan ikke lese {file}: {error.strerror}.") from error


def refusal(error: FileRefused) -> CommandError:
    """The first problems by row and column, and how many more there are."""
    shown = [str(problem) for problem in error.problems[:PROBLEMS_SHOWN]]
    if (more := len(error.problems) - len(shown)) > 0:
        shown.append(f"… og {more} til.")
    return CommandError("\n".join([*shown, "Ingenting er endret."]))
