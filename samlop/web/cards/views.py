"""The A/B/C card of a solution: read it, answer it, choose, and list those left out."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.permissions import Denied
from samlop.accounts.rules import Permission, Place
from samlop.portfolio.models import Offer
from samlop.portfolio.queries import cards as queries
from samlop.portfolio.rules.cards import Question
from samlop.portfolio.services import cards as services
from samlop.portfolio.services.cards import CannotChangeCard
from samlop.portfolio.texts import cards as texts
from samlop.web import clock, downloads, form_page, formats, render
from samlop.web.cards import pages
from samlop.web.cards.forms import FIELDS, AnswerForm, ChooseForm
from samlop.web.cards.offers import Here
from samlop.web.form_page import FormPage, accepted
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.frame import frame, trail

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def show(request: PublicRequest, slug: str) -> HttpResponse:
    here = Here.of(slug, request.GET)
    on, place = clock.chosen_day(request), Place(solution=slug)
    is_today = on == clock.today()
    may_choose = is_today and request.access.may(Permission.CHOOSE_ROLLOUT_TYPE, place)
    page = pages.card_page(
        frame(request, here.solution, active="rollout_type"),
        here,
        request.GET,
        on=on,
        may_answer=may_choose or (is_today and request.access.may(Permission.EDIT_SOLUTION, place)),
        may_choose=may_choose,
    )
    return render.page(request, "cards/show.html", page)


@page_or_post
@signed_in_only
def answer(request: Request, slug: str) -> HttpResponse:
    """The programme answers, and so may the group that chooses."""
    here = Here.of(slug, request.GET)
    place = Place(solution=slug)
    try:
        request.access.require(Permission.EDIT_SOLUTION, place)
    except Denied:
        request.access.require(Permission.CHOOSE_ROLLOUT_TYPE, place)
    offer, today = here.required, clock.today()
    stored = queries.card(offer, today).answers
    form = AnswerForm(stored, data=request.POST if request.method == "POST" else None)
    stale: frozenset[Question] = frozenset()
    back = _card(here)
    if form.is_valid():
        given, seen = form.answers(), form.seen()
        try:
            saved = services.answer(
                offer=offer,
                answers=given,
                seen=seen,
                by=request.access.acting,
                on=today,
                at=timezone.now(),
            )
        except CannotChangeCard as error:
            form.add_error(f"svar-{error.question}" if error.question else None, str(error))
            # Read anew: what the service found may be newer than what this request began with.
            stored = queries.card(offer, today).answers
            everything, _ = queries.history_of([offer.pk], on=today)
            stale = form.meet(given, seen, everything.get(offer.pk, ()))
        else:
            if saved:
                messages.success(request, gettext("Svarene er lagret."))
            else:
                messages.info(request, gettext("Ingenting var endret, så ingenting er lagret."))
            return redirect(back)
    page = pages.answer_page(
        frame(request, here.solution, active="rollout_type"),
        here,
        form,
        stored,
        stale=stale,
        cancel=back,
    )
    return render.page(request, "cards/answer.html", page, status=422 if form.errors else 200)


@page_or_post
@signed_in_only
def choose(request: Request, slug: str) -> HttpResponse:
    here = Here.of(slug, request.GET)
    request.access.require(Permission.CHOOSE_ROLLOUT_TYPE, Place(solution=slug))
    offer, today = here.required, clock.today()
    card = queries.card(offer, today)
    form = ChooseForm(
        has_vendors=card.has_vendors,
        data=request.POST if request.method == "POST" else None,
        initial={"chosen_on": today, "seen": card.choice.number if card.choice else 0},
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.choose(
            offer=offer,
            wish=form.wish(),
            seen=form.cleaned_data["seen"],
            by=request.access.acting,
            on=today,
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Valget er lagret, og vises for alle."))
        return redirect(_card(here))
    shown = _chosen_meanwhile(form, offer, on=today)
    page = FormPage(
        heading=gettext("Velg innføringstype"),
        form=form,
        submit=gettext("Lagre valget"),
        cancel=_card(here),
        trail=(*trail(frame(request, here.solution, active="rollout_type")), _part(here)),
        kicker=", ".join(part for part in (here.solution.name, here.area_words) if part),
        lead=_suggestion_words(card),
        warning=_chosen_words(shown) if shown else "",
        needed_at_times=frozenset({"key"}),
    )
    return form_page.answer(request, page)


@require_safe
def left_out(request: PublicRequest, slug: str) -> HttpResponse:
    here = Here.of(slug, request.GET)
    on = clock.chosen_day(request)
    table = pages.OutTable.of(here, request.GET, on=on)
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.left_out_download(here, table.rows, on=on), as_format)
    page = pages.left_out_page(
        frame(request, here.solution, active="rollout_type"), here, table, request.GET
    )
    if render.wants_block(request):
        return render.block(request, "cards/left_out.html", "results", page, alone=True)
    return render.page(request, "cards/left_out.html", page, alone=False)


def _card(here: Here) -> str:
    return f"{reverse('cards:show', args=[here.solution.slug])}{here.suffix}"


def _part(here: Here) -> tuple[str, str]:
    return gettext("Innføringstype"), _card(here)


def _suggestion_words(card: queries.CardState) -> str:
    suggestion = card.suggestion
    if suggestion is None:
        return gettext("Ikke alle de fem spørsmålene er besvart, så det finnes ikke noe forslag.")
    return gettext("Svarene peker mot %(type)s. Gruppa velger selv.") % {
        "type": texts.type_words(suggestion.type)
    }


def _chosen_meanwhile(form: ChooseForm, offer: Offer, *, on: date) -> queries.Chosen | None:
    """A choice made after the form was; from then on the form replaces that one."""
    if not form.is_bound:
        return None
    newest = queries.choices_on(on, offers=[offer.pk]).get(offer.pk)
    if newest is None or str(newest.number) == form.data.get("seen"):
        return None
    form.data = {**form.data.dict(), "seen": str(newest.number)}  # type: ignore[attr-defined]
    return newest


def _chosen_words(shown: queries.Chosen) -> str:
    return gettext("Valgt %(day)s: %(type)s. «%(reason)s»") % {
        "day": formats.long_date(shown.chosen_on),
        "type": texts.type_words(shown.type),
        "reason": shown.reason,
    }
