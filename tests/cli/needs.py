"""Why a test cannot run here."""

import os
import sys

import pytest

PG15 = "/usr/lib/postgresql/15/bin"

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes account or mounts")
postgres_15 = pytest.mark.skipif(
    not os.path.exists(f"{PG15}/initdb"),  # noqa: PTH110 - at import, and a plain question
    reason="Debian's PostgreSQL 15 is not installed",
)
