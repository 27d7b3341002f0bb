"""Loaded by pytest before anything reads settings: the environment and a database for tests.

DATABASE_URL names another server; otherwise our own PostgreSQL is started in .data/test, or
in SAMLOP_TEST_DATA_DIR, and stopped when the run ends. A run beside another one (tests/__main__.py)
is named in SAMLOP_TEST_BESIDE and has a folder of its own beside the other's.
"""

import atexit
import os
from pathlib import Path

from samlop.cli import places
from samlop.cli.postgres import LocalPostgres

ROOT = Path(__file__).resolve().parent.parent
# A test database may be lost with the machine, so it need not wait for the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

os.environ.setdefault("SAMLOP_SECRET_KEY", "only for tests, where nothing is secret")
os.environ.setdefault("SAMLOP_ALLOWED_HOSTS", "localhost,127.0.0.1,testserver")
os.environ.setdefault("SAMLOP_HTTPS", "0")
os.environ.setdefault("SAMLOP_EXAMPLE", "1")
os.environ.setdefault("SAMLOP_STATIC_ROOT", str(ROOT / ".data" / "test-static"))
# Whitenoise warns of a folder that is not there, and warnings are errors.
Path(os.environ["SAMLOP_STATIC_ROOT"]).mkdir(parents=True, exist_ok=True)

if "DATABASE_URL" not in os.environ:
    # As root in a closed checkout, a folder that PostgreSQL's account can enter.
    folder = places.data_folder(os.environ.get("SAMLOP_TEST_DATA_DIR"), below="test")
    if beside := os.environ.get("SAMLOP_TEST_BESIDE"):
        folder = folder.with_name(f"{folder.name}-{beside}")
    postgres = LocalPostgres(folder, settings=FAST)
    postgres.acquire()
    atexit.register(postgres.release)
    os.environ["DATABASE_URL"] = postgres.url()
