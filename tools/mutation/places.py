"""Find what can be changed in a module of the source, and change one thing of it."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from tools.mutation.operators import changes, is_left_alone
from typing_extensions import override

if TYPE_CHECKING:
    from pathlib import Path

SHOWN_AT_LEAST = 16
"""Characters that a snippet has, where what is around it allows: `1` alone would say nothing."""
SHOWN_AT_MOST = 100


@dataclass(frozen=True)
class AtImport:
    """What a place that runs only when its module is imported defines; by these names tests reach it."""

    everywhere: frozenset[str]
    """Names that other modules may use: constants, classes, and functions for their defaults."""
    in_module: frozenset[str] = frozenset()
    """Names of attributes of a class, looked for in the class's own module only."""


@dataclass(frozen=True)
class Mutant:
    """One change to one place of one module."""

    path: str
    """The module's file, from the root of the tree, with slashes."""
    module: str
    """The module's name below the top package."""
    scope: str
    """The function or class around the place; empty for the module itself."""
    operator: str
    was: str
    becomes: str
    ordinal: int
    """Tells apart what is otherwise the same; the first is 1."""
    line: int
    lines: tuple[int, int]
    """The first and last line of the statement; of a compound statement only of what stands before its body."""
    at_import: AtImport | None
    """None for what runs when a function is called."""

    @property
    def place(self) -> str:
        """Module, function and, where needed, which of several."""
        whole = ".".join(filter(None, (self.module, self.scope)))
        return whole if self.ordinal == 1 else f"{whole} #{self.ordinal}"

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What stays when lines move: place, operator, old code and new code."""
        return self.place, self.operator, self.was, self.becomes

    def rank(self, seed: int) -> str:
        """Return the mutant's place in the order of a draw; a module that moves or changes leaves the others' alone."""
        facts = (seed, self.scope, self.operator, self.was, self.becomes, self.ordinal)
        return hashlib.sha256(repr(facts).encode()).hexdigest()


class _Site(NamedTuple):
    mutant: Mutant
    node: cst.CSTNode
    changed: cst.CSTNode


def mutants_in(root: Path, path: str) -> list[Mutant]:
    """List every mutant of a module, from top to bottom."""
    return [site.mutant for site in _Finder.look(path, (root / path).read_text(encoding="utf-8"))[1]]


def mutated(source: str, mutant: Mutant) -> str:
    """Return the module's text with the change made; a LookupError says that the text has no such place."""
    module, sites = _Finder.look(mutant.path, source)
    for site in sites:
        if site.mutant.identity == mutant.identity:
            changed = module.deep_replace(site.node, site.changed)
            if isinstance(changed, cst.Module) and _differs(source, changed.code):
                return changed.code
    raise LookupError(mutant.place)


def _differs(before: str, after: str) -> bool:
    return ast.dump(ast.parse(before)) != ast.dump(ast.parse(after))


def module_name(path: str) -> str:
    """Return a module's name without the top package: `src/package/domain/steps.py` is `domain.steps`."""
    return ".".join(path.removesuffix(".py").removesuffix("/__init__").split("/")[2:])


def spread(source: str, names: frozenset[str]) -> frozenset[str]:
    """Add the constants and classes of the module that are made from what the names stand for."""
    made_from: dict[str, set[str]] = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.ClassDef):
            parts = list(ast.walk(statement))
            used = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
            stored = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
            for name in {statement.name} if isinstance(statement, ast.ClassDef) else stored:
                made_from[name] = used
    while more := {name for name, used in made_from.items() if name not in names and used & names}:
        names |= more
    return names


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, path: str, module: cst.Module) -> None:
        super().__init__()
        self.path = path
        self.module = module
        self.stack: list[cst.CSTNode] = []
        self.sites: list[_Site] = []
        self.seen: Counter[tuple[str, ...]] = Counter()

    @classmethod
    def look(cls, path: str, source: str) -> tuple[cst.Module, list[_Site]]:
        # Nodes of a tree that was just parsed are all different, so no copy is needed.
        wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
        finder = cls(path, wrapper.module)
        wrapper.visit(finder)
        return wrapper.module, finder.sites

    @override
    def on_visit(self, node: cst.CSTNode) -> bool:
        if is_left_alone(node):
            self.stack.append(node)
            return False
        if self.stack:
            for operator, changed in changes(node, self.stack[-1]):
                self.add(operator, node, changed)
        self.stack.append(node)
        return True

    @override
    def on_leave(self, original_node: cst.CSTNode) -> None:
        self.stack.pop()

    def add(self, operator: str, node: cst.CSTNode, changed: cst.CSTNode) -> None:
        was, becomes = self.snippets(node, changed)
        scope = ".".join(n.name.value for n in self.stack if isinstance(n, cst.FunctionDef | cst.ClassDef))
        key = (scope, operator, was, becomes)
        self.seen[key] += 1
        lines = self.lines_of_statement(node)
        here = self.get_metadata(PositionProvider, node).start.line
        at_import = None if self.is_late() else self.names()
        mutant = Mutant(self.path, module_name(self.path), *key, self.seen[key], here, lines, at_import)
        self.sites.append(_Site(mutant, node, changed))

    def snippets(self, node: cst.CSTNode, changed: cst.CSTNode) -> tuple[str, str]:
        """Show old and new code with so much around them that it can be read."""
        around = list(self.stack)
        shown = node
        while len(self.code(shown)) < SHOWN_AT_LEAST or isinstance(shown, cst.ComparisonTarget | cst.BaseCompOp):
            outer = around.pop()
            if isinstance(outer, cst.BaseStatement | cst.BaseSuite | cst.CompFor | cst.Parameters | cst.Module):
                break
            shown = outer
        replaced = changed if shown is node else shown.deep_replace(node, changed)
        return self.code(shown), self.code(replaced) if isinstance(replaced, cst.CSTNode) else ""

    def code(self, node: cst.CSTNode) -> str:
        text = " ".join(self.module.code_for_node(node).split()).rstrip(",")
        return text if len(text) <= SHOWN_AT_MOST else f"{text[:SHOWN_AT_MOST]}…"

    def lines_of_statement(self, node: cst.CSTNode) -> tuple[int, int]:
        statement = next(n for n in reversed([*self.stack, node]) if isinstance(n, cst.BaseStatement | cst.Module))
        start = self.get_metadata(PositionProvider, statement).start.line
        simple = isinstance(statement, cst.SimpleStatementLine)
        return start, self.get_metadata(PositionProvider, statement if simple else node).end.line

    def is_late(self) -> bool:
        """Say whether the place runs when a function is called, and not already when the module is imported."""
        pairs = zip(self.stack, self.stack[1:], strict=False)
        return any(inner is outer.body for outer, inner in pairs if isinstance(outer, cst.FunctionDef | cst.Lambda))

    def names(self) -> AtImport:
        defined = [n.name.value for n in self.stack if isinstance(n, cst.FunctionDef | cst.ClassDef)]
        assigned = {
            name
            for n in self.stack
            if isinstance(n, cst.Assign | cst.AnnAssign)
            for target in ([n.target] if isinstance(n, cst.AnnAssign) else [t.target for t in n.targets])
            for name in self.code(target).replace(",", " ").strip("() ").split()
        }
        if defined:
            return AtImport(frozenset(defined[-1:]), frozenset(assigned))
        return AtImport(frozenset(assigned))
