"""The glossary names every table of ours and every closed list of the rules."""

import importlib
import inspect
import pkgutil
import re
from enum import Enum
from pathlib import Path

from django.apps import apps

import samlop

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
    names = set()
    for module in pkgutil.walk_packages(samlop.__path__, "samlop."):
        if ".rules" in module.name or module.name.startswith("samlop.planner.engine"):
            loaded = importlib.import_module(module.name)
            names |= {
                name
                for name, value in vars(loaded).items()
                if inspect.isclass(value)
                and issubclass(value, Enum)
                and value.__module__ == loaded.__name__
                and not name.startswith("_")
            }
    return names


def test_every_table_has_an_entry() -> None:
    assert {"Municipality", "Person", "Event"} <= tables()
    assert tables() - glossary() == set()


def test_every_closed_list_has_an_entry() -> None:
    assert {"Role", "RegionKind"} <= closed_lists()
    assert closed_lists() - glossary() == set()


def test_no_entry_is_left_of_something_gone() -> None:
    assert glossary() - tables() - closed_lists() == set()
