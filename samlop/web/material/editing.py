"""Putting material in, changing it, publishing new versions, and taking it out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from samlop.accounts.rules import Permission, Place
from samlop.lib.errors import Refused
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import Material, MaterialText, Solution
from samlop.portfolio.queries import copies as copy_queries
from samlop.portfolio.queries import material as queries
from samlop.portfolio.rules.copies import RowText, TemplateKind
from samlop.portfolio.rules.material import MaterialRefusal
from samlop.portfolio.services import material as services
from samlop.portfolio.services.material import CannotKeep, Edition
from samlop.portfolio.texts import copies as copy_texts
from samlop.web import clock, form_page, render
from samlop.web.form_page import FormPage, accepted, made
from samlop.web.material import words
from samlop.web.material.forms import (
    BLANK_ROWS,
    FIELDS,
    NYNORSK_FILE,
    DetailsForm,
    EditForm,
    NewForm,
    NewTemplateForm,
    NewVersionForm,
    ReviewedForm,
    RowsVersionForm,
    WithdrawForm,
    rows_of,
)
from samlop.web.material.views import keeps_something, visible
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only

page_or_post: Final = require_http_methods(["GET", "HEAD", "POST"])
# A year is what most programmes promise.
USUAL_REVIEW: Final = timedelta(days=365)


# --- who may ---


def _own_solutions(request: Request) -> dict[str, Solution]:
    """The solutions this person may speak for; 403 when there is none. One query."""
    if not keeps_something(request):
        request.access.require(Permission.EDIT_SOLUTION)
    return {
        solution.slug: solution
        for solution in Solution.objects.order_by("name", "pk")
        if request.access.may(Permission.EDIT_SOLUTION, Place(solution=solution.slug))
    }


def _choices(known: Mapping[str, Solution]) -> list[tuple[str, str]]:
    return [(slug, solution.name) for slug, solution in known.items()]


def _for_new(request: Request, form: DetailsForm, known: Mapping[str, Solution]) -> None:
    """Under which role she acts; an item of no solution is for those who keep all of them."""
    chosen = [slug for slug in form.cleaned_data["solutions"] if slug in known]
    place = Place(solution=chosen[0]) if chosen else Place()
    if not request.access.may(Permission.EDIT_SOLUTION, place):
        raise CannotKeep(MaterialRefusal.NOT_YOURS)
    request.access.require(Permission.EDIT_SOLUTION, place)


def _kept(request: Request, slug: str) -> Material:
    """An item this person keeps; else 404 or 403."""
    material, place = visible(request, slug)
    if place is None:
        request.access.require(Permission.EDIT_SOLUTION, _some_place(material))
        raise AssertionError("require lets only those by who have a place")
    request.access.require(Permission.EDIT_SOLUTION, place)
    return material


def _some_place(material: Material) -> Place:
    solutions = queries.solutions_of(material)
    return Place(solution=solutions[0].slug) if solutions else Place()


def _kept_solutions(request: Request, material: Material) -> dict[str, Solution]:
    """Hers, and those the item has already: another programme's is not taken off unasked."""
    there = {solution.slug: solution for solution in queries.solutions_of(material)}
    return there | _own_solutions(request)


# --- new ---


@page_or_post
@signed_in_only
def add(request: Request) -> HttpResponse:
    known = _own_solutions(request)
    sent = request.method == "POST"
    form = NewForm(
        _choices(known),
        data=request.POST if sent else None,
        files=request.FILES if sent else None,
        meta=request.META,
        initial=_usual(request, known),
    )
    if form.is_valid():

        def put() -> Material:
            _for_new(request, form, known)
            return services.add(
                details=form.details(known),
                editions=form.editions(),
                by=request.access.acting,
                at=timezone.now(),
            )

        material = made(form, put, FIELDS)
        if material is not None:
            messages.success(
                request, gettext("«%(title)s» ligger i biblioteket.") % {"title": material.title}
            )
            return redirect("material:show", material.slug)
    page = PartsPage(
        heading=gettext("Legg til materiell"),
        kicker="",
        form=form,
        submit=gettext("Legg til"),
        cancel=reverse("material:list"),
        lead=gettext("En fil, en tekst eller en lenke."),
        trail=_trail(),
        parts=_parts(form),
        instead=(
            gettext("Lag en mal som kommunene kan fylle ut (ROS, DPIA, gevinstplan)"),
            f"{reverse('material:add_template')}?{request.GET.urlencode()}",
        ),
    )
    return _in_parts(request, page)


def _usual(request: Request, known: Mapping[str, Solution]) -> dict[str, object]:
    chosen = request.GET.get("losning", "")
    solutions = [chosen] if chosen in known else list(known) if len(known) == 1 else []
    maker = known[solutions[0]] if solutions else None
    return {
        "solutions": solutions,
        "review_on": clock.today() + USUAL_REVIEW,
        "owner": maker.owner if maker else "",
        "maintained_by": maker.maintainer if maker else "",
        "is_public": True,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of a form's fields; with a `summary` they are folded away until they are needed."""

    summary: str
    fields: tuple[BoundField, ...]

    @property
    def is_open(self) -> bool:
        """A mistake in a folded part must be seen."""
        return any(field.errors for field in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsPage:
    """A long form in parts: what everybody fills in first, the rest folded away."""

    heading: str
    kicker: str
    lead: str
    form: forms.Form
    trail: tuple[tuple[str, str], ...]
    cancel: str
    submit: str
    parts: tuple[Part, ...]
    # Another page for those who want something else: words and address.
    instead: tuple[str, str] = ("", "")


_NYNORSK: Final = ("nynorsk_title", NYNORSK_FILE, "nynorsk_body", "nynorsk_link")
_MORE: Final = ("areas", "for_whom", "step", "owner", "maintained_by", "review_on", "is_public")


def _parts(form: forms.Form) -> tuple[Part, ...]:
    folded = {
        gettext("Utgave på nynorsk"): _NYNORSK,
        gettext("Hvor, for hvem og hvor lenge"): _MORE,
    }
    known = {field.name: field for field in form.visible_fields()}
    kept = {name for names in folded.values() for name in names}
    first = tuple(field for name, field in known.items() if name not in kept)
    return (
        Part(summary="", fields=first),
        *(
            Part(summary=summary, fields=fields)
            for summary, names in folded.items()
            if (fields := tuple(known[name] for name in names if name in known))
        ),
    )


def _in_parts(request: Request, page: PartsPage) -> HttpResponse:
    status = 422 if page.form.errors else 200
    return render.page(request, "material/form.html", page, status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """A form with the rows of a template under it."""

    heading: str
    kicker: str
    lead: str
    form: forms.Form
    trail: tuple[tuple[str, str], ...]
    cancel: str
    submit: str
    rows: tuple[RowText, ...]
    blank: int
    # What the three texts of a row are called.
    words: tuple[str, str, str]
    # The other form, when the template has one: words and address.
    other: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        return len(self.rows) + self.blank


def _words(template: TemplateKind | None) -> tuple[str, str, str]:
    one = template or TemplateKind.ROS
    return (
        str(copy_texts.HEADINGS[one]),
        str(copy_texts.BODIES[one]),
        str(copy_texts.SUGGESTIONS[one]),
    )


@page_or_post
@signed_in_only
def add_template(request: Request) -> HttpResponse:
    known = _own_solutions(request)
    sent = request.method == "POST"
    form = NewTemplateForm(
        _choices(known),
        data=request.POST if sent else None,
        initial=_usual(request, known),
    )
    rows = rows_of(request.POST) if sent else ()
    more = sent and "flere" in request.POST
    if not more and form.is_valid():

        def put() -> Material:
            _for_new(request, form, known)
            return services.add(
                details=form.details(known),
                editions=[Edition(language=LanguageForm.BOKMAL, rows=rows)],
                template=form.template_kind,
                by=request.access.acting,
                at=timezone.now(),
            )

        material = made(form, put, FIELDS)
        if material is not None:
            messages.success(
                request, gettext("Malen «%(title)s» er publisert.") % {"title": material.title}
            )
            return redirect("material:show", material.slug)
    page = RowsPage(
        heading=gettext("Lag en mal"),
        kicker="",
        lead=gettext(
            "Skriv det som er likt for alle. Kommunene fyller ut resten i sin egen kopi, og ser "
            "hva som er nytt når dere endrer malen."
        ),
        form=form,
        trail=_trail(),
        cancel=reverse("material:list"),
        submit=gettext("Publiser malen"),
        rows=rows,
        blank=BLANK_ROWS,
        words=_words(None),
        other=(),
    )
    return _rows_answer(request, page, more=more)


def _rows_answer(request: Request, page: RowsPage, *, more: bool) -> HttpResponse:
    """Asking for more rows is no mistake, and is not told as one."""
    if more:
        page.form.errors.clear()
    status = 422 if page.form.errors else 200
    return render.page(request, "material/rows.html", page, status=status)


# --- new version ---


@page_or_post
@signed_in_only
def publish(request: Request, slug: str) -> HttpResponse:
    material = _kept(request, slug)
    if material.template:
        return _publish_rows(request, material)
    current = queries.versions(material)[0]
    sent = request.method == "POST"
    form = NewVersionForm(
        data=request.POST if sent else None,
        files=request.FILES if sent else None,
        meta=request.META,
        there=frozenset(text.language for text in current.texts),
        initial=_before(material, current),
    )
    if form.is_valid():
        found = form.cleaned_data

        def put() -> object:
            if not form.says_something():
                raise CannotKeep(MaterialRefusal.NO_CONTENT)
            return services.publish(
                material=material,
                editions=form.editions(),
                note=found["note"],
                based_on=found["seen"],
                review_on=found["review_on"],
                by=request.access.acting,
                on=clock.today(),
                at=timezone.now(),
            )

        if accepted(form, put, FIELDS):
            return _published(request, material)
    page = PartsPage(
        heading=gettext("Ny versjon"),
        form=form,
        parts=_parts(form),
        submit=gettext("Publiser"),
        cancel=_address(material),
        kicker=material.title,
        lead=gettext(
            "Oppgi bare det som er nytt. Er det en utgave på en annen målform som ikke er endret, "
            "blir den med videre som den er."
        ),
        trail=_trail(material),
    )
    return _in_parts(request, page)


def _before(material: Material, current: queries.Version) -> dict[str, object]:
    """A text is changed where it stands; files and links are given anew."""
    by_form = {text.language: text for text in current.texts}
    bokmal, nynorsk = by_form.get(LanguageForm.BOKMAL), by_form.get(LanguageForm.NYNORSK)
    return {
        "seen": current.number,
        "review_on": clock.today() + USUAL_REVIEW,
        "body": bokmal.body if bokmal else "",
        "link": bokmal.link if bokmal else "",
        "nynorsk_title": nynorsk.title if nynorsk else "",
        "nynorsk_body": nynorsk.body if nynorsk else "",
        "nynorsk_link": nynorsk.link if nynorsk else "",
    }


def _publish_rows(request: Request, material: Material) -> HttpResponse:
    """One form of the template at a time; the other goes along as it is."""
    texts = {
        row.language: row
        for row in MaterialText.objects.filter(
            version__material=material, version__replaced_at=None
        ).select_related("version")
    }
    asked = request.GET.get("sprak", LanguageForm.BOKMAL.value)
    language = words.FORM_CODES.get(asked, LanguageForm.BOKMAL)
    text = texts.get(language.value)
    # A form there is none of yet begins with the rows of the one there is.
    start = text or next(iter(texts.values()))
    sent = request.method == "POST"
    form = RowsVersionForm(
        data=request.POST if sent else None,
        initial={
            "seen": start.version.number,
            "review_on": clock.today() + USUAL_REVIEW,
        },
    )
    rows = rows_of(request.POST) if sent else copy_queries.rows_of(start.pk)
    more = sent and "flere" in request.POST
    if not more and form.is_valid():
        found = form.cleaned_data
        editions = [Edition(language=language, rows=rows, title=text.title if text else "")]
        editions += [
            Edition(language=words.FORM_CODES[code], as_before=True)
            for code in sorted(texts)
            if code != language.value
        ]
        if accepted(
            form,
            lambda: services.publish(
                material=material,
                editions=editions,
                note=found["note"],
                based_on=found["seen"],
                review_on=found["review_on"],
                by=request.access.acting,
                on=clock.today(),
                at=timezone.now(),
            ),
            FIELDS,
        ):
            return _published(request, material)
    page = RowsPage(
        heading=gettext("Ny versjon av malen"),
        kicker=material.title,
        lead=gettext(
            "Kommuner som har en kopi, får se hver rad du endrer, og velger selv om de tar den "
            "inn. Svarene deres ser du ikke."
        ),
        form=form,
        trail=_trail(material),
        cancel=_address(material),
        submit=gettext("Publiser versjon %(number)d") % {"number": start.version.number + 1},
        rows=rows,
        blank=BLANK_ROWS,
        words=_words(TemplateKind(material.template)),
        other=tuple(
            (str(words.FORMS[other]), f"{request.path}?sprak={code}")
            for code, other in words.FORM_CODES.items()
            if other is not language
        ),
    )
    return _rows_answer(request, page, more=more)


def _published(request: Request, material: Material) -> HttpResponse:
    messages.success(
        request, gettext("Ny versjon av «%(title)s» er publisert.") % {"title": material.title}
    )
    return redirect("material:show", material.slug)


# --- what is said about it ---


@page_or_post
@signed_in_only
def edit(request: Request, slug: str) -> HttpResponse:
    material = _kept(request, slug)
    known = _kept_solutions(request, material)
    form = EditForm(
        _choices(known),
        data=request.POST if request.method == "POST" else None,
        initial={
            "title": material.title,
            "kind": material.kind,
            "own_kind": material.own_kind,
            "summary": material.summary,
            "solutions": [one.slug for one in queries.solutions_of(material)],
            "areas": material.areas,
            "for_whom": material.for_whom,
            "step": material.step,
            "owner": material.owner,
            "maintained_by": material.maintained_by,
            "review_on": material.review_on,
            "is_public": material.is_public,
            "seen": material.revision,
        },
    )
    if material.template:
        for name in ("kind", "own_kind"):
            form.fields[name].required = False
            form.fields[name].widget = forms.HiddenInput()
    if form.is_valid() and accepted(
        form,
        lambda: services.edit(
            material=material,
            details=form.details(known),
            seen=form.cleaned_data["seen"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Endringene er lagret."))
        return redirect("material:show", material.slug)
    page = PartsPage(
        heading=gettext("Rediger opplysningene"),
        form=form,
        submit=gettext("Lagre"),
        cancel=_address(material),
        kicker=material.title,
        lead="",
        trail=_trail(material),
        parts=_parts(form),
    )
    return _in_parts(request, page)


@page_or_post
@signed_in_only
def reviewed(request: Request, slug: str) -> HttpResponse:
    material = _kept(request, slug)
    form = ReviewedForm(
        data=request.POST if request.method == "POST" else None,
        initial={"review_on": clock.today() + USUAL_REVIEW},
    )
    if form.is_valid() and accepted(
        form,
        lambda: services.reviewed(
            material=material,
            review_on=form.cleaned_data["review_on"],
            by=request.access.acting,
            on=clock.today(),
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(request, gettext("Notert: materiellet stemmer fortsatt."))
        return redirect("material:show", material.slug)
    page = FormPage(
        heading=gettext("Stemmer det fortsatt?"),
        form=form,
        submit=gettext("Ja, det stemmer"),
        cancel=_address(material),
        kicker=material.title,
        lead=gettext(
            "Si fra når dere har lest gjennom det og alt stemmer. Er noe endret, så publiser en "
            "ny versjon i stedet."
        ),
        trail=_trail(material),
    )
    return form_page.answer(request, page)


@page_or_post
@signed_in_only
def withdraw(request: Request, slug: str) -> HttpResponse:
    material = _kept(request, slug)
    form = WithdrawForm(data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: services.withdraw(
            material=material,
            reason=form.cleaned_data["reason"],
            by=request.access.acting,
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(
            request,
            gettext("«%(title)s» er trukket tilbake. Du kan legge det frem igjen.")
            % {"title": material.title},
        )
        return redirect("material:show", material.slug)
    page = FormPage(
        heading=gettext("Trekk tilbake «%(title)s»") % {"title": material.title},
        form=form,
        submit=gettext("Trekk tilbake"),
        cancel=_address(material),
        trail=_trail(material),
        danger=True,
        warning=gettext(
            "Det forsvinner fra biblioteket. Kopier som kommuner har laget, blir stående hos dem."
        ),
    )
    return form_page.answer(request, page)


@require_POST
@signed_in_only
def restore(request: Request, slug: str) -> HttpResponse:
    material = _kept(request, slug)
    return _done(
        request,
        lambda: services.restore(material=material, by=request.access.acting, at=timezone.now()),
        gettext("«%(title)s» er lagt frem igjen.") % {"title": material.title},
        _address(material),
    )


def _done(request: Request, change: Callable[[], object], said: str, back: str) -> HttpResponse:
    try:
        change()
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect(back)


def _address(material: Material) -> str:
    return reverse("material:show", args=[material.slug])


def _trail(material: Material | None = None) -> tuple[tuple[str, str], ...]:
    found: Sequence[tuple[str, str]] = ((gettext("Materiell"), reverse("material:list")),)
    if material is not None:
        found = (*found, (material.title, _address(material)))
    return tuple(found)
