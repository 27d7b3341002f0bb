"""The machinery of translations, on catalogues made for the purpose."""

from pathlib import Path

import pytest
from babel.messages import Catalog

from samlop.web import catalogues


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one module and one template, and one language to translate to."""
    root = tmp_path / "samlop"
    templates = root / "web" / "templates"
    templates.mkdir(parents=True)
    (root / "one.py").write_text(
        "from django.utils.translation import gettext as _, ngettext\n"
        "_('Lagre')\n"
        "_('Hei, %(name)s')\n"
        "ngettext('%(num)d kommune', '%(num)d kommuner', 2)\n",
        encoding="utf-8",
    )
    (templates / "one.html").write_text(
        '{{ _("Avbryt") }}{% trans %}\n  To\n  linjer\n{% endtrans %}', encoding="utf-8"
    )
    monkeypatch.setattr(catalogues, "PACKAGE", root)
    monkeypatch.setattr(catalogues, "LOCALE", root / "locale")
    monkeypatch.setattr(catalogues, "LANGUAGES", ("nn",))
    catalogues.update("nn")
    return root


def translate(**strings: str | tuple[str, str]) -> None:
    """Fill in by the first word of the source text; the rest gets something acceptable."""
    catalogue = catalogues.read("nn")
    defaults: dict[str, str | tuple[str, str]] = {
        "Lagre": "Lagre",
        "Hei, %(name)s": "Hei, %(name)s",
        "%(num)d kommune": ("%(num)d kommune", "%(num)d kommunar"),
        "Avbryt": "Avbryt",
        "To linjer": "To linjer",
    }
    for words, text in {**defaults, **strings}.items():
        message = catalogue.get(words)
        assert message is not None, words
        message.string = text
    catalogues.write("nn", catalogue)


def test_words_are_gathered_from_code_and_templates(package: Path) -> None:
    found = {catalogues._singular(message) for message in catalogues.words_in_code() if message.id}

    assert found == {"Lagre", "Hei, %(name)s", "%(num)d kommune", "Avbryt", "To linjer"}


def test_a_complete_catalogue_has_no_problems(package: Path) -> None:
    translate()

    assert list(catalogues.problems()) == []


def test_a_text_without_translation_is_a_problem(package: Path) -> None:
    translate(Lagre="")

    assert list(catalogues.problems()) == ["nn: not translated: 'Lagre'"]


def test_a_plural_needs_both_forms(package: Path) -> None:
    translate(**{"%(num)d kommune": ("%(num)d kommune", "")})

    assert list(catalogues.problems()) == ["nn: not translated: '%(num)d kommune'"]


def test_a_new_text_is_a_problem_until_it_is_gathered(package: Path) -> None:
    translate()
    (package / "two.py").write_text("_('Nytt')\n", encoding="utf-8")

    assert list(catalogues.problems()) == ["nn: not in the catalogue: 'Nytt' (samlop/two.py:1)"]


def test_a_text_that_is_gone_is_a_problem_until_it_is_dropped(package: Path) -> None:
    translate()
    (package / "web" / "templates" / "one.html").write_text("", encoding="utf-8")

    assert sorted(catalogues.problems()) == [
        "nn: no longer in the code: 'Avbryt'",
        "nn: no longer in the code: 'To linjer'",
    ]
    catalogues.update("nn")
    assert list(catalogues.problems()) == []


def test_gathering_again_keeps_what_was_translated(package: Path) -> None:
    translate(Lagre="Lagra")
    before = catalogues.path("nn").read_bytes()

    assert catalogues.update("nn") == 0
    assert catalogues.path("nn").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "text", "problem"),
    [
        ("Hei, %(name)s", "Hei", "placeholders differ"),
        ("Hei, %(name)s", "Hei, %(namn)s", "placeholders differ"),
        ("%(num)d kommune", ("%(tal)d kommune", "%(num)d kommunar"), "unknown placeholder"),
        ("%(num)d kommune", ("éin kommune", "kommunar"), "placeholders differ"),
        ("Lagre", "Lagre ", "spaces at the ends differ"),
        ("Lagre", "Lagre 5 %", "bare percent sign"),
    ],
)
def test_a_translation_that_would_break_the_page_is_a_problem(
    package: Path, words: str, text: str | tuple[str, str], problem: str
) -> None:
    translate(**{words: text})

    assert list(catalogues.problems()) == [f"nn: {problem}: {words!r}"]


def test_a_singular_may_leave_the_number_out(package: Path) -> None:
    translate(**{"%(num)d kommune": ("éin kommune", "%(num)d kommunar")})

    assert list(catalogues.problems()) == []


def test_a_fuzzy_entry_is_a_problem(package: Path) -> None:
    translate()
    file = catalogues.path("nn")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('msgid "Lagre"', '#, fuzzy\nmsgid "Lagre"'), encoding="utf-8")

    assert list(catalogues.problems()) == ["nn: fuzzy: 'Lagre'"]


def test_a_bare_percent_sign_in_a_template_is_a_problem(package: Path) -> None:
    translate()
    (package / "web" / "templates" / "two.html").write_text('{{ _("5 %") }}', encoding="utf-8")

    assert "write %% for a percent sign" in next(catalogues.problems())


def test_a_doubled_percent_sign_in_a_template_is_right(package: Path) -> None:
    template = package / "web" / "templates" / "two.html"
    template.write_text('{{ _("5 %% av 10 %%") }}', encoding="utf-8")
    catalogues.update("nn")
    translate(**{"5 %% av 10 %%": "5 %% av 10 %%"})

    assert list(catalogues.problems()) == []


def test_a_catalogue_is_compiled_when_it_is_missing_or_old_and_not_otherwise(
    package: Path,
) -> None:
    translate(Lagre="Lagra")

    assert catalogues.compile_stale() == ["nn"]
    assert b"Lagra" in catalogues.path("nn", ".mo").read_bytes()
    assert catalogues.compile_stale() == []
    assert [file.suffix for file in catalogues.path("nn").parent.iterdir() if file.suffix] in (
        [".po", ".mo"],
        [".mo", ".po"],
    )


def test_nothing_in_a_catalogue_changes_by_itself(package: Path) -> None:
    text = catalogues.path("nn").read_text(encoding="utf-8")

    assert "POT-Creation-Date" not in text
    assert "Generated-By" not in text
    assert isinstance(catalogues.read("nn"), Catalog)


def test_our_own_catalogues_are_compiled_before_any_page_is_made() -> None:
    """AppConfig.ready has run: every language has a compiled catalogue no older than its text."""
    for language in catalogues.LANGUAGES:
        compiled = catalogues.path(language, ".mo")
        assert compiled.stat().st_mtime_ns >= catalogues.path(language).stat().st_mtime_ns
