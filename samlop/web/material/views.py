"""The library, one item, its files, and the material of a solution."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from samlop.accounts.rules import PERMITS, Permission, Place
from samlop.lib import csvio, slugs
from samlop.municipalities.models import MunicipalityCode
from samlop.portfolio.exports.templates import DOCX_TYPE, Filled
from samlop.portfolio.models import Material, MaterialText, Solution
from samlop.portfolio.queries import copies as copy_queries
from samlop.portfolio.queries import material as queries
from samlop.portfolio.rules.material import Content, Use
from samlop.portfolio.services import material as services
from samlop.web import addresses, clock, downloads, render
from samlop.web.files import serving
from samlop.web.material import filled, pages, words
from samlop.web.request import PublicRequest, Request
from samlop.web.solutions.frame import frame


@require_safe
def material_list(request: PublicRequest) -> HttpResponse:
    signed_in = bool(request.access.grants)
    found = pages.Library.of(
        request.GET,
        form=words.reading_form(request),
        signed_in=signed_in,
        on=clock.today(),
    )
    if as_format := downloads.wanted(request.GET):
        return downloads.answer(pages.library_download(found), as_format)
    page = pages.library_page(
        found,
        request.GET,
        solutions=tuple(Solution.objects.order_by("name", "pk").values_list("slug", "name")),
        signed_in=signed_in,
        may_add=keeps_something(request),
        own_templates=own_templates(request),
    )
    if not render.wants_block(request):
        return render.page(request, "material/list.html", page)
    response = render.block(request, "material/list.html", "results", page)
    # The form sends its empty fields too; the address people copy leaves them out.
    response.headers["HX-Push-Url"] = request.path + addresses.changed(request.GET)
    return response


def keeps_something(request: PublicRequest | Request) -> bool:
    return any(Permission.EDIT_SOLUTION in PERMITS[grant.role] for grant in request.access.grants)


def own_templates(request: PublicRequest | Request) -> str:
    """Where the reader's municipality keeps its copies; empty for those without. One query."""
    mine = own_place(request)
    return reverse("material:copies", args=[mine.number]) if mine else ""


@dataclass(frozen=True, slots=True)
class Mine:
    """The municipality whose templates the reader works with."""

    pk: int
    number: str
    name: str


def own_place(request: PublicRequest | Request) -> Mine | None:
    """One query."""
    uses = (
        grant.municipality
        for grant in request.access.grants
        if grant.municipality is not None and Permission.USE_TEMPLATES in PERMITS[grant.role]
    )
    pk = next(uses, None)
    if pk is None:
        return None
    codes = MunicipalityCode.objects.filter(municipality=pk).valid_on(clock.today())
    found = codes.values_list("number", "qualified_name").first()
    return Mine(pk, *found) if found else None


@require_safe
def show(request: PublicRequest, slug: str) -> HttpResponse:
    material, place = visible(request, slug)
    form = words.reading_form(request)
    versions = queries.versions(material)
    mine = own_place(request) if material.template else None
    page = pages.item_page(
        material,
        versions,
        form=form,
        keeps=place is not None,
        own=_own(mine, material, versions) if mine else None,
        filled_for=(mine.number, mine.name) if mine else ("", ""),
        on=clock.today(),
    )
    first = versions[0].texts[0]
    if place is None and first.content is Content.TEXT and request.method == "GET":
        services.count_use(text_id=first.pk, use=Use.OPENED, on=clock.today())
    return render.page(request, "material/show.html", page)


def visible(request: PublicRequest | Request, slug: str) -> tuple[Material, Place | None]:
    """The item, and the place in which the reader keeps it; 404 for one that is not for her."""
    material = get_object_or_404(Material, slug=slug)
    solutions = [one.slug for one in queries.solutions_of(material)]
    place = pages.may_keep(request.access, solutions)
    withdrawn = material.withdrawn_at is not None
    if place is None and (withdrawn or not (material.is_public or request.access.grants)):
        raise Http404
    return material, place


def _own(
    mine: Mine, material: Material, versions: tuple[queries.Version, ...]
) -> pages.OwnCopy | None:
    pk = copy_queries.copy_pk(material.pk, mine.pk)
    if pk is None and material.withdrawn_at is not None:
        return None
    return pages.OwnCopy(
        municipality=mine.name,
        copy=reverse("material:copy", args=[mine.number, pk]) if pk is not None else "",
        make=reverse("material:make", args=[mine.number, material.slug]),
        forms=tuple(
            (text.language.value, str(words.FORMS[text.language])) for text in versions[0].texts
        ),
    )


@require_safe
def serve(request: PublicRequest, key: UUID, name: str) -> HttpResponse:
    """A file of the library, to save; 404 for one that is not there or not for this reader."""
    found = queries.open_file(key, signed_in=bool(request.access.grants))
    if found is None:
        kept = queries.kept_file(key)
        if kept is None or visible(request, kept[1].slug)[1] is None:
            raise Http404
        found = kept[0]
    if found.file.name != name:
        raise Http404
    response = serving.answer(request, found.file)
    if request.method == "GET" and response.status_code == 200:
        services.count_use(text_id=found.text, use=Use.DOWNLOADED, on=clock.today())
    return response


@require_safe
def download(request: PublicRequest, slug: str, form: str) -> HttpResponse:
    """A template as Word or Excel, partly filled in; of anybody's municipality, for nothing in
    the file is more than what everybody may read.
    """
    material, _place = visible(request, slug)
    if form not in filled.ENDINGS or not material.template:
        raise Http404
    text = _text(request, material)
    found = filled.blank(
        text,
        municipality=_municipality(request.GET.get("kommune", "")),
        since=_since(request.GET.get("siden", ""), text.version.number),
        on=clock.today(),
    )
    if request.method == "GET":
        services.count_use(text_id=text.pk, use=Use.DOWNLOADED, on=clock.today())
    return as_file(found, form)


def as_file(found: Filled, form: str) -> HttpResponse:
    name = "-".join(
        part
        for part in (
            slugs.slug(found.title, longest=60),
            f"versjon-{found.number}",
            slugs.slug(found.municipality, longest=30),
        )
        if part
    )
    return HttpResponse(
        filled.write(found, form),
        content_type=DOCX_TYPE if form == "docx" else csvio.XLSX_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{form}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store" if found.has_answers else "private, no-cache",
        },
    )


def _text(request: PublicRequest, material: Material) -> MaterialText:
    """The current version in the form asked for, else in the reader's, else in any."""
    rows = {
        row.language: row
        for row in MaterialText.objects.filter(
            version__material=material, version__replaced_at=None
        ).select_related("version__material")
    }
    for code in (request.GET.get("sprak", ""), words.reading_form(request).value, *sorted(rows)):
        if code in rows:
            return rows[code]
    raise Http404


def _municipality(number: str) -> int | None:
    codes = MunicipalityCode.objects.filter(number=number[:4]).valid_on(clock.today())
    return codes.values_list("municipality_id", flat=True).first()


def _since(asked: str, newest: int) -> int | None:
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else 0
    return number if 1 <= number < newest else None


@require_safe
def solution(request: PublicRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Solution, slug=slug)
    page = pages.solution_page(
        frame(request, found, active="material"),
        found,
        form=words.reading_form(request),
        signed_in=bool(request.access.grants),
        may_add=request.access.may(Permission.EDIT_SOLUTION, Place(solution=slug)),
        own_templates=own_templates(request),
    )
    return render.page(request, "material/solution.html", page)
