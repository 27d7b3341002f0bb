"""The pages of people: load what may be seen, check the right, one question or change, answer."""

from django.contrib import auth, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from samlop.accounts import queries, services, texts
from samlop.accounts.models import Membership, Person
from samlop.accounts.queries import Where
from samlop.accounts.rules import PeopleRefusal, Place, Role
from samlop.accounts.services import CannotChangePeople
from samlop.lib.errors import Refused
from samlop.municipalities.models import Region
from samlop.web import clock, downloads, form_page, render
from samlop.web.acting import Acting
from samlop.web.form_page import FormPage, accepted
from samlop.web.people import mail, pages, places
from samlop.web.people.forms import FIELDS, EndForm, InviteForm, TakeOverForm, WhoForm
from samlop.web.people.places import Here, Kind
from samlop.web.people.reader import MayNot, Reader
from samlop.web.request import Request
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@signed_in_only
def people(request: Request, kind: Kind, key: str = "") -> HttpResponse:
    """Whoever holds a role anywhere sees who holds one here; others see nobody."""
    today = clock.today()
    here = places.here(kind, key, on=today)
    reader = Reader.of(request, on=today)
    if not reader.sees_people:
        raise PermissionDenied
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.people_download(here, reader, on=today), as_format)
    page = pages.people_page(here, reader, on=today, text=request.GET.get("q", "").strip())
    return render.page(request, "people/list.html", page)


@require_safe
@signed_in_only
def person(request: Request, pk: int) -> HttpResponse:
    today = clock.today()
    row = get_object_or_404(Person, pk=pk)
    page = pages.person_page(row, Reader.of(request, on=today), on=today)
    if page is None:
        raise Http404
    return render.page(request, "people/person.html", page)


# --- inviting ---


@page_or_post
@signed_in_only
def invite(request: Request, kind: Kind, key: str = "") -> HttpResponse:
    today = clock.today()
    here = places.here(kind, key, on=today)
    reader = Reader.of(request, on=today)
    roles = here.roles_given_by(reader)
    if not roles:
        raise MayNot
    form = InviteForm(
        roles,
        data=request.POST if request.method == "POST" else None,
        initial={"starts": today, "role": _wanted(request, roles)},
    )
    if form.is_valid():
        found = form.cleaned_data
        role = Role(found["role"])
        where, place = here.where, here.place
        if role is Role.PROGRAMME:
            where = Where(solution_slug=found["solution_slug"])
            place = Place(solution=found["solution_slug"])
        by = reader.acting(role, place)
        if accepted(
            form,
            lambda: mail.invite(
                email=found["email"],
                name=found["name"],
                role=role,
                where=where,
                title=found["title"],
                phone=found["phone"],
                by=by,
                on=found["starts"],
                at=timezone.now(),
            ),
            FIELDS,
        ):
            # The same words whether anybody had the address before.
            messages.success(request, gettext("%(email)s er invitert.") % {"email": found["email"]})
            return redirect(here.address())
    page = FormPage(
        heading=gettext("Inviter en person"),
        form=form,
        submit=gettext("Inviter"),
        cancel=here.address(),
        kicker=here.name,
        trail=_trail(here),
        lead=gettext("Personen får en e-post, og logger inn med en kode. Passord trengs ikke."),
    )
    return form_page.answer(request, page)


def _wanted(request: Request, roles: tuple[Role, ...]) -> str:
    wanted = request.GET.get("rolle", "")
    if wanted in roles:
        return wanted
    return roles[0].value if len(roles) == 1 else ""


@require_POST
@signed_in_only
def invite_again(request: Request, pk: int) -> HttpResponse:
    row, here, reader = _role(request, pk)
    by = reader.acting(Role(row.role), _place(row))
    try:
        mail.invite_again(membership=row, by=by, at=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Invitasjonen er sendt igjen."))
    return redirect(here.address())


# --- ending ---


@page_or_post
@signed_in_only
def end(request: Request, pk: int) -> HttpResponse:
    row, here, reader = _role(request, pk)
    mine = row.person_id == request.user.pk
    by = _mine(reader, row) if mine else reader.acting(Role(row.role), _place(row))
    today = clock.today()
    form = EndForm(data=request.POST if request.method == "POST" else None, initial={"ends": today})
    if form.is_valid() and accepted(
        form,
        lambda: mail.end(
            membership=row,
            by=by,
            on=max(form.cleaned_data["ends"], today),
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        ),
    ):
        messages.success(request, gettext("Rollen er avsluttet."))
        return _after(request, row, here)
    warning = ""
    if queries.leaves_empty(row, on=today):
        refusal = {
            Role.MUNICIPAL_COORDINATOR.value: PeopleRefusal.LAST_COORDINATOR,
            Role.ADMINISTRATOR.value: PeopleRefusal.LAST_ADMINISTRATOR,
        }[row.role]
        warning = str(texts.PEOPLE_REFUSALS[refusal])
    return _about(
        request,
        row,
        here,
        form,
        heading=gettext("Avslutt rollen"),
        submit=gettext("Avslutt rollen"),
        danger=True,
        warning=warning,
    )


@page_or_post
@signed_in_only
def hand_over(request: Request, pk: int) -> HttpResponse:
    row, here, reader = _role(request, pk)
    by = reader.acting(Role(row.role), _place(row))
    form = WhoForm(data=request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = form.cleaned_data
        if accepted(
            form,
            lambda: mail.hand_over(
                membership=row,
                email=found["email"],
                name=found["name"],
                title=found["title"],
                phone=found["phone"],
                by=by,
                on=clock.today(),
                at=timezone.now(),
            ),
            FIELDS,
        ):
            messages.success(
                request,
                gettext("Rollen er gitt videre til %(email)s.") % {"email": found["email"]},
            )
            return _after(request, row, here)
    return _about(
        request,
        row,
        here,
        form,
        heading=gettext("Gi rollen videre"),
        submit=gettext("Gi rollen videre"),
        lead=gettext("Den nye får rollen i dag, og rollen til %(name)s slutter i dag.")
        % {"name": row.person},
    )


@page_or_post
@signed_in_only
def take_over(request: Request, pk: int) -> HttpResponse:
    """The region answers for a municipality whose last coordinator leaves."""
    row, here, reader = _role(request, pk)
    today = clock.today()
    region_id = pages.region_taking_over(reader, _place(row))
    if row.role != Role.MUNICIPAL_COORDINATOR.value or region_id is None:
        raise MayNot
    region = Region.objects.get(pk=region_id)
    form = TakeOverForm(data=request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: mail.take_over(
            membership=row,
            region=region,
            by=reader.under(Role.CONTACT_PERSON),
            on=today,
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        ),
        FIELDS,
    ):
        messages.success(
            request,
            gettext("%(region)s følger opp %(place)s til det er en ny koordinator.")
            % {"region": region.name, "place": here.name},
        )
        return redirect(here.address())
    return _about(
        request,
        row,
        here,
        form,
        heading=gettext("Overta oppfølgingen"),
        submit=gettext("Overta oppfølgingen"),
        lead=gettext(
            "Rollen til %(name)s slutter i dag, og %(region)s følger opp %(place)s til det er en "
            "ny koordinator."
        )
        % {"name": row.person, "region": region.name, "place": here.name},
    )


# --- erasing ---


@page_or_post
@signed_in_only
def erase(request: Request, pk: int) -> HttpResponse:
    """Herself or an administrator; to others there is no such page."""
    today = clock.today()
    reader = Reader.of(request, on=today)
    row = get_object_or_404(Person, pk=pk, erased_at=None)
    mine = row.pk == request.user.pk
    if not mine and not reader.is_administrator:
        raise Http404
    refusal = ""
    if request.method == "POST":
        by = Acting(request.user.pk, "person") if mine else reader.under(Role.ADMINISTRATOR)
        try:
            services.erase(person=row, by=by, on=today, at=timezone.now())
        except CannotChangePeople as error:
            refusal = str(error)
        else:
            if mine:
                auth.logout(request)
            messages.success(request, gettext("Opplysningene om personen er slettet."))
            return redirect("/" if mine else "people:nation")
    page = pages.erase_page(row, reader, on=today, refusal=refusal)
    return render.page(request, "people/erase.html", page, status=422 if refusal else 200)


# --- what these share ---


def _role(request: Request, pk: int) -> tuple[Membership, Here, Reader]:
    """A role that has not ended, in a place the reader shares or her own; else 404."""
    today = clock.today()
    row = get_object_or_404(
        Membership.objects.not_ended_on(today).select_related(
            "person", "region", "municipality", "county_authority", "vendor"
        ),
        pk=pk,
    )
    reader = Reader.of(request, on=today)
    here = places.of_membership(row, on=today)
    role, place = Role(row.role), _place(row)
    visible = (
        row.person_id == request.user.pk or reader.shares(role, place) or reader.gives(role, place)
    )
    if here is None or not visible:
        raise Http404
    return row, here, reader


def _place(row: Membership) -> Place:
    return Where.of(row).place(on=clock.today())


def _mine(reader: Reader, row: Membership) -> Acting:
    return reader.under(Role(row.role))


def _after(request: Request, row: Membership, here: Here) -> HttpResponse:
    """Back to the people of the place, unless whoever left may no longer see them."""
    if row.person_id == request.user.pk:
        return redirect("shell:home")
    return redirect(here.address())


def _trail(here: Here) -> tuple[tuple[str, str], ...]:
    return (*here.trail, (gettext("Personer og roller"), here.address()))


def _about(
    request: Request,
    row: Membership,
    here: Here,
    form: EndForm | WhoForm | TakeOverForm,
    *,
    heading: str,
    submit: str,
    lead: str = "",
    danger: bool = False,
    warning: str = "",
) -> HttpResponse:
    role = str(texts.ROLES[Role(row.role)])
    place = here.name
    if here.kind is Kind.NATION:
        place = pages.solution_names([row]).get(row.solution_slug, row.solution_slug)
    page = FormPage(
        heading=heading,
        form=form,
        submit=submit,
        cancel=here.address(),
        kicker=f"{row.person} – {role}{f', {place}' if place else ''}",
        trail=_trail(here),
        lead=lead,
        danger=danger,
        warning=warning,
    )
    return form_page.answer(request, page)
