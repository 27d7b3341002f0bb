"""The glossary names every table of ours and every closed list of the rules."""

import ast
import re
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]


def glossary() -> set[str]:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


def tables() -> set[str]:
    """Our own tables; those that pghistory makes for their history are named after them."""
    return {
        model.__name__
        for app in apps.get_app_configs()
        if app.name.startswith("samlop.")
        for model in app.get_models()
        if not hasattr(model, "pgh_tracked_model")
    }


def closed_lists() -> set[str]:
    """Enums of the rules, read and not loaded: some of the engine's solvers share no process."""
    found = set()
    for pattern in ("*/rules.py", "*/rules/**/*.py", "planner/engine/**/*.py"):
        for file in (ROOT / "samlop").glob(pattern):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                    if bases & {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}:
                        found.add(node.name)
    return found


def test_every_table_has_an_entry() -> None:
    assert {"Municipality", "Person", "Event"} <= tables()
    assert tables() - glossary() == set()


def test_every_closed_list_has_an_entry() -> None:
    assert {"Role", "RegionKind"} <= closed_lists()
    assert closed_lists() - glossary() == set()


def test_no_entry_is_left_of_something_gone() -> None:
    assert glossary() - tables() - closed_lists() == set()
