"""The eight solutions of the example, and where each is offered."""

from datetime import date

from samlop.audit.services import change
from samlop.lib.actors import Actor
from samlop.portfolio.models import Offer, Solution
from samlop.portfolio.rules.solutions import Area, SolutionKind

SOLUTIONS = (
    (
        "kjernejournal",
        "Kjernejournal",
        SolutionKind.NATIONAL,
        (Area.NURSING_HOME, Area.HOME_CARE, Area.EMERGENCY_CARE, Area.GENERAL_PRACTICE),
    ),
    (
        "digihelsestasjon",
        "DigiHelsestasjon",
        SolutionKind.MUNICIPAL_JOINT,
        (Area.CHILD_HEALTH,),
    ),
    (
        "velferdsteknologisk-knutepunkt",
        "Velferdsteknologisk knutepunkt",
        SolutionKind.WELFARE_TECHNOLOGY,
        (Area.HOME_CARE, Area.NURSING_HOME, Area.RESPONSE_SERVICE),
    ),
    (
        "helhetlig-tjenestemodell",
        "Helhetlig tjenestemodell",
        SolutionKind.JOINT_PROCESS,
        (Area.HEALTH_AND_CARE,),
    ),
    (
        "pasientens-legemiddelliste",
        "Pasientens legemiddelliste",
        SolutionKind.NATIONAL,
        (Area.NURSING_HOME, Area.HOME_CARE, Area.GENERAL_PRACTICE),
    ),
    ("digihelse", "Digihelse", SolutionKind.MUNICIPAL_JOINT, (Area.HOME_CARE,)),
    (
        "digital-hjemmeoppfolging",
        "Digital hjemmeoppfølging",
        SolutionKind.HOME_FOLLOW_UP,
        (Area.HOME_CARE,),
    ),
    (
        "elektronisk-medisineringsstotte",
        "Elektronisk medisineringsstøtte",
        SolutionKind.WELFARE_TECHNOLOGY,
        (Area.HOME_CARE,),
    ),
)


def load(*, by: Actor, on: date) -> int:
    """Make the solutions that are missing."""
    made = 0
    for slug, name, kind, areas in SOLUTIONS:
        if Solution.objects.filter(slug=slug).exists():
            continue
        with change("example.solution.loaded", by=by) as record:
            solution = Solution.objects.create(slug=slug, name=name, kind=kind.value)
            Offer.objects.bulk_create(Offer(solution=solution, area=area.value) for area in areas)
            record(solution)
        made += 1
    return made
