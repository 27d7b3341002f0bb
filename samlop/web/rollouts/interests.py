"""«Meld interesse»: a municipality's own word of a solution, and who has said what."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from samlop.accounts.rules import PERMITS, Permission
from samlop.db.text_keys import nb_sort_key
from samlop.lib.reach import Reach
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Solution
from samlop.rollouts.models import Interest
from samlop.rollouts.queries import private
from samlop.rollouts.rules.answers import Reason
from samlop.rollouts.rules.before import LEAST_SUM, MOST_REMARK, BeforeRefusal, Stance
from samlop.rollouts.services import interests as services
from samlop.rollouts.texts import answers as answer_texts
from samlop.rollouts.texts import before as texts
from samlop.web import clock, form_page, formats, render
from samlop.web.form_page import FormPage
from samlop.web.municipalities.room import trail
from samlop.web.municipalities.views import required
from samlop.web.request import PublicRequest, Request
from samlop.web.signed_in import signed_in_only
from samlop.web.solutions.frame import Frame, frame

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


class InterestForm(forms.Form):
    """Interested, or why it fits badly."""

    stance = forms.ChoiceField(
        label=_("Hva mener dere?"),
        choices=texts.stance_choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Velg hva dere mener.")},
    )
    reason = forms.ChoiceField(
        label=_("Hvorfor passer det dårlig?"),
        choices=lambda: [("", _("Velg en grunn")), *answer_texts.reason_choices()],
        required=False,
    )
    text = forms.CharField(
        label=_("Med egne ord"),
        max_length=MOST_REMARK,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestLine:
    """What was said of a solution, or by a municipality."""

    name: str
    address: str
    stance: str
    why: str
    day: date
    # Where it is said anew or taken back; empty for those who only read.
    change: str
    withdraw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """Everything a municipality has said, and what it may say more of."""

    name: str
    trail: tuple[tuple[str, str], ...]
    lines: tuple[InterestLine, ...]
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionPage:
    frame: Frame
    lead: str
    lines: tuple[InterestLine, ...]
    # The reader's own municipalities, where she may say it: name and address.
    own: tuple[tuple[str, str], ...]


@page_or_post
@signed_in_only
def state(request: Request, number: str, slug: str) -> HttpResponse:
    """Say it, or say something else than before."""
    own = required(request, number, Permission.REPORT_UPTAKE)
    solution = get_object_or_404(Solution, slug=slug)
    back = reverse("rollouts:interests", args=[own.code.number])
    before = Interest.objects.filter(
        solution=solution, municipality=own.row, withdrawn_at=None
    ).first()
    initial = (
        {"stance": before.stance, "reason": before.reason, "text": before.text}
        if before
        else {"stance": Stance.INTERESTED.value}
    )
    form = InterestForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if form_page.accepted(
            form,
            lambda: services.state(
                solution=solution,
                municipality=own.row,
                stance=Stance(form.cleaned_data["stance"]),
                reason=Reason(reason) if reason else None,
                text=form.cleaned_data["text"],
                by=request.access.acting,
                on=clock.today(),
                at=timezone.now(),
            ),
            {BeforeRefusal.NO_REASON: "reason"},
        ):
            messages.success(request, gettext("Det er lagret. Dere kan endre det når som helst."))
            return redirect(back)
    page = FormPage(
        heading=gettext("Meld interesse: %(solution)s") % {"solution": solution.name},
        form=form,
        submit=gettext("Lagre"),
        cancel=back,
        kicker=own.code.qualified_name,
        trail=trail(own, (gettext("Meldt interesse"), back)),
        lead=gettext(
            "Det er ikke et svar på noen invitasjon og gir ingen plass, men de som planlegger, "
            "vet at dere finnes."
        ),
        needed_at_times=frozenset({"reason"}),
    )
    return form_page.answer(request, page)


class _NothingForm(forms.Form):
    """Nothing to fill in: only whether to go on."""


@page_or_post
@signed_in_only
def withdraw(request: Request, number: str, slug: str) -> HttpResponse:
    own = required(request, number, Permission.REPORT_UPTAKE)
    solution = get_object_or_404(Solution, slug=slug)
    back = reverse("rollouts:interests", args=[own.code.number])
    form = _NothingForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form_page.accepted(
        form,
        lambda: services.withdraw(
            solution=solution, municipality=own.row, by=request.access.acting, at=timezone.now()
        ),
    ):
        messages.success(request, gettext("Det dere meldte, er trukket."))
        return redirect(back)
    page = FormPage(
        heading=gettext("Trekk det dere har meldt om %(solution)s") % {"solution": solution.name},
        form=form,
        submit=gettext("Trekk"),
        cancel=back,
        kicker=own.code.qualified_name,
        trail=trail(own, (gettext("Meldt interesse"), back)),
    )
    return form_page.answer(request, page)


@require_safe
@signed_in_only
def of_municipality(request: Request, number: str) -> HttpResponse:
    """What the municipality has said, to itself and those who follow it up."""
    own = required(request, number, Permission.VIEW_ANSWERS)
    says = request.access.may(Permission.REPORT_UPTAKE, own.place)
    rows = (
        Interest.objects.filter(municipality=own.row, withdrawn_at=None)
        .select_related("solution")
        .order_by("-recorded_at", "-pk")
    )
    said = {row.solution_id for row in rows}
    others = Solution.objects.exclude(pk__in=said) if says else Solution.objects.none()
    page = OwnPage(
        name=own.code.qualified_name,
        trail=trail(own),
        lines=tuple(
            _line(
                row,
                row.solution.name,
                reverse("solutions:show", args=[row.solution.slug]),
                own.code.number if says else "",
            )
            for row in rows
        ),
        others=tuple(
            (one.name, reverse("rollouts:interest", args=[own.code.number, one.slug]))
            for one in sorted(others, key=lambda one: nb_sort_key(one.name))
        ),
    )
    return render.page(request, "rollouts/interests.html", page)


@require_safe
def of_solution(request: PublicRequest, slug: str) -> HttpResponse:
    """Who has said what within the reader's reach; the number of all when it is five or more."""
    solution = get_object_or_404(Solution, slug=slug)
    on = clock.today()
    names = {
        pk: (number, name)
        for pk, number, name in MunicipalityCode.objects.valid_on(on).values_list(
            "municipality_id", "number", "qualified_name"
        )
    }
    reach = request.access.reach(Permission.VIEW_ANSWERS)
    rows = private.interests(solution.pk, reach, on).select_related("solution")
    # Her own municipalities, and not those she follows up.
    own = {
        pk
        for grant in request.access.grants
        if (pk := grant.municipality) in names and Permission.REPORT_UPTAKE in PERMITS[grant.role]
    }
    lines = [
        _line(
            row,
            names[row.municipality_id][1],
            reverse("municipalities:show", args=[names[row.municipality_id][0]]),
            names[row.municipality_id][0] if row.municipality_id in own else "",
        )
        for row in rows
        if row.municipality_id in names
    ]
    page = SolutionPage(
        frame=frame(request, solution, active="overview"),
        lead=_lead(solution, reach, on),
        lines=tuple(sorted(lines, key=lambda one: nb_sort_key(one.name))),
        own=tuple(
            (names[pk][1], reverse("rollouts:interest", args=[names[pk][0], slug]))
            for pk in names
            if pk in own
        ),
    )
    return render.page(request, "rollouts/interest_of_solution.html", page)


def _lead(solution: Solution, reach: Reach, on: date) -> str:
    """The number of interested, when those the reader does not see are none or five and more."""
    everybody = private.interests(solution.pk, Reach(everywhere=True), on).filter(
        stance=Stance.INTERESTED.value
    )
    count = everybody.count()
    hidden = 0 if reach.everywhere else everybody.exclude(private.within(reach)).count()
    if 0 < hidden < LEAST_SUM or not count:
        return gettext("Kommuner kan melde interesse når som helst, også uten å være invitert.")
    return ngettext(
        "%(count)s kommune har meldt interesse.", "%(count)s kommuner har meldt interesse.", count
    ) % {"count": formats.number(count)}


def _line(row: Interest, name: str, address: str, number: str) -> InterestLine:
    """`number` is the municipality's, for those who speak for it."""
    reason = str(answer_texts.REASONS[Reason(row.reason)]) if row.reason else ""
    slug = row.solution.slug
    return InterestLine(
        name=name,
        address=address,
        stance=str(texts.STANCES[Stance(row.stance)]),
        why=" – ".join(part for part in (reason, row.text) if part),
        day=timezone.localtime(row.recorded_at).date(),
        change=reverse("rollouts:interest", args=[number, slug]) if number else "",
        withdraw=reverse("rollouts:withdraw_interest", args=[number, slug]) if number else "",
    )
