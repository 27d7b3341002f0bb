"""After a merge or a split: what the former municipalities had, for a person to carry over."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.forms import BoundField
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from samlop.accounts.rules import Permission
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.models import Offer
from samlop.uptake.queries import stages as queries
from samlop.uptake.queries.stages import CarryProposal
from samlop.uptake.services import stages as services
from samlop.uptake.services.stages import CannotSay
from samlop.uptake.texts.stages import STAGES
from samlop.web import render
from samlop.web.acting import acting
from samlop.web.municipalities.room import trail
from samlop.web.municipalities.views import required
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only
from samlop.web.uptake import words

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
MAY = Permission.REPORT_UPTAKE
YES, NO = "ja", "nei"


class CarryForm(forms.Form):
    """One answer per proposal; those left open are asked about again.

    The stage that was proposed travels with the answer.
    """

    def __init__(
        self, proposals: tuple[CarryProposal, ...], titles: dict[int, str], data: QueryDict | None
    ) -> None:
        super().__init__(data)
        self.proposals = proposals
        for one in proposals:
            self.fields[f"svar-{one.offer}"] = forms.ChoiceField(
                label=titles[one.offer],
                choices=[
                    (YES, gettext("Ja, det gjelder fortsatt")),
                    (NO, gettext("Nei, begynn uten")),
                ],
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"steg-{one.offer}"] = forms.CharField(
                required=False, initial=one.stage.value, widget=forms.HiddenInput
            )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for one in self.proposals:
            if found.get(f"svar-{one.offer}") and found[f"steg-{one.offer}"] != one.stage.value:
                self.add_error(
                    f"svar-{one.offer}",
                    gettext("Det som stod her, er endret. Se på det og svar på nytt."),
                )
        if not self.errors and not any(found.get(f"svar-{one.offer}") for one in self.proposals):
            self.add_error(None, gettext("Velg ja eller nei for minst én løsning."))
        return found

    def answers(self) -> list[tuple[CarryProposal, bool]]:
        found = self.cleaned_data
        return [
            (one, found[f"svar-{one.offer}"] == YES)
            for one in self.proposals
            if found.get(f"svar-{one.offer}")
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One solution: how far it had come in each former municipality, and what is proposed."""

    title: str
    stage: str
    former: tuple[tuple[str, str], ...]
    answer: BoundField
    was: BoundField


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryPage:
    name: str
    back: str
    trail: tuple[tuple[str, str], ...]
    began: date | None
    merged: bool
    form: CarryForm
    proposals: tuple[Proposal, ...]


@page_or_post
@signed_in_only
def carry(request: Request, number: str) -> HttpResponse:
    own = required(request, number, MAY)
    back = reverse("uptake:municipality", args=[own.code.number])
    proposals = queries.carry_proposals(own.row.pk)
    offers = {
        one.pk: one
        for one in Offer.objects.select_related("solution").filter(
            pk__in=[one.offer for one in proposals]
        )
    }
    titles = {pk: words.title(offer) for pk, offer in offers.items()}
    form = CarryForm(proposals, titles, request.POST if request.method == "POST" else None)
    if form.is_valid():
        answers = form.answers()
        try:
            with transaction.atomic():
                for proposal, carried in answers:
                    services.decide_carry(
                        proposal=proposal,
                        carried=carried,
                        by=acting(request, MAY, own.place),
                        at=timezone.now(),
                    )
        except CannotSay as refused:
            # Somebody else has answered: what is left stands on the page.
            messages.error(request, str(refused))
            return redirect("uptake:carry", own.code.number)
        messages.success(
            request,
            ngettext("%(num)s svar er lagret.", "%(num)s svar er lagret.", len(answers))
            % {"num": len(answers)},
        )
        left = len(answers) < len(proposals)
        return redirect(reverse("uptake:carry", args=[own.code.number]) if left else back)
    page = CarryPage(
        name=own.code.qualified_name,
        back=back,
        trail=trail(own, (gettext("Utbredelse"), back)),
        began=proposals[0].begins_on if proposals else None,
        merged=bool(proposals) and len(proposals[0].former) > 1,
        form=form,
        proposals=_proposals(proposals, titles, form),
    )
    return render.page(request, "uptake/carry.html", page, status=422 if form.errors else 200)


def _proposals(
    proposals: tuple[CarryProposal, ...], titles: dict[int, str], form: CarryForm
) -> tuple[Proposal, ...]:
    """Two queries, however many."""
    if not proposals:
        return ()
    first = proposals[0]
    last_day = date.fromordinal(first.begins_on.toordinal() - 1)
    names = dict(
        MunicipalityCode.objects.filter(
            municipality__in=first.former, valid_to=first.begins_on
        ).values_list("municipality_id", "name")
    )
    before = queries.standing(
        [one.offer for one in proposals], last_day, municipalities=first.former
    )
    return tuple(
        Proposal(
            title=titles[one.offer],
            stage=str(STAGES[one.stage]),
            former=tuple(
                (names[pk], str(STAGES[agreed]))
                for pk in one.former
                if (agreed := before[one.offer, pk].agreed) is not None
            ),
            answer=form[f"svar-{one.offer}"],
            was=form[f"steg-{one.offer}"],
        )
        for one in sorted(proposals, key=lambda one: titles[one.offer])
    )
