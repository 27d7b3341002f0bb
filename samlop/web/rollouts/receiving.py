"""Registering an answer that came by e-mail, letter or phone, and taking it back."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts import queries as accounts
from samlop.accounts.rules import Permission
from samlop.files import services as files
from samlop.lib.actors import Actor
from samlop.municipalities.models import Municipality
from samlop.municipalities.rules.codes import CodePeriod
from samlop.rollouts.models import Cohort, ReceivedAnswer, Rollout
from samlop.rollouts.queries import answers as queries
from samlop.rollouts.queries import places
from samlop.rollouts.rules.answers import AnswerState, Channel, ReceivedRefusal
from samlop.rollouts.services import received as services
from samlop.rollouts.services.received import Told
from samlop.rollouts.texts import answers as texts
from samlop.web import clock, form_page, formats
from samlop.web.acting import acting
from samlop.web.files import serving
from samlop.web.form_page import FormPage
from samlop.web.municipalities import numbers
from samlop.web.municipalities.forms import ConfirmForm
from samlop.web.request import Request
from samlop.web.rollouts.answer_forms import ReceivedForm
from samlop.web.rollouts.frame import load, trail
from samlop.web.rollouts.rights import MayNot, require_work, standing
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
FIELDS: Final[Mapping[StrEnum, str]] = {
    ReceivedRefusal.NOBODY_DECIDED: "hvem",
    ReceivedRefusal.IN_THE_FUTURE: "mottatt",
    ReceivedRefusal.NO_SEAT: "pulje",
    ReceivedRefusal.OTHER_COHORT: "pulje",
    ReceivedRefusal.PHONE_IS_A_SIGNAL: "pulje",
}


def _registering(
    request: Request, slug: str, number: str
) -> tuple[Rollout, CodePeriod, Municipality, Actor]:
    """The working group, and the contact person of the municipality's region; else 403."""
    rollout = load(request, slug)
    today = clock.today()
    code = numbers.current(number, on=today)
    row = Municipality.objects.get(pk=code.municipality)
    found = standing(request, rollout)
    if found.works:
        return rollout, code, row, require_work(request, rollout)
    if not found.follows_up.holds(row.pk):
        raise MayNot
    place = accounts.place_of(row, on=today)
    return rollout, code, row, acting(request, Permission.FOLLOW_UP, place)


def _back(rollout: Rollout, code: CodePeriod) -> str:
    return reverse("rollouts:municipality", args=[rollout.slug, code.number])


@page_or_post
@signed_in_only
def register(request: Request, slug: str, number: str) -> HttpResponse:
    """The municipality is asked to confirm it; a phone call is noted as a signal."""
    rollout, code, row, by = _registering(request, slug, number)
    today = clock.today()
    cohorts = queries.wishable(rollout, [row.pk], today)[row.pk]
    posted = request.method == "POST"
    form = ReceivedForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        cohorts=cohorts,
        left={one.cohort: one.left for one in places.rooms(rollout, today) if one.gives_places},
        on=today,
        channel=request.GET.get("kanal", ""),
    )
    if form.is_valid() and form_page.accepted(
        form, lambda: _register(rollout, row, form, cohorts, by), FIELDS
    ):
        called = form.cleaned_data["kanal"] == Channel.PHONE.value
        messages.success(
            request,
            gettext("Samtalen er notert som et signal. Kommunen ser den, og er ikke bedt om noe.")
            if called
            else gettext("Svaret er registrert. Kommunen er bedt om å bekrefte."),
        )
        return redirect(_back(rollout, code))
    page = FormPage(
        heading=gettext("Registrer mottatt svar"),
        kicker=code.qualified_name,
        trail=(*trail(rollout), (code.qualified_name, _back(rollout, code))),
        lead=gettext(
            "Svaret er kommunens først når en med fullmakt der har bekreftet det. "
            "Til da kan dere holde av en plass."
        ),
        form=form,
        submit=gettext("Registrer"),
        cancel=_back(rollout, code),
        needed_at_times=frozenset({"hvem"}),
    )
    return form_page.answer(request, page)


@transaction.atomic
def _register(
    rollout: Rollout,
    row: Municipality,
    form: ReceivedForm,
    cohorts: tuple[Cohort, ...],
    by: Actor,
) -> ReceivedAnswer:
    found, at = form.cleaned_data, timezone.now()
    upload = found.get("vedlegg")
    return services.register(
        rollout=rollout,
        municipality=row,
        told=Told(
            channel=Channel(found["kanal"]),
            state=AnswerState(found["svar"]),
            received_on=found["mottatt"],
            decided_by=found["hvem"],
            note=found["merknad"],
            document=files.store(name=upload.name, content=upload.read(), by=by, at=at)
            if upload
            else None,
        ),
        cohort=next((one for one in cohorts if str(one.pk) == found["pulje"]), None),
        by=by,
        on=clock.today(),
        at=at,
    )


@page_or_post
@signed_in_only
def withdraw(request: Request, slug: str, number: str, pk: int) -> HttpResponse:
    """It was registered by mistake."""
    rollout, code, municipality, by = _registering(request, slug, number)
    row = get_object_or_404(
        ReceivedAnswer,
        pk=pk,
        rollout=rollout,
        municipality=municipality,
        confirmed_by=None,
        withdrawn_at=None,
    )
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form_page.accepted(
        form,
        lambda: services.withdraw(received=row, by=by, on=clock.today(), at=timezone.now()),
    ):
        messages.success(request, gettext("Registreringen er trukket tilbake."))
        return redirect(_back(rollout, code))
    page = FormPage(
        heading=gettext("Trekk tilbake registreringen"),
        kicker=code.qualified_name,
        trail=(*trail(rollout), (code.qualified_name, _back(rollout, code))),
        lead=gettext("%(state)s, mottatt %(day)s.")
        % {
            "state": texts.STATES[AnswerState(row.state)],
            "day": formats.long_date(row.received_on),
        },
        form=form,
        submit=gettext("Trekk tilbake"),
        cancel=_back(rollout, code),
        danger=True,
        warning=gettext("En plass som er holdt av, blir ledig."),
    )
    return form_page.answer(request, page)


@require_safe
@signed_in_only
def document(request: Request, slug: str, number: str, pk: int) -> HttpResponse:
    """What came, for the municipality itself and those who see its answers."""
    rollout = load(request, slug)
    code = numbers.current(number, on=clock.today())
    if not standing(request, rollout).sees(int(code.municipality)):
        raise MayNot
    row = get_object_or_404(
        ReceivedAnswer.objects.select_related("document"),
        pk=pk,
        rollout=rollout,
        municipality=code.municipality,
    )
    if row.document is None:
        raise Http404
    return serving.answer(request, row.document)
