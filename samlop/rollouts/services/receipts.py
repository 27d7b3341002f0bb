"""The receipt of an answer: what was registered, by whom, and until when it can be changed."""

from django.utils.translation import gettext as _

from samlop.lib.paper import Facts, Paper, Text
from samlop.municipalities.models import MunicipalityCode
from samlop.municipalities.texts import day_words
from samlop.rollouts.models import Answer, Place, Wait
from samlop.rollouts.queries import answers as queries
from samlop.rollouts.rules.answers import AnswerState, last_day
from samlop.rollouts.texts.answers import MANDATES, REASONS, STATES


def lines(row: Answer) -> tuple[tuple[str, str], ...]:
    """Words and value, in the language that is active. At most six queries."""
    answer = queries.Current.of(row)
    found = [
        (_("Svar"), str(STATES[answer.state])),
        (_("Innføringsløp"), row.rollout.name),
        (_("Gitt av"), answer.given_as),
        (_("Slik er det bekreftet"), str(MANDATES[answer.mandate])),
        (_("Dato"), day_words(answer.given_on)),
    ]
    if answer.case_number:
        found.append((_("Saksnummer hos kommunen"), answer.case_number))
    if answer.expected_on:
        found.append((_("Svar ventes"), day_words(answer.expected_on)))
    if answer.reason:
        found.append((_("Grunn"), str(REASONS[answer.reason])))
    if answer.ask_again_on:
        found.append((_("Spør igjen"), day_words(answer.ask_again_on)))
    if answer.ask_when_gone:
        found.append((_("Spør igjen"), _("når grunnen er borte")))
    if answer.text:
        found.append((_("Kommentar"), answer.text))
    if answer.state is AnswerState.YES:
        found += _of_yes(row)
    return tuple(found)


def _of_yes(row: Answer) -> list[tuple[str, str]]:
    own = {"municipality": row.municipality_id, "solution": row.solution_id}
    place = Place.objects.taken().filter(**own).select_related("cohort").first()
    wishes = [one.cohort.name for one in row.wishes.select_related("cohort")]
    told = row.invitation.change_until if row.invitation is not None else None
    found = []
    if row.hosts_others:
        found.append((_("Vertskommune"), _("Vi er med som vertskommune for flere")))
    if wishes:
        found.append((_("Ønsket pulje"), ", ".join(wishes)))
    if place is not None:
        found += [
            (_("Plass"), place.cohort.name),
            (_("Oppstart"), day_words(place.cohort.starts_on)),
            (_("Kan endres til og med"), day_words(last_day(place.cohort.change_until, told))),
        ]
    elif Wait.objects.filter(**own, ended_at=None).exists():
        found.append((_("Plass"), _("På venteliste")))
    return found


def paper(row: Answer, *, language: str) -> Paper:
    """For the municipality's archive."""
    codes = MunicipalityCode.objects.valid_on(row.given_on).filter(municipality=row.municipality_id)
    name = codes.values_list("qualified_name", flat=True).first() or ""
    return Paper(
        language=language,
        title=_("Svar på invitasjon: %(rollout)s") % {"rollout": row.rollout.name},
        kicker=name,
        foot=_("Kvittering fra Samløp, %(day)s") % {"day": day_words(row.given_on)},
        blocks=[
            Facts(lines(row)),
            Text(
                _(
                    "Svaret er kommunens eget. Det er gitt av en person med fullmakt, "
                    "og alle versjoner av det er bevart i Samløp."
                )
            ),
        ],
    )
