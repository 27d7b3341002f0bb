"""Material of a solution that the programme people of `world` keep, and copies of a template."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from samlop.lib.actors import Machine
from samlop.municipalities.rules.kinds import LanguageForm
from samlop.portfolio.models import LocalCopy, Material, MaterialText, Solution
from samlop.portfolio.rules.copies import RowText, TemplateKind
from samlop.portfolio.rules.material import MaterialKind
from samlop.portfolio.services import copies as copy_services
from samlop.portfolio.services import material as services
from samlop.portfolio.services.material import Details, Edition, Upload
from tests import factories as make
from tests.rules.test_files import PDF
from tests.web.people.conftest import Hold, SignIn, World, hold, sign_in, world

__all__ = ["Hold", "SignIn", "World", "hold", "sign_in", "world"]

BY = Machine("tests")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = date(2026, 3, 2)
BOKMAL, NYNORSK = LanguageForm.BOKMAL, LanguageForm.NYNORSK
# What somebody in Gjerstad wrote in the copy; no other page may hold it.
SECRET = "Serverrommet står ulåst om natta"

ROWS = (
    RowText(
        key="r1",
        section="Tilgang",
        heading="=HYPERLINK(1)",
        body="Nysgjerrighet.",
        suggestion="Gå gjennom loggen hver måned.",
    ),
    RowText(key="r2", section="Drift", heading="Tjenesten er nede", suggestion="Papirrutine."),
)
ROWS_2 = (
    RowText(
        key="r1",
        section="Tilgang",
        heading="=HYPERLINK(1)",
        body="Nysgjerrighet.",
        suggestion="Gå gjennom loggen hver uke.",
    ),
    RowText(key="r2", section="Drift", heading="Tjenesten er nede", suggestion="Papirrutine."),
    RowText(key="r3", section="Tilgang", heading="<script>alert(1)</script>"),
)


@dataclass(frozen=True)
class Shelf:
    """`text` is public, `draft` for the signed-in, `file` has a file, `template` has rows."""

    solution: Solution
    text: Material
    draft: Material
    file: Material
    template: Material

    def key(self) -> str:
        return str(MaterialText.objects.get(version__material=self.file).file.key)  # type: ignore[union-attr]


def add(solution: Solution, title: str, *editions: Edition, **more: object) -> Material:
    details = Details(
        **{  # type: ignore[arg-type]
            "title": title,
            "kind": MaterialKind.INFORMATION,
            "solutions": (solution,),
            **more,
        }
    )
    return services.add(details=details, editions=editions, by=BY, at=AT)


@pytest.fixture
def shelf(world: World) -> Shelf:
    solution = make.solution(name="Kjernejournal", slug="own")
    file = add(
        solution,
        "Håndbok",
        Edition(language=BOKMAL, upload=Upload("handbok.pdf", PDF)),
        kind=MaterialKind.TRAINING,
    )
    text = MaterialText.objects.get(version__material=file)
    services.record_words(text_id=text.pk, words="Kommunene samstemmer legemiddellistene ofte")
    template = services.add(
        details=Details(title="ROS-mal", kind=MaterialKind.ROS, solutions=(solution,)),
        editions=[Edition(language=BOKMAL, rows=ROWS)],
        template=TemplateKind.ROS,
        by=BY,
        at=AT,
    )
    return Shelf(
        solution=solution,
        text=add(
            solution,
            "Brev til ansatte",
            Edition(language=BOKMAL, body="Hei **alle**\n\n- <script>alert(1)</script>"),
            Edition(language=NYNORSK, title="Brev til tilsette", body="Hei"),
        ),
        draft=add(solution, "Hemmelig utkast", Edition(language=BOKMAL, body="x"), is_public=False),
        file=file,
        template=template,
    )


def publish(template: Material, *rows: RowText, number: int = 1) -> None:
    services.publish(
        material=template,
        editions=[Edition(language=BOKMAL, rows=rows or ROWS_2)],
        note="Oftere kontroll.",
        based_on=number,
        review_on=None,
        by=BY,
        on=ON,
        at=AT,
    )


@pytest.fixture
def copy(shelf: Shelf, world: World) -> LocalCopy:
    """Gjerstad's copy, one row answered."""
    made = copy_services.make(
        text=MaterialText.objects.get(version__material=shelf.template),
        municipality=world.here,
        by=BY,
        at=AT,
    )
    copy_services.answer(
        copy=made, key="r1", answers={"measure": SECRET, "likelihood": "3"}, seen=0, by=BY, at=AT
    )
    return made
