"""Writing to many municipalities: a message to those chosen, and information beforehand.

Written, seen as one municipality gets it, and then sent: nothing goes out in one step.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from samlop.db.text_keys import nb_sort_key
from samlop.municipalities.models import MunicipalityCode
from samlop.rollouts.models import Mailing, Rollout
from samlop.rollouts.queries import mailings as queries
from samlop.rollouts.queries import private
from samlop.rollouts.queries.rollouts import target_of
from samlop.rollouts.rules.answers import Reason
from samlop.rollouts.rules.before import Stance
from samlop.rollouts.rules.followup import (
    MOST_SUBJECT,
    MOST_WORDS,
    FollowRefusal,
    MailingKind,
    MergeField,
    merged,
    paragraphs,
    used_fields,
)
from samlop.rollouts.services import followup as services
from samlop.rollouts.texts import answers as answer_texts
from samlop.rollouts.texts import before as before_texts
from samlop.rollouts.texts import followup as texts
from samlop.web import clock, form_page, render
from samlop.web.acting import Acting
from samlop.web.addresses import changed
from samlop.web.fields import DayField
from samlop.web.request import Request
from samlop.web.rollouts import table
from samlop.web.rollouts.frame import Frame, address, frame, load
from samlop.web.rollouts.rights import require_work
from samlop.web.signed_in import signed_in_only

page_or_post = require_http_methods(["GET", "HEAD", "POST"])
FIELDS_OF_REFUSALS: Mapping[StrEnum, str] = {
    FollowRefusal.NO_SUBJECT: "subject",
    FollowRefusal.NO_WORDS: "words",
    FollowRefusal.UNKNOWN_FIELD: "words",
    FollowRefusal.DAY_HAS_PASSED: "invitation_on",
}


class MessageForm(forms.Form):
    """The text; merge fields stand in braces."""

    subject = forms.CharField(
        label=_("Emne"),
        max_length=MOST_SUBJECT,
        error_messages={"required": _("Skriv et emne, så mottakerne ser hva meldingen gjelder.")},
    )
    words = forms.CharField(
        label=_("Tekst"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("Skriv en tekst.")},
    )


class NoticeForm(MessageForm):
    invitation_on = DayField(
        label=_("Når invitasjonen er planlagt sendt"),
        required=False,
        help_text=_("Står i e-posten. La feltet stå tomt hvis dere ikke vet det ennå."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The text as the first of the municipalities gets it."""

    municipality: str
    subject: str
    paragraphs: tuple[str, ...]
    # How many it goes to, in how many municipalities, and those with nobody to write to.
    words: str
    reaches: bool
    nobody: tuple[str, ...]
    # Merge fields that are not known for some, with those.
    holes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Received:
    """A text that was sent, and how many it reached."""

    subject: str
    day: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    frame: Frame
    form: MessageForm
    # Numbers and names of those it is for.
    chosen: tuple[tuple[str, str], ...]
    chosen_words: str
    fields: tuple[tuple[str, str], ...]
    preview: Preview | None
    back: str
    # What her list showed, so that she comes back to the same.
    listed: str
    sent: tuple[Received, ...]


# A list's query string is no longer than this.
_LONGEST_LIST: Final = 600


@page_or_post
@signed_in_only
def message(request: Request, slug: str) -> HttpResponse:
    """A message to those ticked in the table, or to all of the list."""
    rollout = load(request, slug)
    by = require_work(request, rollout)
    on = clock.today()
    found = frame(request, rollout, active="municipalities")
    names = _names(on)
    shown = changed(QueryDict(request.POST.get("liste", "")[:_LONGEST_LIST].lstrip("?")))
    back = address(rollout, "municipalities") + shown
    if "alle" in request.GET:
        listed = table.Table.of(rollout, request.GET, on=on, reach=found.standing.reach)
        numbers = {row.number for row in listed.rows}
    else:
        numbers = set(request.POST.getlist("kommune")) & names.keys()
    if not numbers:
        messages.info(request, str(texts.REFUSALS[FollowRefusal.NOBODY_CHOSEN]))
        return redirect(back)
    # From the table comes only the choice; from here also what was written.
    written = "subject" in request.POST
    form = MessageForm(request.POST if written else None)
    chosen = {names[number][0]: number for number in numbers}
    preview = None
    if written and form.is_valid():
        subject, words = form.cleaned_data["subject"], form.cleaned_data["words"]
        if "send" in request.POST:
            sent = form_page.made(
                form,
                lambda: services.send(
                    rollout=rollout,
                    kind=MailingKind.MESSAGE,
                    subject=subject,
                    words=words,
                    municipalities=list(chosen),
                    by=by,
                    on=on,
                    at=timezone.now(),
                ),
                FIELDS_OF_REFUSALS,
            )
            if sent is not None:
                messages.success(request, _sent_words(sent))
                return redirect(back)
        elif _can_be_sent(rollout, form):
            preview = _preview(rollout, form, list(chosen), names, on)
    page = MessagePage(
        frame=found,
        form=form,
        chosen=_sorted(numbers, names),
        chosen_words=_count_words(len(chosen)),
        fields=_fields(),
        preview=preview,
        back=back,
        listed=shown,
        sent=_before(rollout, MailingKind.MESSAGE),
    )
    status = 422 if form.errors else 200
    return render.page(request, "rollouts/message.html", page, status=status)


# --- information beforehand ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a municipality has said of the solution."""

    name: str
    address: str
    stance: str
    why: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePage:
    frame: Frame
    # None when everybody in the target group has had it, or nobody is in it.
    form: NoticeForm | None
    waiting_words: str
    fields: tuple[tuple[str, str], ...]
    preview: Preview | None
    sent: tuple[Received, ...]
    replies: tuple[Reply, ...]
    interested: int
    fits_badly: int


@page_or_post
@signed_in_only
def notice(request: Request, slug: str) -> HttpResponse:
    """Information to the target group before anybody is asked; nobody gets it twice."""
    rollout = load(request, slug)
    by = require_work(request, rollout)
    on = clock.today()
    found = frame(request, rollout, active="municipalities")
    waiting = target_of(rollout, on) - queries.told_beforehand(rollout)
    form: NoticeForm | None = None
    preview = None
    if request.method == "POST":
        form = NoticeForm(request.POST)
        if form.is_valid():
            if "send" in request.POST:
                sent = _send_notice(rollout, form, waiting, by, on)
                if sent is not None:
                    messages.success(request, _sent_words(sent))
                    return redirect(address(rollout, "notice"))
            elif _can_be_sent(rollout, form):
                preview = _preview(rollout, form, waiting, _names(on), on)
    elif waiting:
        form = NoticeForm(initial=_usual(rollout))
    replies = _replies(rollout, found, on)
    page = NoticePage(
        frame=found,
        form=form,
        waiting_words=_count_words(len(waiting)),
        fields=_fields(),
        preview=preview,
        sent=_before(rollout, MailingKind.ADVANCE_NOTICE),
        replies=replies,
        interested=sum(
            one.stance == str(before_texts.STANCES[Stance.INTERESTED]) for one in replies
        ),
        fits_badly=sum(
            one.stance == str(before_texts.STANCES[Stance.FITS_BADLY]) for one in replies
        ),
    )
    status = 422 if form is not None and form.errors else 200
    return render.page(request, "rollouts/notice.html", page, status=status)


def _send_notice(
    rollout: Rollout, form: NoticeForm, waiting: Collection[int], by: Acting, on: date
) -> Mailing | None:
    return form_page.made(
        form,
        lambda: services.send(
            rollout=rollout,
            kind=MailingKind.ADVANCE_NOTICE,
            subject=form.cleaned_data["subject"],
            words=form.cleaned_data["words"],
            invitation_on=form.cleaned_data["invitation_on"],
            municipalities=waiting,
            by=by,
            on=on,
            at=timezone.now(),
        ),
        FIELDS_OF_REFUSALS,
    )


def _usual(rollout: Rollout) -> dict[str, str]:
    """A beginning to write on from."""
    return {
        "subject": gettext("Det planlegges felles innføring: %(name)s") % {"name": rollout.name},
        "words": gettext(
            "Til {kommune}\n\n%(summary)s\n\nInvitasjonen kommer senere, med alt dere trenger for "
            "å bestemme dere. Spørsmål? Kontaktpersonen i {kontaktperson} hjelper dere."
        )
        % {"summary": rollout.summary or rollout.name},
    }


def _replies(rollout: Rollout, found: Frame, on: date) -> tuple[Reply, ...]:
    names = {pk: (number, name) for number, (pk, name) in _names(on).items()}
    rows = private.interests(rollout.solution_id, found.standing.reach, on)
    replies = [
        Reply(
            name=names[row.municipality_id][1],
            address=address(rollout, "municipality", names[row.municipality_id][0]),
            stance=str(before_texts.STANCES[Stance(row.stance)]),
            why=" – ".join(
                part
                for part in (
                    str(answer_texts.REASONS[Reason(row.reason)]) if row.reason else "",
                    row.text,
                )
                if part
            ),
            day=timezone.localtime(row.recorded_at).date(),
        )
        for row in rows
        if row.municipality_id in names
    ]
    return tuple(sorted(replies, key=lambda one: nb_sort_key(one.name)))


# --- what both need ---


def _names(on: date) -> dict[str, tuple[int, str]]:
    """The municipalities of the day by number. One query."""
    rows = MunicipalityCode.objects.valid_on(on)
    return {
        number: (pk, name)
        for number, pk, name in rows.values_list("number", "municipality_id", "qualified_name")
    }


def _sorted(
    numbers: Collection[str], names: Mapping[str, tuple[int, str]]
) -> tuple[tuple[str, str], ...]:
    pairs = ((number, names[number][1]) for number in numbers)
    return tuple(sorted(pairs, key=lambda pair: nb_sort_key(pair[1])))


def _can_be_sent(rollout: Rollout, form: MessageForm) -> bool:
    return form_page.accepted(
        form,
        lambda: services.check(
            rollout=rollout,
            subject=form.cleaned_data["subject"],
            words=form.cleaned_data["words"],
        ),
        FIELDS_OF_REFUSALS,
    )


def _preview(
    rollout: Rollout,
    form: MessageForm,
    municipalities: Collection[int],
    names: Mapping[str, tuple[int, str]],
    on: date,
) -> Preview | None:
    by_pk = dict(names.values())
    known = sorted(
        (pk for pk in municipalities if pk in by_pk), key=lambda pk: nb_sort_key(by_pk[pk])
    )
    if not known:
        return None
    first = known[0]
    values = queries.values(rollout, known, on)
    filled = values[first]
    used = used_fields(f"{form.cleaned_data['subject']} {form.cleaned_data['words']}")
    people = queries.people_in(known, on)
    count = len({person.pk for found in people.values() for person in found})
    return Preview(
        municipality=by_pk[first],
        subject=merged(form.cleaned_data["subject"], filled),
        paragraphs=paragraphs(merged(form.cleaned_data["words"], filled)),
        words=_people_words(count, len(people)),
        reaches=count > 0,
        nobody=tuple(by_pk[pk] for pk in known if pk not in people),
        holes=tuple(
            (f"{{{field.value}}}", _some(empty))
            for field in MergeField
            if field in used and (empty := [by_pk[pk] for pk in known if not values[pk][field]])
        ),
    )


def _some(names: list[str], most: int = 8) -> str:
    shown = ", ".join(names[:most])
    return gettext("%(names)s og flere") % {"names": shown} if len(names) > most else shown


def _fields() -> tuple[tuple[str, str], ...]:
    return tuple((f"{{{field.value}}}", str(texts.FIELDS[field])) for field in MergeField)


def _before(rollout: Rollout, kind: MailingKind) -> tuple[Received, ...]:
    found = []
    for mailing in queries.sent(rollout, kind):
        reached = [one.people for one in mailing.recipients.all() if one.people]
        found.append(
            Received(
                mailing.subject,
                timezone.localtime(mailing.sent_at).date(),
                _count_words(len(reached)),
            )
        )
    return tuple(found)


def _count_words(count: int) -> str:
    return ngettext("%(num)s kommune", "%(num)s kommuner", count) % {"num": count}


def _people_words(people: int, municipalities: int) -> str:
    return gettext("%(people)s i %(municipalities)s får e-posten.") % {
        "people": ngettext("%(num)s person", "%(num)s personer", people) % {"num": people},
        "municipalities": _count_words(municipalities),
    }


def _sent_words(mailing: Mailing) -> str:
    reached = mailing.recipients.filter(people__gt=0).count()
    return gettext("Sendt til %(municipalities)s.") % {"municipalities": _count_words(reached)}
