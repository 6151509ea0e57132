"""All mutants of a module: what mutmut's operators make of every node, and what a few more do.

mutmut's own run leaves out everything that is decorated (each property here) and what stands outside of functions; its
operators know neither a condition without a comparison nor a statement that could be missing. So they are applied here.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import libcst as cst  # type: ignore[import-not-found, unused-ignore] # only for this
from mutmut.mutation.file_mutation import (  # type: ignore[import-not-found, unused-ignore] # the same
    NEVER_MUTATE_FUNCTION_CALLS,
)
from mutmut.mutation.mutators import mutation_operators  # type: ignore[import-not-found, unused-ignore] # the same

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEVER_RUN = (cst.Annotation, cst.Assert, cst.Decorator, cst.Import, cst.ImportFrom)
"""Annotations are not evaluated, an ``assert`` here is for the type checker; a name or a decorator too few is an error
wherever it is used."""


def mutants(source: str) -> Iterator[str]:
    """Yield each mutant of a module as the module's text, once; what means the same to Python is left out."""
    module = cst.parse_module(source)
    seen = {ast.dump(ast.parse(source))}
    for node, replacement in _mutations(module):
        text: str = module.deep_replace(node, replacement).code
        try:
            meaning = ast.dump(ast.parse(text))
        except SyntaxError:
            continue
        if meaning not in seen:
            seen.add(meaning)
            yield text


def _mutations(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what may be replaced in a node and below it, and by what."""
    if _is_left_out(node):
        return
    for kind, operator in [*mutation_operators, *_MORE_OPERATORS]:
        if isinstance(node, kind):
            for replacement in operator(node):
                if not _is_as_false(node, replacement):
                    yield node, replacement
    for child in node.children:
        yield from _mutations(child)


def _is_left_out(node: Any) -> bool:
    """Whether nothing a test could notice would change: annotations, docstrings, imports for the type checker."""
    if isinstance(node, _NEVER_RUN):
        return True
    if isinstance(node, cst.If):
        return isinstance(node.test, cst.Name) and node.test.value == "TYPE_CHECKING"
    if isinstance(node, cst.Expr):
        return isinstance(node.value, cst.SimpleString)
    if isinstance(node, cst.Call):  # as mutmut does: they only raise TypeError
        return isinstance(node.func, cst.Name) and node.func.value in NEVER_MUTATE_FUNCTION_CALLS
    return isinstance(node, cst.Assign) and _is_type_alias(node)


def _is_type_alias(node: Any) -> bool:
    """Whether an assignment is like ``Flow = Generator[int, None, None]`` or ``K = TypeVar("K")``."""
    target = node.targets[0].target
    if isinstance(node.value, cst.Call) and isinstance(node.value.func, cst.Name):
        return bool(node.value.func.value == "TypeVar")
    return (
        isinstance(node.value, cst.Subscript)
        and isinstance(target, cst.Name)
        and target.value.istitle()
        and isinstance(node.value.value, cst.Name)
    )


def _is_as_false(node: Any, replacement: Any) -> bool:
    """Whether a flag's or an answer's ``False`` became ``None``."""
    if isinstance(node, cst.Call) and isinstance(replacement, cst.Call) and len(node.args) == len(replacement.args):
        pairs = [(one.value, other.value) for one, other in zip(node.args, replacement.args) if one is not other]
        return len(pairs) == 1 and _became_none(*pairs[0])
    if isinstance(node, cst.Lambda):
        before, after = node.body, replacement.body
    elif isinstance(node, (cst.AnnAssign, cst.Assign, cst.Return)):
        before, after = node.value, replacement.value
    else:
        return False
    return _became_none(before, after)


def _became_none(before: Any, after: Any) -> bool:
    names = isinstance(before, cst.Name) and isinstance(after, cst.Name)
    return names and before.value == "False" and after.value == "None"


def _forced(node: Any) -> Iterator[Any]:
    """Take a condition for false, and for true."""
    test = node.test
    if not isinstance(test, cst.Name) or test.value not in ("True", "False"):
        test = test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.BooleanOperation(test, cst.And(), cst.Name("False")))
        yield node.with_changes(test=cst.BooleanOperation(test, cst.Or(), cst.Name("True")))


def _left_out(_node: Any) -> Iterator[Any]:
    """Leave a statement out."""
    yield cst.Pass()


def _nothing_returned(node: Any) -> Iterator[Any]:
    """Return ``None``."""
    if node.value is not None:
        yield node.with_changes(value=cst.Name("None"), whitespace_after_return=cst.SimpleWhitespace(" "))


def _not_caught(node: Any) -> Iterator[Any]:
    """Catch nothing, or one kind less."""
    yield node.with_changes(type=cst.Tuple([]), whitespace_after_except=cst.SimpleWhitespace(" "))
    if isinstance(node.type, cst.Tuple):
        for kind in node.type.elements:
            rest = [cst.Element(other.value) for other in node.type.elements if other is not kind]
            yield node.with_changes(type=cst.Tuple(rest))


_MORE_OPERATORS = [
    ((cst.If, cst.While, cst.CompIf), _forced),
    ((cst.Expr, cst.Raise, cst.Del), _left_out),
    (cst.Return, _nothing_returned),
    (cst.ExceptHandler, _not_caught),
]
