"""Expressions in CEL, for rules that no condition can state.

CEL is Google's own implementation, with its extensions for strings, optional values, bindings and
math. It is imported only when a rule has an expression: most have none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from planton.diagnostics.diagnostic import quote

EXTRA = "expressions"
"""The extra of this package that installs CEL."""
VARIABLE = "manifest"
IS_FALSE = "the expression is false"
MAX_LENGTH = 2000
"""Characters of an expression."""


class ExpressionError(Exception):
    """The expression is wrong, or nothing is there to run it; `help` says what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True)
class Expression:
    """A compiled expression. `run` returns why a manifest does not pass, or nothing."""

    text: str
    run: Callable[[dict[str, Any]], str]


def compile_expression(text: str) -> Expression:
    """The expression that a text holds.

    Raises:
        ExpressionError: it is not CEL, is never a boolean, or CEL is not installed.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression has at most {MAX_LENGTH} characters, got {len(text)}")
    try:
        from cel_expr_python import cel
        from cel_expr_python.ext import ext_bindings, ext_math, ext_optional, ext_strings
    except ImportError:
        raise ExpressionError(
            "expressions need CEL, which is not installed",
            f"pip install '.[{EXTRA}]' (Python 3.11 or newer), or write the rule with require",
        ) from None
    extensions = [
        ext_strings.ExtStrings(),
        ext_optional.ExtOptional(),
        ext_bindings.ExtBindings(),
        ext_math.ExtMath(),
    ]
    environment = cel.NewEnv(variables={VARIABLE: cel.Type.DYN}, extensions=extensions)
    try:
        compiled = environment.compile(text)
    except RuntimeError as error:
        raise ExpressionError(f"the expression is not valid: {_reason(error)}") from None
    if compiled.return_type() not in (cel.Type.BOOL, cel.Type.DYN):
        kind = str(compiled.return_type()).lower()
        raise ExpressionError(f"an expression must be true or false, this one is of type {kind}")

    def run(manifest: dict[str, Any]) -> str:
        try:
            value = compiled.eval(data={VARIABLE: manifest})
        except RuntimeError as error:
            return f"the expression cannot be evaluated: {_reason(error)}"
        if value.type() == cel.Type.ERROR:
            return f"the expression cannot be evaluated: {_reason(value.value())}"
        if value.type() != cel.Type.BOOL:
            return "the expression is neither true nor false"
        return "" if value.value() else IS_FALSE

    return Expression(text, run)


def _reason(error: object) -> str:
    """CEL's own reason in one line, without its status and its picture of the expression."""
    text = str(error).split("\n")[0].split(": ", 1)[-1].removesuffix("]")
    text = text.removeprefix("ERROR: <input>:").rsplit(" [", 1)[0].split(" expecting {")[0]
    return quote(text, 200)[1:-1]
