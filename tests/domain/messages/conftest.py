"""A mail server to send to, and kinds of message to send."""

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from tests.environment import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class MailServer:
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self.port, "security": "none"}

    def feel(self, mood: str) -> None:
        (self.folder / "mood").write_text(mood)

    def up(self, mood: str = "up") -> None:
        self.down()
        self.feel(mood)
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-m", "tests.domain.messages.mailserver"),
                *(str(self.port), str(self.folder)),
            ],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("The mail server did not come up")

    def down(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    @property
    def taken(self) -> list[dict[str, Any]]:
        file = self.folder / "taken"
        if not file.exists():
            return []
        # The last line may be on its way.
        lines = file.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    @property
    def times_taken(self) -> Counter[str]:
        return Counter(mail["id"] for mail in self.taken)


@pytest.fixture
def server(tmp_path: Path, settings: Settings) -> Iterator[MailServer]:
    made = MailServer(tmp_path)
    settings.SAMLOP_EXAMPLE = False
    settings.SAMLOP_SMTP = made.settings
    settings.SAMLOP_MAIL_FROM = "Samløp <ikke-svar@samlop.example>"
    try:
        yield made
    finally:
        made.down()


@pytest.fixture(autouse=True)
def _kinds(settings: Settings) -> None:
    settings.SAMLOP_MAIL_KINDS = [
        "samlop.messages.services.mails",
        "tests.domain.messages.kinds",
    ]


def process_environment(server: MailServer) -> dict[str, str]:
    """What a process needs to work on this test's database, and to send to this server."""
    where = connection.settings_dict
    url = (
        f"postgresql://{where['USER']}:{where['PASSWORD']}@/{where['NAME']}"
        f"?host={where['HOST']}&port={where['PORT']}"
    )
    return {
        **os.environ,
        "DATABASE_URL": url,
        "SAMLOP_EXAMPLE": "0",
        # Only a local run may do without https.
        "SAMLOP_ALLOWED_HOSTS": "localhost",
        "SAMLOP_SMTP_URL": f"smtp://127.0.0.1:{server.port}",
        "SAMLOP_MAIL_FROM": "ikke-svar@samlop.example",
        "DJANGO_SETTINGS_MODULE": "tests.domain.messages.worker_settings",
        "PYTHONWARNINGS": "ignore",
    }
