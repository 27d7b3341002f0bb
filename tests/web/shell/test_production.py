"""What stops a start in production, and what the cookies are like there."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from samlop.accounts.models import Person
from samlop.web import production
from samlop.web.production import Setup, refusals
from tests import factories as make

ROOT = Path(__file__).resolve().parents[3]
KEY = "q7Jw0tL3xV9pZr5yBn2mKc8sDf4gHa6eUiOoPlTkRjWqXvYbNz1M-_"

FIT = Setup(
    https=True,
    example=False,
    debug=False,
    secret_key=KEY,
    hosts=("samlop.example.no",),
    address="https://samlop.example.no/",
    has_mail_server=True,
    email_backend="django.core.mail.backends.smtp.EmailBackend",
)
LOCAL = replace(
    FIT,
    https=False,
    example=True,
    hosts=("localhost", "127.0.0.1", "[::1]"),
    address="http://localhost/",
    has_mail_server=False,
)


@pytest.mark.parametrize(
    "setup",
    [
        FIT,
        LOCAL,
        replace(LOCAL, example=False),
        replace(LOCAL, secret_key="x", has_example_people=True, debug=True),
        # The example may be shown to others in the house.
        replace(LOCAL, hosts=("localhost", "min-maskin")),
        replace(LOCAL, example=False, hosts=("127.8.0.1", "x.localhost")),
        replace(FIT, issuers=("https://ansattporten.example",)),
        replace(LOCAL, issuers=("http://127.0.0.1:9400", "https://ansattporten.example")),
    ],
)
def test_what_may_be_started(setup: Setup) -> None:
    assert list(refusals(setup)) == []


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        (replace(FIT, example=True), "SAMLOP_EXAMPLE=1"),
        (replace(FIT, issuers=("http://ansattporten.example",)), "SAMLOP_OIDC names http://"),
        (replace(FIT, issuers=("http://127.0.0.1:9400",)), "SAMLOP_OIDC names http://"),
        (replace(LOCAL, issuers=("http://ansattporten.example",)), "SAMLOP_OIDC names http://"),
        (replace(FIT, has_example_people=True), "people of the example are in this database"),
        (replace(FIT, debug=True), "DEBUG"),
        (replace(FIT, secret_key=""), "SAMLOP_SECRET_KEY"),
        (replace(FIT, secret_key=KEY[:49]), "SAMLOP_SECRET_KEY"),
        (replace(FIT, secret_key="ab" * 30), "SAMLOP_SECRET_KEY"),
        (replace(FIT, secret_key=f"django-insecure-{KEY}"), "SAMLOP_SECRET_KEY"),
        (replace(FIT, secret_key=f"only for tests, {KEY}"), "SAMLOP_SECRET_KEY"),
        (replace(FIT, hosts=("*",)), "SAMLOP_ALLOWED_HOSTS"),
        (replace(FIT, address="http://samlop.example.no/"), "SAMLOP_ADDRESS"),
        (replace(FIT, has_mail_server=False), "SAMLOP_SMTP_URL"),
        (
            replace(FIT, email_backend="django.core.mail.backends.filebased.EmailBackend"),
            "SAMLOP_SMTP_URL",
        ),
        (
            replace(LOCAL, example=False, hosts=("localhost", "samlop.example.no")),
            "samlop.example.no over plain http",
        ),
    ],
)
def test_what_may_not_is_said_in_one_sentence(setup: Setup, words: str) -> None:
    (sentence,) = refusals(setup)
    assert words in sentence
    assert sentence.endswith(".")


@pytest.mark.django_db
def test_example_people_in_the_database_stop_production(settings: Settings) -> None:
    settings.SAMLOP_HTTPS, settings.SAMLOP_EXAMPLE = True, False
    settings.SECRET_KEY, settings.SAMLOP_SMTP = KEY, {"host": "mail.example.no"}
    settings.SAMLOP_ADDRESS, settings.ALLOWED_HOSTS = "https://samlop.example.no/", ["a.no"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    make.person()
    production.refuse()
    Person.objects.update(is_example=True)

    with pytest.raises(ImproperlyConfigured, match="people of the example"):
        production.refuse()


FIT_ENVIRONMENT = {
    "DATABASE_URL": "postgresql://nobody@/nothing?host=/nonexistent",
    "SAMLOP_SECRET_KEY": KEY,
    "SAMLOP_ALLOWED_HOSTS": "samlop.example.no",
    "SAMLOP_SMTP_URL": "smtps://mail.example.no",
    "DJANGO_SETTINGS_MODULE": "samlop.config.settings",
}


def run(code: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Python with production's environment and nothing of ours."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SAMLOP_", "DATABASE_", "DJANGO_", "PG", "COV_"))
    }
    return subprocess.run(
        [sys.executable, "-W", "ignore", *code.split("\0")],
        env={**kept, **FIT_ENVIRONMENT, **changes},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


CHECK = "-m\0django\0check\0--deploy\0--fail-level\0WARNING"
SERVE = "-c\0import samlop.config.wsgi"
WORK = "-m\0django\0procrastinate\0worker\0--one-shot"


def test_check_deploy_is_clean_with_production_settings() -> None:
    ran = run(CHECK)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SAMLOP_EXAMPLE": "1"}, "lets anybody log in as anybody"),
        ({"SAMLOP_SECRET_KEY": "short"}, "SAMLOP_SECRET_KEY is short"),
        ({"SAMLOP_HTTPS": "0"}, "over plain http"),
        ({"SAMLOP_SMTP_URL": ""}, "set SAMLOP_SMTP_URL"),
    ],
)
@pytest.mark.parametrize("start", [CHECK, SERVE, WORK], ids=["check", "web", "worker"])
def test_neither_check_nor_web_server_nor_worker_passes_what_is_unfit(
    start: str, changes: dict[str, str], words: str
) -> None:
    ran = run(start, **changes)
    assert ran.returncode != 0
    assert words in " ".join(ran.stderr.split())


def test_the_web_server_starts_with_fit_settings() -> None:
    """Though its database does not answer yet: that passes."""
    ran = run(SERVE)
    assert ran.returncode == 0, ran.stderr


COOKIES = """-c\0
import django
django.setup()
from django.conf import settings as s
for kind in ("SESSION", "CSRF", "LANGUAGE"):
    parts = [getattr(s, f"{kind}_COOKIE_{part}") for part in (
        "NAME", "SECURE", "HTTPONLY", "SAMESITE", "PATH", "DOMAIN")]
    print(*parts)
print(s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 31_000_000, s.SECURE_CONTENT_TYPE_NOSNIFF,
      s.SECURE_CROSS_ORIGIN_OPENER_POLICY, s.X_FRAME_OPTIONS, s.SECURE_REFERRER_POLICY)
"""


def test_cookies_and_headers_in_production() -> None:
    ran = run(COOKIES)
    assert ran.stdout.splitlines() == [
        # A cookie with this prefix is refused by browsers unless it is Secure, for the whole
        # host (path «/») and for no other (no domain).
        "__Host-sessionid True True Lax / None",
        "__Host-csrftoken True True Lax / None",
        "django_language True True Lax / None",
        "True True True same-origin DENY same-origin",
    ], ran.stderr


def test_without_https_cookies_have_plain_names() -> None:
    """Browsers refuse the prefix over http."""
    ran = run(COOKIES, SAMLOP_HTTPS="0", SAMLOP_ALLOWED_HOSTS="localhost")
    assert ran.stdout.splitlines()[:2] == [
        "sessionid False True Lax / None",
        "csrftoken False True Lax / None",
    ]
