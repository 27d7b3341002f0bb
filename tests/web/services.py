"""Which changes each page can lead to: read from the source, through every call in between.

A service asks nobody for leave; the page in front of it does (ADR 4). So what a role may change is
what the pages let her reach, and a service that no page of the matrix leads to must say why.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from inspect import unwrap
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Module:
    name: str
    tree: ast.Module
    # What a name in the module stands for: a module, or something of one.
    imported: dict[str, str] = field(default_factory=dict)


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Module]:
    found = {}
    for file in (ROOT / "samlop").rglob("*.py"):
        if "migrations" in file.parts or "engine" in file.parts:
            continue
        module = Module(module_name(file), ast.parse(file.read_text(encoding="utf-8")))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for one in node.names:
                    module.imported[one.asname or one.name] = f"{node.module}.{one.name}"
            elif isinstance(node, ast.Import):
                for one in node.names:
                    module.imported[one.asname or one.name] = one.name
        found[module.name] = module
    return found


def target(name: str) -> str:
    """Where something is defined, however many modules hand it on."""
    for _ in range(10):
        owner, _, last = name.rpartition(".")
        if owner not in modules() or name in definitions():
            return name
        handed_on = modules()[owner].imported.get(last)
        if handed_on is None:
            return name
        name = handed_on
    return name


@cache
def definitions() -> dict[str, ast.AST]:
    """Every function, class and value on the outside of a module."""
    found: dict[str, ast.AST] = {}
    for module in modules().values():
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[f"{module.name}.{node.name}"] = node
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for one in targets:
                    if isinstance(one, ast.Name):
                        found[f"{module.name}.{one.id}"] = node
    return found


@cache
def calls() -> dict[str, set[str]]:
    """What each definition speaks of, in itself or by way of a module."""
    return {
        name: {
            target(spoken_of)
            for part in _free(node, frozenset())
            if (spoken_of := _full_name(part, modules()[name.rpartition(".")[0]])) is not None
        }
        for name, node in definitions().items()
    }


_OWN_SCOPE = (
    ast.FunctionDef
    | ast.AsyncFunctionDef
    | ast.Lambda
    | ast.ListComp
    | ast.SetComp
    | ast.DictComp
    | ast.GeneratorExp
)


def _free(node: ast.AST, bound: frozenset[str]) -> Iterator[ast.AST]:
    """The names and attributes that are not of something local, which may be called the same."""
    if isinstance(node, ast.Name | ast.Attribute):
        named = node.value if isinstance(node, ast.Attribute) else node
        if isinstance(named, ast.Name):
            if named.id not in bound and isinstance(named.ctx, ast.Load):
                yield node
            return
    inside = bound | _bound_in(node) if isinstance(node, _OWN_SCOPE) else bound
    for part in ast.iter_child_nodes(node):
        # What is said of an argument, or beside a function, is read outside of it.
        outside = isinstance(part, ast.arguments) or part in getattr(node, "decorator_list", ())
        yield from _free(part, bound if outside else inside)


def _bound_in(node: ast.AST) -> set[str]:
    found = set()
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.arg):
            found.add(part.arg)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        if not isinstance(part, _OWN_SCOPE | ast.ClassDef):
            waiting += ast.iter_child_nodes(part)
    return found


def _full_name(node: ast.AST, module: Module) -> str | None:
    if isinstance(node, ast.Name):
        own = f"{module.name}.{node.id}"
        return own if own in definitions() else module.imported.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        inside = module.imported.get(node.value.id)
        return f"{inside}.{node.attr}" if inside else None
    return None


def services() -> set[str]:
    """By the house's rule a change is a public function of `services` that is told by whom."""
    return {
        name
        for name, node in definitions().items()
        if isinstance(node, ast.FunctionDef)
        and ".services" in name
        and not name.startswith(("samlop.audit.", "samlop.web."))
        and not node.name.startswith("_")
        and any(argument.arg == "by" for argument in node.args.kwonlyargs)
    }


def leads_to(name: str) -> set[str]:
    """Everything that is reached from there."""
    seen: set[str] = set()
    waiting = [target(name)]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += calls().get(one, ())
    return seen


def services_of_views() -> dict[str, set[str]]:
    """The changes that each named address can lead to."""

    def walk(
        patterns: list[URLPattern | URLResolver], area: str = ""
    ) -> Iterator[tuple[str, set[str]]]:
        for one in patterns:
            if isinstance(one, URLResolver):
                inside = f"{one.namespace}:" if one.namespace else ""
                yield from walk(one.url_patterns, area + inside)
            else:
                view = unwrap(one.callback)
                view = getattr(view, "view_class", view)
                reached = leads_to(f"{view.__module__}.{view.__name__}")
                yield f"{area}{one.name}", reached & services()

    return dict(walk(get_resolver().url_patterns))
