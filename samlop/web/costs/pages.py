"""What the page of a solution's cost shows: the model, a municipality's own lines, and the form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from samlop.db.text_keys import SortKey
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.rules.kinds import CapacityRole
from samlop.municipalities.texts import CAPACITY_ROLES
from samlop.portfolio.queries import costs as queries
from samlop.portfolio.queries.costs import Offered, Version
from samlop.portfolio.rules import costs as rules
from samlop.portfolio.rules.costs import Calculation, CostPlace, Country, Deal, PricePer
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts import costs as texts
from samlop.web import formats
from samlop.web.addresses import changed
from samlop.web.cards.offers import Here, address_of
from samlop.web.costs import own
from samlop.web.costs.forms import ENDS, ModelForm
from samlop.web.costs.own import FourLines
from samlop.web.downloads import Download, Field
from samlop.web.solutions.frame import Frame


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality that can be chosen."""

    pk: int
    number: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOfModel:
    kind: str
    title: str
    amount: str
    key: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealShown:
    whose: str
    price: str
    included: str
    valid: str
    source: str
    withdraw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShown:
    valid_from: date
    source: str
    note: str
    adopters: str
    who: str
    lines: tuple[LineOfModel, ...]
    hours: tuple[tuple[str, str], ...]
    stands_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnShown:
    name: str
    number: str
    address: str
    year_address: str
    lines: FourLines
    adopters: str
    # Adopters, and what joining then costs a year; the one that is shown above is marked.
    steps: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPage:
    frame: Frame
    areas: tuple[tuple[str, str, bool], ...]
    model: ModelShown | None
    places: tuple[tuple[str, str], ...]
    place: str
    adopters: str
    most: int
    asks_adopters: bool
    kept: tuple[tuple[str, str], ...]
    own: OwnShown | None
    deals: tuple[DealShown, ...]
    earlier: tuple[ModelShown, ...]
    edit_address: str
    deal_address: str
    csv: str
    xlsx: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The version and the deals that a page is about, and for which areas."""

    here: Here
    version: Version | None
    deals: tuple[Offered, ...]
    areas: tuple[Area, ...]

    @classmethod
    def of(cls, here: Here, *, on: date) -> "Asked":
        """The offer's own version, else one that is for the whole solution. Four queries."""
        pks = [offer.pk for offer in here.offers]
        versions = queries.versions_on(on, offers=pks)
        version = versions.get(here.offer.pk) if here.offer else None
        if version is None:
            version = next((one for one in versions.values() if one.for_all_areas), None)
        wide = version is not None and version.for_all_areas
        wanted = [
            offer for offer in here.offers if wide or (here.offer and offer.pk == here.offer.pk)
        ]
        deals = queries.deals_on(on, offers=[offer.pk for offer in wanted])
        return cls(
            here,
            version,
            tuple(deal for offer in wanted for deal in deals.get(offer.pk, ())),
            tuple(Area(offer.area) for offer in wanted),
        )


def places(on: date) -> tuple[Place, ...]:
    """Every municipality of the day, in Norwegian order. One query."""
    rows = (
        MunicipalityCode.objects.valid_on(on)
        .order_by(SortKey("name"), "number")
        .values_list("municipality_id", "number", "qualified_name")
    )
    return tuple(Place(*row) for row in rows)


def chosen_place(
    query: QueryDict, everywhere: Iterable[Place], held: Iterable[int | None]
) -> Place | None:
    """The one asked for by number, else the reader's own when she has just one."""
    wanted = query.get("kommune", "")
    mine = own.own_municipality(held) if not wanted else None
    return next((one for one in everywhere if one.number == wanted or one.pk == mine), None)


def cost_page(
    frame: Frame,
    here: Here,
    query: QueryDict,
    held: Iterable[int | None],
    *,
    on: date,
    may_edit: bool,
) -> CostPage:
    """As many queries for one line and one deal as for many."""
    asked, everywhere = Asked.of(here, on=on), places(on)
    place = chosen_place(query, everywhere, held)
    country = queries.country(on)
    version = asked.version
    wanted = query.get("antall", "")
    adopters = int(wanted) if wanted.isdecimal() and len(wanted) < 6 else None
    calculation = Calculation.of(version.model, country) if version else None
    owner = version.offer if version else (here.offer.pk if here.offer else 0)
    versions = queries.history_of([owner]).get(owner, ())
    address = reverse("costs:show", args=[here.solution.slug])
    suffix = _suffix(here, owner)
    shown = _own(calculation, asked, place, adopters, on=on) if place else None
    return CostPage(
        frame=frame,
        # One price for the whole solution is the same in every area.
        areas=() if version and version.for_all_areas else here.tabs(query),
        model=_model(version, country) if version else None,
        places=tuple((one.number, one.name) for one in everywhere),
        place=place.number if place else "",
        adopters=str(adopters) if adopters else "",
        most=len(everywhere),
        asks_adopters=bool(version and version.model.depends_on_adopters),
        kept=tuple((name, str(query[name])) for name in ("omrade", "dato") if query.get(name)),
        own=shown,
        deals=tuple(_deal(one, here, may_edit=may_edit) for one in asked.deals),
        earlier=tuple(
            _model(one, country) for one in versions if version is None or one.pk != version.pk
        ),
        edit_address=f"{address}endre/{suffix}" if may_edit and here.offer else "",
        deal_address=f"{address}tilbud/{suffix}"
        if may_edit and here.offer and not here.solution.is_joint_process
        else "",
        csv=changed(query, format="csv") if version else "",
        xlsx=changed(query, format="xlsx") if version else "",
    )


def _suffix(here: Here, owner: int) -> str:
    """Changes are made where the version belongs, also when it is shown in another area."""
    if len(here.offers) < 2:
        return ""
    return next((f"?omrade={address_of(one)}" for one in here.offers if one.pk == owner), "")


def _own(
    calculation: Calculation | None,
    asked: Asked,
    place: Place,
    adopters: int | None,
    *,
    on: date,
) -> OwnShown | None:
    if calculation is None:
        return None
    systems = queries.systems_of(on, municipalities=[place.pk]).get(place.pk, queries.NO_SYSTEMS)
    deals = systems.fitting(asked.deals, asked.areas)
    figure = calculation.figure(place.pk, adopters=adopters, deals=deals)
    steps: tuple[tuple[str, str, bool], ...] = ()
    if calculation.model.depends_on_adopters:
        of = len(calculation.country.municipalities)
        counts = {*rules.steps(calculation.model.adopters, of), figure.adopters or 1}
        steps = tuple(
            (
                formats.number(count),
                own.money_words(
                    calculation.figure(place.pk, adopters=count, deals=deals).sum(
                        CostPlace.IF_JOINING
                    )
                ),
                count == figure.adopters,
            )
            for count in sorted(counts)
        )
    return OwnShown(
        name=place.name,
        number=place.number,
        address=reverse("municipalities:show", args=[place.number]),
        year_address=reverse("costs:year", args=[place.number]),
        lines=own.four_lines(figure, own.size_of(calculation, place.pk)),
        adopters=formats.number(figure.adopters) if figure.adopters is not None else "",
        steps=steps,
    )


def _model(version: Version, country: Country) -> ModelShown:
    model = version.model
    adopters = ""
    if model.adopters is not None and version.adopters_on is not None:
        adopters = gettext("%(count)s kommuner brukte løsningen %(day)s.") % {
            "count": formats.number(model.adopters),
            "day": formats.long_date(version.adopters_on),
        }
    return ModelShown(
        valid_from=version.valid_from,
        source=version.source,
        note=version.note,
        adopters=adopters,
        who=version.published_as,
        lines=tuple(
            LineOfModel(
                kind=str(texts.KINDS[line.kind]),
                title=line.title,
                amount=_kroner(line.amount),
                key=str(texts.KEYS[line.key]) if line.key else "",
                source=line.source,
            )
            for line in model.lines
        ),
        hours=tuple(
            (str(CAPACITY_ROLES[role]), own.span_words(span)) for role, span in model.hours.items()
        ),
        stands_in=any(line.key and country.stands_in(line.key) for line in model.lines),
    )


def _kroner(amount: Decimal) -> str:
    return f"kr{formats.NBSP}{formats.number(amount, 0 if amount == int(amount) else 2)}"


def _whose(deal: Deal) -> str:
    if not deal.product:
        return gettext("Alle produkter fra %(vendor)s") % {"vendor": deal.vendor}
    return deal.product if deal.vendor in deal.product else f"{deal.product} ({deal.vendor})"


def _deal(one: Offered, here: Here, *, may_edit: bool) -> DealShown:
    deal = one.deal
    prices = []
    each = deal.per is PricePer.INHABITANT
    if deal.one_off is not None:
        words = gettext("%(price)s per innbygger én gang") if each else gettext("%(price)s én gang")
        prices.append(words % {"price": _kroner(deal.one_off)})
    if deal.yearly is not None:
        words = gettext("%(price)s per innbygger i året") if each else gettext("%(price)s i året")
        prices.append(words % {"price": _kroner(deal.yearly)})
    last = formats.long_date(deal.valid_to - timedelta(days=1)) if deal.valid_to else ""
    return DealShown(
        whose=_whose(deal),
        price=gettext(" og ").join(prices),
        included=deal.included,
        valid=gettext("Fra %(first)s til og med %(last)s")
        % {"first": formats.long_date(one.valid_from), "last": last}
        if last
        else gettext("Fra %(first)s") % {"first": formats.long_date(one.valid_from)},
        source=deal.source,
        withdraw=reverse("costs:withdraw_deal", args=[here.solution.slug, deal.pk])
        if may_edit
        else "",
    )


def download(here: Here, *, on: date) -> Download:
    """Every municipality's own figures: the shares add up to the totals of the model."""
    asked, everywhere = Asked.of(here, on=on), places(on)
    country = queries.country(on)
    figures: Mapping[int, rules.Figure] = {}
    if asked.version is not None:
        figures = queries.figures_of_all(
            asked.version, asked.deals, asked.areas, on=on, country=country
        )
    places_of_all = tuple(CostPlace)
    return Download(
        name="kostnad",
        sheet=gettext("Kostnad"),
        on=on,
        fields=[
            Field("losning", gettext("Løsning"), 28),
            Field("nummer", gettext("Nummer"), 9),
            Field("kommune", gettext("Kommune"), 24),
            Field("innbyggere", gettext("Innbyggere"), 12, "#,##0"),
            *(
                Field(place.value, str(texts.PLACES_OF_ALL[place]), 22, "#,##0")
                for place in places_of_all
            ),
            Field("timer_fra", gettext("Egne timer, fra"), 14),
            Field("timer_til", gettext("Egne timer, til"), 14),
            Field("mangler", gettext("Noe er ikke kjent"), 14),
        ],
        rows=[
            (
                here.solution.name,
                one.number,
                one.name,
                country.inhabitants.get(one.pk),
                *(figures[one.pk].sum(place).amount for place in places_of_all),
                figures[one.pk].span.low,
                figures[one.pk].span.high,
                ""
                if all(figures[one.pk].sum(place).complete for place in places_of_all)
                else gettext("ja"),
            )
            for one in everywhere
            if one.pk in figures
        ],
    )


# --- editing ---


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPage:
    frame: Frame
    area: str
    form: ModelForm
    # The names of the fields of each line, and of each role's hours.
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    hours: tuple[tuple[str, str, str], ...]
    newer: str
    cancel: str


def edit_page(frame: Frame, here: Here, form: ModelForm, *, newer: str, cancel: str) -> EditPage:
    return EditPage(
        frame=frame,
        area=here.area_words if len(here.offers) > 1 else "",
        form=form,
        lines=tuple(
            (
                number,
                tuple(f"{name}-{number}" for name in ("slag", "hva", "belop", "nokkel", "kilde")),
            )
            for number in range(1, form.count + 1)
        ),
        hours=tuple(
            (str(CAPACITY_ROLES[role]), *(f"{end}-{role}" for end in ENDS))  # type: ignore[misc]
            for role in CapacityRole
        ),
        newer=newer,
        cancel=cancel,
    )
