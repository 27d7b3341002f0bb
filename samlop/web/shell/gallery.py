"""The component gallery: every component with made-up content, for whoever writes pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from samlop.lib.errors import FileProblem
from samlop.lib.quarters import Quarter
from samlop.web import render
from samlop.web.request import PublicRequest
from samlop.web.shell.task import Task
from samlop.web.tables import Direction, Pagination, SortLink


class SampleForm(forms.Form):
    """One field of every kind that has its own look."""

    name = forms.CharField(label="Navn", help_text="Slik det skal stå på siden.")
    email = forms.EmailField(label="E-post")
    day = forms.DateField(
        label="Svar ventes",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    room = forms.ChoiceField(
        label="Har dere rom for noe nytt?",
        choices=[("plenty", "God plass"), ("some", "Litt"), ("full", "Fullt")],
        widget=forms.RadioSelect,
        help_text="Gjelder hele kvartalet.",
    )
    areas = forms.MultipleChoiceField(
        label="Tjenesteområder",
        choices=[("home", "Hjemmetjeneste"), ("nursing", "Sykehjem")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    county = forms.ChoiceField(label="Fylke", choices=[("", "Velg"), ("18", "Nordland")])
    reason = forms.CharField(
        label="Grunn", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    agreed = forms.BooleanField(label="Vi har tatt det opp i ledergruppa", required=False)


@dataclass(frozen=True, slots=True)
class GalleryPage:
    form: SampleForm
    refused: SampleForm
    sorts: tuple[SortLink, ...]
    rows: tuple[tuple[str, str, int, str], ...]
    pages: Pagination
    tasks: tuple[Task, ...]
    problems: tuple[FileProblem, ...]
    day: date
    quarter: Quarter
    colors: tuple[str, ...] = (
        "neutral",
        "accent",
        "info",
        "success",
        "warning",
        "danger",
        "brand1",
        "brand2",
    )


def _page_address(number: int) -> str:
    return f"?side={number}"


def gallery_page(address_of: Callable[[int], str] = _page_address) -> GalleryPage:
    return GalleryPage(
        form=SampleForm(auto_id="prove-%s"),
        refused=SampleForm({"email": "ikke en adresse"}, auto_id="feil-%s"),
        sorts=(
            SortLink("Kommune", "?sorter=-kommune", Direction.ASCENDING),
            SortLink("Fylke", "?sorter=fylke"),
            SortLink("Innbyggere", "?sorter=innbyggere", numeric=True),
        ),
        rows=(
            ("Guovdageaidnu – Kautokeino", "Finnmark", 2834, "plenty"),
            ("Oslo", "Oslo", 717710, "full"),
            ("Utsira", "Rogaland", 215, "some"),
        ),
        pages=Pagination.of(6, 18, address_of),
        tasks=(
            Task(
                title="Svar på om dere har rom for noe nytt i 2. kvartal 2027",
                address="#oppgaver",
                where="Utsira",
                why="Da vet regionen når det passer å spørre dere.",
                due=date(2027, 3, 14),
            ),
            Task(title="Bekreft om 25 kommuner hører til Agder", address="#", where="Agder"),
        ),
        problems=(
            FileProblem("«03O1» er ikke et kommunenummer.", row=7, column="kommunenummer"),
            FileProblem("Fylket finnes ikke.", row=12, column="fylke"),
        ),
        day=date(2027, 3, 14),
        quarter=Quarter(2027, 2),
    )


@require_safe
def show(request: PublicRequest) -> HttpResponse:
    """Exists only where the data is an example."""
    if not settings.SAMLOP_EXAMPLE:
        raise Http404
    messages.success(request, "Endringen er lagret.")
    messages.error(request, "Fila ble ikke lest inn. Ingenting er endret.")
    return render.page(request, "shell/gallery.html", gallery_page())
