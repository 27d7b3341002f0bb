"""The working group of a rollout, and the other actors that must be ready."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext

from samlop.rollouts.models import ContributingActor, Worker
from samlop.rollouts.rules.rollouts import WorkFunction
from samlop.rollouts.services import staffing as services
from samlop.web import clock
from samlop.web.form_page import accepted
from samlop.web.request import Request
from samlop.web.rollouts.forms import FIELDS, ActorForm, ConfirmForm, WorkerForm
from samlop.web.rollouts.frame import address, load
from samlop.web.rollouts.planning import about, page_or_post, sent
from samlop.web.rollouts.rights import require_lead, require_work
from samlop.web.signed_in import signed_in_only


@page_or_post
@signed_in_only
def add_worker(request: Request, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    by = require_lead(request, rollout)
    form = WorkerForm(data=sent(request))
    if form.is_valid():
        found = form.cleaned_data
        if accepted(
            form,
            lambda: services.add_worker_by_email(
                rollout=rollout,
                email=found["email"],
                name=found["name"],
                function=WorkFunction(found["function"]),
                organisation=found["organisation"],
                by=by,
                on=clock.today(),
                at=timezone.now(),
            ),
            FIELDS,
        ):
            messages.success(request, gettext("Personen er med i arbeidsgruppen."))
            return redirect(f"{address(rollout)}#arbeidsgruppe")
    heading = gettext("Legg til i arbeidsgruppen")
    return about(request, rollout, form, heading, gettext("Legg til"))


@page_or_post
@signed_in_only
def end_worker(request: Request, slug: str, pk: int) -> HttpResponse:
    rollout = load(request, slug)
    by = require_lead(request, rollout)
    row = get_object_or_404(Worker.objects.select_related("person"), pk=pk, rollout=rollout)
    form = ConfirmForm(data=sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.end_worker(worker=row, by=by, on=clock.today(), at=timezone.now()),
    ):
        messages.success(request, gettext("Personen er ikke lenger med i arbeidsgruppen."))
        return redirect(f"{address(rollout)}#arbeidsgruppe")
    heading = gettext("Ta %(name)s ut av arbeidsgruppen") % {"name": row.person}
    return about(request, rollout, form, heading, gettext("Ta ut"), danger=True)


@page_or_post
@signed_in_only
def add_actor(request: Request, slug: str) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    form = ActorForm(data=sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.add_actor(rollout=rollout, facts=form.facts(), by=by, at=timezone.now()),
        FIELDS,
    ):
        messages.success(request, gettext("Aktøren er lagt til."))
        return redirect(f"{address(rollout)}#medvirkende")
    heading = gettext("Legg til en medvirkende aktør")
    return about(request, rollout, form, heading, gettext("Legg til"))


@page_or_post
@signed_in_only
def edit_actor(request: Request, slug: str, pk: int) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    row = get_object_or_404(ContributingActor, pk=pk, rollout=rollout)
    form = ActorForm(row, data=sent(request))
    if form.is_valid() and accepted(
        form,
        lambda: services.edit_actor(actor=row, facts=form.facts(), by=by, at=timezone.now()),
        FIELDS,
    ):
        messages.success(request, gettext("Endringene er lagret."))
        return redirect(f"{address(rollout)}#medvirkende")
    return about(request, rollout, form, row.name, gettext("Lagre"))


@page_or_post
@signed_in_only
def remove_actor(request: Request, slug: str, pk: int) -> HttpResponse:
    rollout = load(request, slug)
    by = require_work(request, rollout)
    row = get_object_or_404(ContributingActor, pk=pk, rollout=rollout)
    form = ConfirmForm(data=sent(request))
    if form.is_valid():
        services.remove_actor(actor=row, by=by, at=timezone.now())
        messages.success(request, gettext("Aktøren er fjernet."))
        return redirect(f"{address(rollout)}#medvirkende")
    heading = gettext("Fjern %(name)s") % {"name": row.name}
    return about(request, rollout, form, heading, gettext("Fjern"), danger=True)
