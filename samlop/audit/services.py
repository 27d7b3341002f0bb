"""Recording what somebody means to do, in the transaction that does it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

import pghistory
from django.db import models, transaction
from django.db.models.functions import Now

from samlop.audit.models import Event
from samlop.lib.actors import Actor

_request_id: ContextVar[UUID | None] = ContextVar("samlop_request_id", default=None)
_intent: ContextVar[str | None] = ContextVar("samlop_intent", default=None)


class NothingRecorded(RuntimeError):
    """A change ended without saying what it changed: a fault in the service, not in the input."""


@contextmanager
def request_scope(request_id: UUID) -> Iterator[None]:
    """Every change inside is marked as coming from this request."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


class Recorder:
    """Writes the events of one change."""

    def __init__(self, code: str, by: Actor, reason: str, at: datetime | None) -> None:
        self._code, self._by, self._reason, self._at = code, by, reason, at
        self.used = False

    def __call__(
        self,
        subject: models.Model,
        *,
        municipality_id: int | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Say which row the change is about and which municipality's history shows it."""
        self.used = True
        Event.objects.create(
            happened_at=self._at if self._at is not None else Now(),
            code=self._code,
            actor_id=self._by.pk,
            actor_label=self._by.actor_label,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            municipality_id=municipality_id,
            reason=self._reason,
            details=dict(details or {}),
            request_id=_request_id.get(),
        )

    def nothing_changed(self) -> None:
        """The wish was already true: nothing to record."""
        self.used = True


@contextmanager
def change(
    code: str, *, by: Actor, reason: str = "", at: datetime | None = None
) -> Iterator[Recorder]:
    """One complete change: a transaction whose row history carries intent, person and reason.

    `code` is dotted, «municipalities.capacity.changed». `at` is for a history that is loaded;
    otherwise the transaction's own time is used. A change inside a change keeps the outer
    intent on its row history and still writes an event of its own.
    Raises NothingRecorded when the recorder was not called.
    """
    outer = _intent.get()
    token = _intent.set(outer or code)
    context: dict[str, Any] = {"intent": outer or code, "person": by.pk, "as": by.actor_label}
    if reason:
        context["reason"] = reason
    if (request_id := _request_id.get()) is not None:
        context["request"] = str(request_id)
    try:
        with transaction.atomic(), pghistory.context(**context):
            recorder = Recorder(code, by, reason, at)
            yield recorder
            if not recorder.used:
                raise NothingRecorded(code)
    finally:
        _intent.reset(token)
