"""What every test gets: a fast password hasher, plain static names, and no long runs unasked."""

from collections.abc import Iterator

import pytest
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

from tests import kept


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The full-size runs are for `make test-long`: leave them out unless -m asks."""
    if config.getoption("-m"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if not item.get_closest_marker("long")]


def pytest_configure() -> None:
    """What a test that commits leaves behind is swept away in our own, quicker way."""

    def sweep(_test: TransactionTestCase) -> None:
        kept.empty()

    TransactionTestCase._fixture_teardown = sweep  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _quick_settings(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _in_bokmal() -> Iterator[None]:
    """A request leaves its language behind in the thread; the next test must not meet it."""
    with translation.override("nb"):
        yield


@pytest.fixture(scope="module")
def norway(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The whole reference data for every test of a module, loaded once; mark them django_db."""
    with django_db_blocker.unblock():
        kept.norway()
    yield
    with django_db_blocker.unblock():
        kept.empty()
