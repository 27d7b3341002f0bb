"""Two at once in the library and in a copy: the second waits, and is then told.

As in tests/domain/municipalities/test_races.py: whoever calls the replaced function waits for a
rival that calls it too. With the lock the rival never arrives.
"""

import pytest

from samlop.portfolio.models import LocalCopy, LocalRow, MaterialText, MaterialUse, MaterialVersion
from samlop.portfolio.queries import copies as copy_queries
from samlop.portfolio.rules import copies as copy_rules
from samlop.portfolio.rules import rich_text
from samlop.portfolio.rules.material import MaterialKind, Use
from samlop.portfolio.services import copies as services
from samlop.portfolio.services import material as material_services
from samlop.portfolio.services.material import Details, Edition
from tests import factories as make
from tests.domain.municipalities.test_races import both, meet
from tests.domain.portfolio.test_copies import AT, BOKMAL, BY, ON, copied, template

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_answer_the_same_row(monkeypatch: pytest.MonkeyPatch) -> None:
    copy = copied(template())
    meet(monkeypatch, copy_rules, "clean")

    def answer(words: str) -> None:
        services.answer(copy=copy, key="r1", answers={"measure": words}, seen=0, by=BY, at=AT)

    refused = both(lambda: answer("Mitt"), lambda: answer("Ditt"))

    assert len(refused) == 1
    assert LocalRow.objects.get(key="r1").revision == 1


def test_two_who_copy_the_same_template(monkeypatch: pytest.MonkeyPatch) -> None:
    material, here = template(), make.municipality()
    text = MaterialText.objects.select_related("version").get(version__material=material)
    meet(monkeypatch, copy_queries, "copy_pk")

    def copy() -> None:
        services.make(text=text, municipality=here, by=BY, at=AT)

    assert len(both(copy, copy)) == 1
    assert LocalCopy.objects.count() == 1


def test_two_who_publish_the_next_version(monkeypatch: pytest.MonkeyPatch) -> None:
    material = material_services.add(
        details=Details(title="Brev", kind=MaterialKind.INFORMATION),
        editions=[Edition(language=BOKMAL, body="En")],
        by=BY,
        at=AT,
    )
    meet(monkeypatch, rich_text, "plain")

    def publish(words: str) -> None:
        material_services.publish(
            material=material,
            editions=[Edition(language=BOKMAL, body=words)],
            note=words,
            based_on=1,
            review_on=None,
            by=BY,
            on=ON,
            at=AT,
        )

    refused = both(lambda: publish("To"), lambda: publish("Også to"))

    assert len(refused) == 1
    assert "publiserte versjon 2 mens du skrev" in refused[0]
    assert MaterialVersion.objects.filter(material=material).count() == 2


def test_two_downloads_at_once_are_both_counted() -> None:
    text = MaterialText.objects.get(version__material=template())

    def count() -> None:
        material_services.count_use(text_id=text.pk, use=Use.DOWNLOADED, on=ON)

    both(*[count] * 4)

    assert MaterialUse.objects.get().count == 4
