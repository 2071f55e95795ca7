"""The ways in which a node of the source is changed: those of mutmut that tests can tell apart, and four of our own.

mutmut's other operators (on strings, on each assignment and each argument) mostly change words or types, or make what
behaves the same; and mutmut's own runner forks one process, which neither Qt nor a PostgreSQL server outlives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
import libcst.matchers as m
from mutmut.mutation.mutators import (
    operator_keywords,
    operator_name,
    operator_number,
    operator_remove_unary_ops,
    operator_swap_op,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Operator = Callable[[cst.CSTNode, cst.CSTNode], Iterator[cst.CSTNode]]

LOGGERS = ("log", "logger", "logging", "_log", "_logger", "LOG", "LOGGER")

_NEGATED: dict[type[cst.CSTNode], type[cst.BaseCompOp]] = {
    cst.LessThan: cst.GreaterThanEqual,
    cst.LessThanEqual: cst.GreaterThan,
    cst.GreaterThan: cst.LessThanEqual,
    cst.GreaterThanEqual: cst.LessThan,
}
_TEXT = (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)
_TRUTH = ("False", "True")
_SIGNS = (cst.Add, cst.Subtract, cst.Minus, cst.AddAssign, cst.SubtractAssign)
_COMPARISONS = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual, cst.Equal, cst.NotEqual)
_KEYWORDS = (cst.Is, cst.IsNot, cst.In, cst.NotIn, cst.Break, cst.Continue)
_UNSEEN = ("strict", "repr")
"""`strict=True` only guards against what cannot happen, `repr=False` only shapes what a developer sees."""


def changes(node: cst.CSTNode, parent: cst.CSTNode) -> Iterator[tuple[str, cst.CSTNode]]:
    """Return every change of one node, each with the name of its operator."""
    for name, operator in OPERATORS.items():
        for changed in operator(node, parent):
            yield name, changed


def _boundary(node: cst.CSTNode, _parent: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """`<` becomes `<=`, `==` becomes `!=`, and the other way round."""
    if isinstance(node, cst.ComparisonTarget) and isinstance(node.operator, _COMPARISONS):
        yield from operator_swap_op(node)


def _negation(node: cst.CSTNode, _parent: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """`<` becomes `>=`; that `==` becomes `!=` is among the boundaries."""
    if isinstance(node, cst.ComparisonTarget) and type(node.operator) in _NEGATED:
        yield node.with_changes(operator=_NEGATED[type(node.operator)]())


def _and_or(node: cst.CSTNode, _parent: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.BooleanOperation):
        yield from operator_swap_op(node)


def _plus_minus(node: cst.CSTNode, _parent: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Plus becomes minus and the other way round, but not where texts are joined: every test would see the error."""
    if not isinstance(node, cst.BinaryOperation | cst.UnaryOperation | cst.AugAssign):
        return
    if isinstance(node.operator, _SIGNS) and not any(isinstance(child, _TEXT) for child in node.children):
        yield from operator_swap_op(node)


def _not(node: cst.CSTNode, _parent: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        yield from operator_remove_unary_ops(node)


def _keyword(node: cst.CSTNode, _parent: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """`is` becomes `is not`, `in` becomes `not in`, `continue` becomes `break`, `break` becomes `return`."""
    if isinstance(node, _KEYWORDS):
        yield from operator_keywords(node)


def _number(node: cst.CSTNode, _parent: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.Integer | cst.Float):
        yield from operator_number(node)


def _boolean(node: cst.CSTNode, parent: cst.CSTNode) -> Iterator[cst.CSTNode]:
    unseen = isinstance(parent, cst.Arg) and parent.keyword is not None and parent.keyword.value in _UNSEEN
    if isinstance(node, cst.Name) and node.value in _TRUTH and not unseen:
        yield from operator_name(node)


def _condition(node: cst.CSTNode, parent: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A condition becomes False or True; that of a loop only False, for the other would never end."""
    if not isinstance(parent, cst.If | cst.IfExp | cst.CompIf | cst.While) or node is not parent.test:
        return
    if not (isinstance(node, cst.Name) and node.value in _TRUTH):
        yield from (cst.Name(value) for value in (_TRUTH[:1] if isinstance(parent, cst.While) else _TRUTH))


def _call(node: cst.CSTNode, _parent: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A call whose result nobody takes, a check for instance, is not made."""
    if isinstance(node, cst.Expr) and isinstance(node.value, cst.Call | cst.Await):
        yield cst.Pass()


def _return(node: cst.CSTNode, _parent: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.Return) and node.value and not m.matches(node.value, m.Name("None")):
        yield node.with_changes(value=cst.Name("None"), whitespace_after_return=cst.SimpleWhitespace(" "))


OPERATORS: dict[str, Operator] = {
    "boundary": _boundary,
    "negation": _negation,
    "and-or": _and_or,
    "plus-minus": _plus_minus,
    "not": _not,
    "keyword": _keyword,
    "number": _number,
    "boolean": _boolean,
    "condition": _condition,
    "call": _call,
    "return": _return,
}

_LEFT_ALONE = (
    cst.Annotation,
    cst.Decorator,
    cst.TypeAlias,
    cst.Import,
    cst.ImportFrom,
    cst.Assert,
    cst.Raise,  # what is raised says its message; whether it is raised, the condition above it decides
    cst.FormattedString,
)
_NOT_AT_WORK = m.If(
    test=m.Name("TYPE_CHECKING") | m.Attribute(attr=m.Name("TYPE_CHECKING")) | m.Comparison(left=m.Name("__name__"))
)
_LOGGED = m.Expr(value=m.Call(func=m.Attribute(value=m.OneOf(*(m.Name(name) for name in LOGGERS)))))


def is_left_alone(node: cst.CSTNode) -> bool:
    """Say whether neither the node nor anything in it is changed: types, messages, logging, imports, decorators."""
    match node:
        case cst.If():
            return m.matches(node, _NOT_AT_WORK)
        case cst.Expr():
            return m.matches(node, _LOGGED)
        case cst.FunctionDef():
            return node.name.value == "__repr__"
        case _:
            return isinstance(node, _LEFT_ALONE)
