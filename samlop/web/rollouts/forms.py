"""What people fill in about rollouts, cohorts and the stop rule. Rules are the services'."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samlop.accounts.models import Person
from samlop.accounts.rules import PeopleRefusal
from samlop.governance.models import Case
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Product, Region
from samlop.portfolio.models import Offer
from samlop.portfolio.rules.solutions import Area
from samlop.portfolio.texts.solutions import AREAS
from samlop.rollouts.models import ContributingActor, Rollout, StopThreshold
from samlop.rollouts.rules.cohorts import AT_MOST, CohortRefusal, StopMeasure, Threshold
from samlop.rollouts.rules.evaluations import MOST_CONCLUSION
from samlop.rollouts.rules.rollouts import (
    ActorKind,
    RolloutKind,
    RolloutRefusal,
    TargetGroup,
    WorkFunction,
    WorkRefusal,
)
from samlop.rollouts.services import cohorts as cohort_services
from samlop.rollouts.services import rollouts as services
from samlop.rollouts.services.staffing import ActorFacts
from samlop.rollouts.texts import rollouts as texts
from samlop.web import formats
from samlop.web.fields import DayField

# The field that a refusal is about; the others are about the whole.
FIELDS: Final[Mapping[StrEnum, str]] = {
    RolloutRefusal.NO_NAME: "name",
    RolloutRefusal.NO_REGION: "region",
    RolloutRefusal.PROCESS_ONLY: "kind",
    RolloutRefusal.NOT_A_PROCESS: "kind",
    RolloutRefusal.NOBODY_EXPECTED: "expected",
    RolloutRefusal.ENDS_BEFORE_START: "ends_on",
    RolloutRefusal.NO_REASON: "reason",
    RolloutRefusal.NOT_EVALUATED: "conclusion",
    RolloutRefusal.NOT_ANCHORED: "anchored_in",
    WorkRefusal.ALREADY_WORKS: "email",
    WorkRefusal.IS_LEADER: "function",
    WorkRefusal.ERASED: "email",
    WorkRefusal.NO_ACTOR: "name",
    WorkRefusal.NOTHING_TO_DO: "must",
    PeopleRefusal.NO_NAME: "name",
    PeopleRefusal.BAD_EMAIL: "email",
    PeopleRefusal.SHARED_MAILBOX: "email",
    CohortRefusal.NO_NAME: "name",
    CohortRefusal.NAME_TAKEN: "name",
    CohortRefusal.TWO_KEYS: "cooperation",
    CohortRefusal.NEEDS_KEY: "product",
    CohortRefusal.BOUNDS: "minimum",
    CohortRefusal.FEWER_THAN_TAKEN: "maximum",
    CohortRefusal.ENDS_BEFORE_START: "ends_on",
    CohortRefusal.ANSWER_AFTER_START: "answer_by",
    CohortRefusal.CHANGE_BEFORE_ANSWER: "change_until",
    CohortRefusal.CHANGE_AFTER_START: "change_until",
    CohortRefusal.LEADER_OUTSIDE: "leader",
    CohortRefusal.NO_REASON: "reason",
    CohortRefusal.OUT_OF_RANGE: "value",
    CohortRefusal.NO_DAYS: "share_days",
    CohortRefusal.NO_LINK: "link",
    CohortRefusal.IN_THE_FUTURE: "figure_on",
    CohortRefusal.NOT_DECIDED: "case",
    CohortRefusal.START_STANDS: "starts_on",
    CohortRefusal.BEFORE_ONE_BEGUN: "starts_on",
}


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _choose(field: forms.Field, choices: Iterable[tuple[str, str]]) -> None:
    field.choices = list(choices)  # type: ignore[attr-defined]


def offer_words(offer: Offer) -> str:
    """«Kjernejournal, sykehjem»."""
    area = str(AREAS[Area(offer.area)])
    return f"{offer.solution.name}, {area[:1].lower()}{area[1:]}"


def offer_choices(offers: Iterable[Offer]) -> list[tuple[str, str]]:
    return [("", gettext("Velg løsning")), *((str(one.pk), offer_words(one)) for one in offers)]


def region_choices(regions: Iterable[Region]) -> list[tuple[str, str]]:
    return [("", gettext("Ingen region")), *((str(one.pk), one.name) for one in regions)]


# --- a rollout ---


class RolloutForm(forms.Form):
    """What a rollout is. Once it has been opened the first four are not there to change."""

    offer = forms.ChoiceField(
        label=_("Løsning og tjenesteområde"), error_messages={"required": _("Velg løsning.")}
    )
    kind = forms.ChoiceField(
        label=_("Type"),
        widget=forms.RadioSelect,
        choices=texts.kind_choices,
        help_text=_("Typen for hver løsning står på løsningens side, med begrunnelse."),
        error_messages={"required": _("Velg type.")},
    )
    region = forms.ChoiceField(
        label=_("Region"),
        required=False,
        help_text=_("For et løp av type B, og for en felles prosess i én region."),
    )
    target = forms.ChoiceField(
        label=_("Målgruppe"),
        widget=forms.RadioSelect,
        choices=texts.target_choices,
        initial=TargetGroup.NOT_INTRODUCED.value,
    )
    name = forms.CharField(
        label=_("Navn"),
        max_length=120,
        help_text=_("Det kommunene skal kjenne det igjen på, som «Kjernejournal høsten 2027»."),
        error_messages={"required": _("Skriv hva innføringsløpet heter.")},
    )
    summary = forms.CharField(
        label=_("Kort om løpet"),
        required=False,
        max_length=600,
        widget=_text(3),
        help_text=_("En setning eller to til en kommune: hva det er, og hvorfor nå."),
    )
    starts_on = DayField(label=_("Fra og med"))
    ends_on = DayField(label=_("Til og med"), required=False)
    expected = forms.IntegerField(
        label=_("Ventet antall kommuner"),
        min_value=1,
        max_value=500,
        error_messages={"required": _("Skriv hvor mange kommuner dere venter, minst én.")},
    )
    needs_nhn = forms.BooleanField(label=_("Trenger Norsk helsenett"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        offers: Iterable[Offer],
        regions: Iterable[Region],
        *,
        rollout: Rollout | None = None,
        like: Rollout | None = None,
        earlier: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        model = rollout or like
        if model is not None:
            stored = services.facts_of(model)
            kwargs.setdefault(
                "initial",
                {
                    "offer": str(stored.offer.pk),
                    "kind": stored.kind.value,
                    "region": str(stored.region.pk) if stored.region else "",
                    "target": stored.target.value,
                    "name": stored.name if rollout else "",
                    "summary": stored.summary,
                    "starts_on": stored.starts_on if rollout else None,
                    "ends_on": stored.ends_on if rollout else None,
                    "expected": stored.expected,
                    "needs_nhn": stored.needs_nhn,
                    "version": rollout.version if rollout else None,
                    "like": like.slug if like else "",
                },
            )
        super().__init__(**kwargs)
        _choose(self.fields["offer"], offer_choices(offers))
        _choose(self.fields["region"], region_choices(regions))
        if rollout is not None and rollout.opened_at is not None:
            for name in ("offer", "kind", "region", "target"):
                del self.fields[name]
        if earlier:
            self.fields["like"] = forms.ChoiceField(
                label=_("Begynn fra et tidligere løp"),
                required=False,
                choices=[("", gettext("Begynn uten")), *earlier],
                help_text=_(
                    "Puljer, medvirkende aktører og stoppregel blir med, med datoer flyttet til "
                    "den nye starten."
                ),
            )
            self.order_fields(["like"])

    def facts(
        self,
        offers: Mapping[int, Offer],
        regions: Mapping[int, Region],
        *,
        stored: services.Facts | None = None,
    ) -> services.Facts:
        """What the form says; what it does not show is as it was."""
        found = self.cleaned_data
        if stored is not None and "kind" not in self.fields:
            kind, target = stored.kind, stored.target
            offer, region = stored.offer, stored.region
        else:
            kind, target = RolloutKind(found["kind"]), TargetGroup(found["target"])
            offer = offers[int(found["offer"])]
            region = regions[int(found["region"])] if found["region"] else None
        return services.Facts(
            name=found["name"],
            offer=offer,
            kind=kind,
            target=target,
            starts_on=found["starts_on"],
            expected=found["expected"],
            region=region,
            ends_on=found["ends_on"],
            needs_nhn=found["needs_nhn"],
            summary=found["summary"],
        )


class _Anchored(forms.Form):
    anchored_in = forms.CharField(
        label=_("Hvor det er tatt opp"),
        required=False,
        max_length=160,
        help_text=_("For eksempel «Helseledernettverket»."),
    )
    anchored_on = DayField(label=_("Dato"), required=False)
    anchored_link = forms.URLField(
        label=_("Lenke til referatet"), required=False, max_length=300, assume_scheme="https"
    )

    def anchoring(self) -> services.Anchoring:
        found = self.cleaned_data
        return services.Anchoring(
            where=found["anchored_in"], on=found["anchored_on"], link=found["anchored_link"]
        )


class AnchoringForm(_Anchored):
    """Where a plan has been taken up."""

    def __init__(self, rollout: Rollout, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "anchored_in": rollout.anchored_in,
                "anchored_on": rollout.anchored_on,
                "anchored_link": rollout.anchored_link,
            },
        )
        super().__init__(**kwargs)


class IntentionForm(_Anchored):
    """A region tells of its B in four fields, and where it is anchored."""

    region = forms.ChoiceField(
        label=_("Region"), error_messages={"required": _("Velg hvilken region det er for.")}
    )
    offer = forms.ChoiceField(
        label=_("Løsning og tjenesteområde"), error_messages={"required": _("Velg løsning.")}
    )
    quarter = forms.ChoiceField(label=_("Når det begynner"))
    expected = forms.IntegerField(
        label=_("Ventet antall kommuner"),
        min_value=1,
        max_value=500,
        error_messages={"required": _("Skriv hvor mange kommuner dere venter, minst én.")},
    )
    needs_nhn = forms.BooleanField(label=_("Trenger Norsk helsenett"), required=False)
    field_order = ("region", "offer", "quarter", "expected", "needs_nhn")

    def __init__(
        self, offers: Iterable[Offer], regions: Iterable[Region], *, on: date, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        _choose(self.fields["offer"], offer_choices(offers))
        named = [(str(one.pk), one.name) for one in regions]
        _choose(self.fields["region"], named if len(named) == 1 else [("", ""), *named])
        now = Quarter.of(on)
        _choose(
            self.fields["quarter"],
            ((str(one), formats.quarter(one)) for one in (now.plus(more) for more in range(1, 13))),
        )

    def facts(self, offer: Offer, region: Region) -> services.Facts:
        found = self.cleaned_data
        process = offer.solution.is_joint_process
        return services.Facts(
            name=f"{offer.solution.name}, {region.name}",
            offer=offer,
            kind=RolloutKind.PROCESS if process else RolloutKind.REGION,
            target=TargetGroup.NOT_INTRODUCED,
            starts_on=Quarter.parse(found["quarter"]).starts_on,
            expected=found["expected"],
            region=region,
            needs_nhn=found["needs_nhn"],
        )


class ShareForm(forms.Form):
    remark = forms.CharField(
        label=_("Det dere vil spørre koordineringsgruppen om"),
        required=False,
        max_length=2000,
        widget=_text(4),
        help_text=_("Planen og det den kolliderer med, blir med av seg selv."),
    )


class ConfirmForm(forms.Form):
    """Nothing to fill in: the page says what happens, the button does it."""


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor"),
        max_length=500,
        widget=_text(3),
        help_text=_("Kommunene får se det."),
        error_messages={"required": _("Skriv hvorfor. Kommunene får se det.")},
    )


class ClosingForm(forms.Form):
    """The evaluation, or why there is none."""

    conclusion = forms.CharField(
        label=_("Hva dere har lært"),
        help_text=_("To eller tre setninger til dem som skal gjøre det samme. Alle kan lese det."),
        max_length=MOST_CONCLUSION,
        widget=_text(6),
        required=False,
    )
    link = forms.URLField(
        label=_("Lenke til hele evalueringen"),
        max_length=300,
        assume_scheme="https",
        required=False,
    )
    reason = forms.CharField(
        label=_("Eller hvorfor løpet avsluttes uten evaluering"),
        help_text=_("Kommunene får se det."),
        max_length=500,
        widget=_text(3),
        required=False,
    )


# --- who works with it ---


class WorkerForm(forms.Form):
    email = forms.CharField(
        label=_("E-post"),
        max_length=254,
        help_text=_("Personens egen jobbadresse. Ingen får e-post av dette."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Skriv e-postadressen.")},
    )
    name = forms.CharField(
        label=_("Navn"),
        max_length=120,
        required=False,
        help_text=_("Trengs bare når personen ikke er i Samløp fra før."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    function = forms.ChoiceField(
        label=_("Funksjon"),
        widget=forms.RadioSelect,
        choices=texts.work_function_choices,
        initial=WorkFunction.MEMBER.value,
        help_text=_("Velger du en ny innføringsleder, blir den forrige med i arbeidsgruppen."),
    )
    organisation = forms.CharField(
        label=_("Arbeider for"),
        max_length=120,
        required=False,
        help_text=_("For eksempel «KS», «Norsk helsenett» eller «Agder»."),
    )


class ActorForm(forms.Form):
    kind = forms.ChoiceField(label=_("Hvem"), choices=texts.actor_kind_choices)
    name = forms.CharField(
        label=_("Navn"),
        max_length=160,
        help_text=_("For eksempel «Sørlandet sykehus»."),
        error_messages={"required": _("Skriv hvem det er.")},
    )
    must = forms.CharField(
        label=_("Hva som må være klart"),
        max_length=300,
        widget=_text(2),
        error_messages={"required": _("Skriv hva som må være klart.")},
    )
    ready_by = DayField(label=_("Må være klart til"), required=False)
    ready_on = DayField(label=_("Ble klart"), required=False)
    contact = forms.CharField(
        label=_("Hvor en henvender seg"),
        max_length=160,
        required=False,
        help_text=_("En funksjon, en side eller en felles e-post. Ingen personnavn."),
    )

    def __init__(self, actor: ContributingActor | None = None, **kwargs: Any) -> None:
        if actor is not None:
            kwargs.setdefault(
                "initial",
                {
                    "kind": actor.kind,
                    "name": actor.name,
                    "must": actor.must,
                    "ready_by": actor.ready_by,
                    "ready_on": actor.ready_on,
                    "contact": actor.contact_words,
                },
            )
        super().__init__(**kwargs)

    def facts(self) -> ActorFacts:
        found = self.cleaned_data
        return ActorFacts(**{**found, "kind": ActorKind(found["kind"])})


# --- a cohort ---


class CohortForm(forms.Form):
    name = forms.CharField(
        label=_("Navn"), max_length=120, error_messages={"required": _("Skriv hva puljen heter.")}
    )
    product = forms.ChoiceField(label=_("Felles produkt"), required=False)
    cooperation = forms.ChoiceField(label=_("Felles IKT-samarbeid"), required=False)
    starts_on = DayField(label=_("Starter"))
    ends_on = DayField(label=_("Ferdig"))
    minimum = forms.IntegerField(label=_("Minst antall kommuner"), min_value=1, max_value=500)
    maximum = forms.IntegerField(label=_("Flest kommuner"), min_value=1, max_value=500)
    answer_by = DayField(
        label=_("Svarfrist"),
        help_text=_("Minst seks uker fram. En politisk behandling tar ofte seks til ti uker."),
    )
    change_until = DayField(
        label=_("Siste dag for å endre svaret"),
        help_text=_("Til og med denne dagen kan en kommune ombestemme seg uten videre."),
    )
    leader = forms.ChoiceField(
        label=_("Puljeleder"), required=False, help_text=_("En av dem i arbeidsgruppen.")
    )
    # The deadline whose warnings have been read.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        rollout: Rollout,
        *,
        products: Iterable[Product],
        cooperations: Iterable[Region],
        people: Iterable[Person],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if rollout.kind == RolloutKind.SHARED.value:
            named = ((str(one.pk), f"{one.name} ({one.vendor.name})") for one in products)
            _choose(self.fields["product"], [("", gettext("Ikke produkt")), *named])
            _choose(
                self.fields["cooperation"],
                [
                    ("", gettext("Ikke IKT-samarbeid")),
                    *((str(one.pk), one.name) for one in cooperations),
                ],
            )
        else:
            del self.fields["product"], self.fields["cooperation"]
        _choose(
            self.fields["leader"],
            [
                ("", gettext("Innføringslederen")),
                *((str(one.pk), one.name) for one in people),
            ],
        )

    def facts(
        self,
        products: Mapping[int, Product],
        cooperations: Mapping[int, Region],
        people: Mapping[int, Person],
    ) -> cohort_services.Facts:
        found = self.cleaned_data
        product, cooperation = found.get("product"), found.get("cooperation")
        return cohort_services.Facts(
            name=found["name"],
            starts_on=found["starts_on"],
            ends_on=found["ends_on"],
            minimum=found["minimum"],
            maximum=found["maximum"],
            answer_by=found["answer_by"],
            change_until=found["change_until"],
            product=products[int(product)] if product else None,
            cooperation=cooperations[int(cooperation)] if cooperation else None,
            leader=people[int(found["leader"])] if found["leader"] else None,
        )


# --- the stop rule ---


class ThresholdsForm(forms.Form):
    """An empty field is a threshold that does not count."""

    share = forms.IntegerField(
        label=_("Minst så mange prosent av puljen har tatt løsningen i bruk"),
        required=False,
        min_value=0,
        max_value=100,
    )
    share_days = forms.IntegerField(
        label=_("Telt så mange dager etter at puljen startet"),
        required=False,
        min_value=1,
        max_value=730,
    )
    faults = forms.IntegerField(
        label=_("Høyst så mange åpne kritiske feil"), required=False, min_value=0, max_value=999
    )
    evaluations = forms.IntegerField(
        label=_("Minst så mange prosent har svart på evalueringen"),
        required=False,
        min_value=0,
        max_value=100,
    )

    def __init__(self, stored: Iterable[StopThreshold], **kwargs: Any) -> None:
        initial: dict[str, int | None] = {}
        for one in stored:
            initial[_MEASURE_FIELDS[StopMeasure(one.measure)]] = one.limit
            if one.after_days is not None:
                initial["share_days"] = one.after_days
        kwargs.setdefault("initial", initial)
        super().__init__(**kwargs)

    def thresholds(self) -> tuple[Threshold, ...]:
        found = self.cleaned_data
        return tuple(
            Threshold(
                measure=measure,
                limit=found[name],
                after_days=found["share_days"] if measure is StopMeasure.SHARE_IN_USE else None,
            )
            for measure, name in _MEASURE_FIELDS.items()
            if found[name] is not None
        )


_MEASURE_FIELDS: Final[Mapping[StopMeasure, str]] = {
    StopMeasure.SHARE_IN_USE: "share",
    StopMeasure.CRITICAL_FAULTS: "faults",
    StopMeasure.EVALUATIONS_ANSWERED: "evaluations",
}


class FigureForm(forms.Form):
    measure = forms.ChoiceField(label=_("Hva tallet gjelder"))
    value = forms.IntegerField(
        label=_("Tallet"), min_value=0, max_value=999, help_text=_("Hele prosent, eller antall.")
    )
    figure_on = DayField(label=_("Dato for tallet"))
    link = forms.URLField(
        label=_("Lenke til der tallet står"),
        max_length=300,
        assume_scheme="https",
        error_messages={"required": _("Legg ved en lenke til der tallet står.")},
    )

    def __init__(self, measures: Iterable[StopMeasure], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _choose(
            self.fields["measure"],
            ((one.value, str(texts.STOP_MEASURES[one])) for one in measures),
        )


class OverrideForm(forms.Form):
    case = forms.ChoiceField(
        label=_("Sak der koordineringsgruppen har besluttet det"),
        error_messages={"required": _("Velg saken.")},
    )
    reason = forms.CharField(
        label=_("Hvorfor puljen kan inviteres likevel"),
        max_length=500,
        widget=_text(3),
        help_text=_("Kommunene som inviteres, får se det."),
        error_messages={"required": _("Skriv hvorfor. Kommunene får se det.")},
    )

    def __init__(self, cases: Iterable[Case], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _choose(
            self.fields["case"],
            [
                ("", gettext("Velg sak")),
                *((str(one.pk), f"{one.number_words} {one.title}") for one in cases),
            ],
        )


def limit_words(measure: StopMeasure, limit: int, after_days: int | None = None) -> str:
    """«minst 60 % 90 dager etter start», «høyst 2»."""
    if measure in AT_MOST:
        return gettext("høyst %(limit)s") % {"limit": formats.number(limit)}
    share = formats.percent(limit / 100)
    if after_days is None:
        return gettext("minst %(share)s") % {"share": share}
    return gettext("minst %(share)s %(days)d dager etter start") % {
        "share": share,
        "days": after_days,
    }
