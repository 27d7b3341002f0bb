"""What stops the product from starting, in one sentence for whoever runs it."""

import errno
from pathlib import Path

NO_SPACE = "No space left on device"


class Trouble(Exception):
    """Something the person at the command line can do something about; str() is what to print."""


def disk_full(folder: Path) -> Trouble:
    return Trouble(f"The disk is full: there is no room left for {folder}.")


def about(error: OSError, folder: Path) -> Trouble:
    """What an error from the file system means for the person who chose the folder."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(folder)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Trouble(
            f"The data folder {folder} cannot be written to ({error.strerror}); "
            "choose another with --data-dir or SAMLOP_DATA_DIR."
        )
    return Trouble(f"The data folder {folder} cannot be used: {error.strerror or error}.")
