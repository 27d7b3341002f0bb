"""«Rom for nytt» for two municipalities of three, drawn with a fixed seed; the rest are silent."""

import random
from datetime import date
from typing import Final

from samlop.audit.services import change
from samlop.example.systems import SEED
from samlop.lib.actors import Actor
from samlop.lib.quarters import Quarter
from samlop.municipalities.models import Municipality, MunicipalityCode, RoomAnswer
from samlop.municipalities.rules.kinds import Room

QUARTERS: Final = 4
ANSWERED: Final = 0.66
WEIGHTS: Final = ((Room.PLENTY, 25), (Room.SOME, 50), (Room.FULL, 25))


def load(*, by: Actor, on: date, silent: str) -> int:
    """Answers for this quarter and the three after; `silent` is left for a person to answer."""
    if RoomAnswer.objects.exists():
        return 0
    dice = random.Random(SEED)  # noqa: S311 - a fixed draw, not a secret
    first = Quarter.of(on)
    answers: list[RoomAnswer] = []
    codes = MunicipalityCode.objects.valid_on(on).order_by("number")
    for number, municipality in codes.values_list("number", "municipality_id"):
        answers_at_all = dice.random() < ANSWERED
        drawn = dice.choices(
            [room for room, _ in WEIGHTS], [share for _, share in WEIGHTS], k=QUARTERS
        )
        if answers_at_all and number != silent:
            answers += [
                RoomAnswer(
                    municipality_id=municipality,
                    quarter=first.plus(ahead).starts_on,
                    room=room.value,
                )
                for ahead, room in enumerate(drawn)
            ]
    with change("example.room.loaded", by=by) as record:
        made = RoomAnswer.objects.bulk_create(answers)
        if made:
            # The events of a draw would fill every municipality's history with nothing meant.
            record(Municipality.objects.get(pk=made[0].municipality_id))
        else:
            record.nothing_changed()
    return len(made)
