"""Which account PostgreSQL runs as, and what that account can reach.

PostgreSQL refuses to run as root. Then an existing unprivileged account is borrowed; none is made.
"""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from samlop.cli import process
from samlop.cli.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Account:
    """An account that processes of ours run as."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, uid: int) -> Self:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:  # a container may run under a number without a name
            return cls(str(uid), uid, os.getgid())
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def start(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        output: IO[bytes] | int,
        dies_with_us: bool,
    ) -> subprocess.Popen[bytes]:
        """Run a program as this account, in a session that Ctrl-C does not reach."""
        return subprocess.Popen(
            command,
            # Our own working folder may be closed to the account.
            cwd="/",
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
            user=None if self.is_ours else self.uid,
            group=None if self.is_ours else self.gid,
            extra_groups=None if self.is_ours else [],
            preexec_fn=process.die_with_parent() if dies_with_us else None,  # noqa: PLW1509 - one thread
        )

    def can_reach(self, folder: Path) -> bool:
        """Whether the account may enter the folder, tried by doing it."""
        if self.is_ours:
            return os.access(folder, os.X_OK)
        attempt = self.start(
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder],
            env={},
            output=subprocess.DEVNULL,
            dies_with_us=False,
        )
        return attempt.wait() == 0

    def give(self, path: Path) -> None:
        """Hand over something we have just made."""
        if not self.is_ours:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def for_postgres(cluster: Path) -> Account:
    """The account to own the cluster: its owner, or us, or a borrowed one when we are root."""
    if os.geteuid() != 0:
        return Account.of(os.geteuid())
    # The owner of an existing cluster comes first: an account `postgres` may have been installed
    # after the data were made by `nobody`.
    owner = cluster.stat().st_uid if cluster.exists() else 0
    if owner:
        return Account.of(owner)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Trouble(
        "PostgreSQL refuses to run as root, and there is neither an account «postgres» nor "
        "«nobody» to run it as; start Samløp as an ordinary user, or set DATABASE_URL."
    )
