"""What templates and static files must never do, and what is written where."""

import hashlib
import json
import re
from pathlib import Path

import jinja2
import pytest
from django.template import engines

import samlop.web
import tests.browser

WEB = Path(samlop.web.__file__).parent
TEMPLATES = WEB / "templates"
STATIC = WEB / "static"
ALL = sorted(file.relative_to(TEMPLATES).as_posix() for file in TEMPLATES.rglob("*.html"))
# Drawn from the municipalities' own points: there is no made-up Norway to draw.
NOT_IN_THE_GALLERY = {"components/map.html"}
VENDORED = (STATIC / "vendor", Path(tests.browser.__file__).parent / "vendor")

# The content security policy would refuse each of these at the reader's, without a word to us.
REFUSED_BY_POLICY = {
    "an inline style": r"\sstyle\s*=",
    "a <style>": r"<style\b",
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "an event handler": r"\son[a-z]+\s*=",
    "hx-on, which needs eval": r"\shx-on\b",
    "something from another site": r"(?:src|href)\s*=\s*[\"'](?:https?:)?//",
}


def test_there_are_templates_to_look_at() -> None:
    assert "base.html" in ALL


@pytest.mark.parametrize("name", ALL)
def test_every_template_can_be_read(name: str) -> None:
    engines["jinja2"].get_template(name)


@pytest.mark.parametrize("name", ALL)
def test_templates_hold_nothing_the_security_policy_refuses(name: str) -> None:
    text = re.sub(r"\{#.*?#\}", "", (TEMPLATES / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    found = [what for what, form in REFUSED_BY_POLICY.items() if re.search(form, text)]
    assert not found


@pytest.mark.parametrize("name", ALL)
def test_every_static_file_named_in_a_template_exists(name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    missing = [
        path
        for path in re.findall(r"""static\(["']([^"']+)["']\)""", text)
        if not (STATIC / path).is_file()
    ]
    assert not missing


@pytest.mark.parametrize(
    "name",
    [name for name in ALL if name.startswith("components/") and name not in NOT_IN_THE_GALLERY],
)
def test_every_component_is_in_the_gallery_or_in_one_that_is(name: str) -> None:
    """The gallery extends base.html, so what stands there is shown as well."""
    users = ["base.html", "frame.html", "shell/gallery.html"]
    sources = [(TEMPLATES / user).read_text(encoding="utf-8") for user in users]
    assert any(f'from "{name}" import' in source for source in sources)


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_marked_safe_in_a_template(name: str) -> None:
    """Escaping is turned off nowhere: what is HTML already says so by its type."""
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape", text)


def test_own_style_and_modules_hold_only_paths_that_exist() -> None:
    for file in STATIC.glob("*.css"):
        for path in re.findall(r'url\("([^"]+)"\)', file.read_text(encoding="utf-8")):
            assert path.startswith("data:") or (STATIC / path).is_file(), path


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.parent.name)
def test_vendored_files_are_the_ones_that_were_copied(folder: Path) -> None:
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    there = {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file() and file.name != "manifest.json"
    }
    assert there == listed


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.parent.name)
def test_every_vendored_folder_carries_its_licence(folder: Path) -> None:
    packages = [one for one in folder.iterdir() if one.is_dir()]
    assert packages
    assert all((package / "LICENSE").is_file() for package in packages)


def test_versions_are_exact_and_htmx_stays_on_the_one_we_know() -> None:
    package = json.loads(
        (WEB.parent.parent / "frontend" / "package.json").read_text(encoding="utf-8")
    )
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert versions["htmx.org"].startswith("2.0.")
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())


def test_the_lock_of_the_front_end_names_no_address() -> None:
    lock = (WEB.parent.parent / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "://" not in re.sub(r'"url": "[^"]*"', "", lock)


def test_a_misspelt_variable_is_an_error() -> None:
    env = engines["jinja2"].env  # type: ignore[attr-defined]
    assert issubclass(env.undefined, jinja2.StrictUndefined)
