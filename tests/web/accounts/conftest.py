"""Somebody to sign in, and the ways she does it."""

import hashlib
import hmac
import re
import struct
import time
from base64 import b32decode
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from samlop.accounts.models import Person
from samlop.messages.models import Message
from samlop.messages.services import mails, sealing
from tests import factories as make

EMAIL = "kari@risor.example.org"
PASSWORD = "en lang rekke ord i rad"
SIGN_IN = "/konto/logg-inn/"
CODE = "/konto/kode/"


@pytest.fixture
def kari() -> Person:
    made = make.person(name="Kari Berg", email=EMAIL)
    made.set_unusable_password()
    made.save()
    return made


@pytest.fixture
def real(settings: Settings) -> None:
    """As in a real installation: no example, and two factors for national roles."""
    settings.SAMLOP_EXAMPLE, settings.SAMLOP_SECOND_FACTOR, settings.SAMLOP_SMTP = False, True, None


def last_code() -> str:
    message = Message.objects.filter(kind=mails.CODE).order_by("pk").last()
    assert message is not None
    return sealing.unseal(message.secret)


SignInByCode = Callable[..., None]


def sign_in_by_code(client: Client, email: str = EMAIL, **more: str) -> None:
    client.post(SIGN_IN, {"email": email, **more})
    response = client.post(CODE, {"code": last_code(), "action": "verify"})
    assert response.status_code == 302, re.findall("validation-message.*", response.text)


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def app_code(secret: str, *, steps: int = 0) -> str:
    """What an app for one-time codes shows now, or some half minutes from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
