"""Reading the code for what can be taken away from it.

Modules are known by a word of their path (`actions`, `rules`, `pages` …), wherever their folder lies.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from tests.mutants.mutants import Kind, Mutant

# Words of every app, then rooms of core: its text refuses what would be signed in two ways, its jobs what cannot run.
GUARDED = {"actions", "queries", "formats", "rules", "solvers", "models", "text", "jobs"}
EDGES = {"pages", "api", "admin", "forms", "permissions", "access", "desk", "rest", "files", "outbound", "loopback"}
RULES = {"rules"}
PREDICATES = {"permissions", "access", "rights"}
# What only fills a demo, sets up a process or was run once guards nothing.
LEFT_OUT = {"tests", "migrations", "management", "demo", "settings", "scripts"}

# A function that does one of these does more than to refuse.
WRITING = {"save", "create", "update", "delete", "bulk_create", "execute", "append", "add", "enqueue", "setattr"}

Function = ast.FunctionDef | ast.AsyncFunctionDef

FLIPPED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True)
class Module:
    """One file of the product."""

    path: str
    source: bytes

    @property
    def words(self) -> set[str]:
        """The folders above the module and its own name."""
        return set(PurePosixPath(self.path).with_suffix("").parts)

    @property
    def app(self) -> str:
        """The top folder."""
        return PurePosixPath(self.path).parts[0]


def modules_in(root: Path) -> list[Module]:
    """The product's modules below `root`: the Python files of its packages, without tests, migrations and the demo."""
    packages = sorted(path.parent for path in root.glob("*/__init__.py"))
    found = [path for package in packages for path in sorted(package.rglob("*.py"))]
    modules = [Module(path.relative_to(root).as_posix(), path.read_bytes()) for path in found]
    return [module for module in modules if not module.words & LEFT_OUT]


def candidates_in(modules: list[Module]) -> list[Mutant]:
    """Every mutant of the code, each with a key of its own."""
    checks = _names_of_checks(modules)
    found = [mutant for module in modules for mutant in _Reader(module, checks).mutants()]
    seen: Counter[str] = Counter()
    numbered = []
    for mutant in sorted(found, key=lambda mutant: (mutant.path, mutant.start)):
        seen[mutant.key] += 1
        again = seen[mutant.key]
        if again > 1:
            numbered.append(replace(mutant, key=f"{mutant.key} ({again})", name=f"{mutant.name} ({again})"))
        else:
            numbered.append(mutant)
    return numbered


def _names_of_checks(modules: list[Module]) -> frozenset[str]:
    """Functions that answer nothing and may raise: they are called for that alone."""
    return frozenset(
        node.name
        for module in modules
        for node in ast.walk(ast.parse(module.source))
        if isinstance(node, Function) and _only_raises(node)
    )


def _only_raises(function: Function) -> bool:
    answers_nothing = isinstance(function.returns, ast.Constant) and function.returns.value is None
    raises = any(isinstance(node, ast.Raise) for node in ast.walk(function))
    is_special = function.name.startswith("__")
    return answers_nothing and raises and not is_special and not WRITING & set(_names_in(function))


class _Reader(ast.NodeVisitor):
    """Walks one module and remembers in which class and function it is."""

    def __init__(self, module: Module, checks: frozenset[str]) -> None:
        self.module, self.checks = module, checks
        self.lines = [0]
        for line in module.source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.within: list[str] = []
        self.functions: list[Function] = []
        self.found: list[Mutant] = []

    def mutants(self) -> list[Mutant]:
        self.visit(ast.parse(self.module.source))
        return self.found

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.within.append(node.name)
        self.generic_visit(node)
        self.within.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: Function) -> None:
        self.within.append(node.name)
        self.functions.append(node)
        answers_yes_or_no = isinstance(node.returns, ast.Name) and node.returns.id == "bool"
        if self.module.words & PREDICATES and answers_yes_or_no:
            first, last = node.body[0], node.body[-1]
            self._add(Kind.EDGE, first, "return True", end=last, shown=f"{node.name} answers True")
        for statement in node.body:  # not the decorators, defaults and annotations
            self.visit(statement)
        self.functions.pop()
        self.within.pop()

    def visit_If(self, node: ast.If) -> None:
        raised = node.body[-1]
        if self.functions and isinstance(raised, ast.Raise) and raised.exc is not None:
            kind = Kind.GUARD if self.module.words & GUARDED else Kind.EDGE
            if self.module.words & (GUARDED | EDGES):
                shown = f"if {ast.unparse(node.test)}: {ast.unparse(raised)}"
                self._add(kind, raised, "pass", shown=shown, more=_words_of(raised))
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        called = node.value.func if isinstance(node.value, ast.Call) else None
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        if self.functions and name in self.checks and self.module.words & (GUARDED | EDGES):
            self._add(Kind.CHECK, node, "pass", shown=ast.unparse(node), more=frozenset({name}))
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        if self._is_rule() and len(node.ops) == 1:
            turned = ast.Compare(node.left, [FLIPPED[type(node.ops[0])]()], node.comparators)
            self._add(Kind.RULE, node, f"({ast.unparse(turned)})")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        if self._is_rule():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            self._add(Kind.RULE, node, f"({ast.unparse(ast.BoolOp(other, node.values))})")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if self._is_rule() and isinstance(node.op, ast.Not):
            self._add(Kind.RULE, node, f"bool({ast.unparse(node.operand)})")
        self.generic_visit(node)

    def _is_rule(self) -> bool:
        return bool(self.functions) and bool(self.module.words & RULES)

    def _add(
        self,
        kind: Kind,
        node: ast.stmt | ast.expr,
        text: str,
        *,
        end: ast.stmt | None = None,
        shown: str | None = None,
        more: frozenset[str] = frozenset(),
    ) -> None:
        name = f"{'.'.join(self.within)}: {' '.join((shown or ast.unparse(node)).split())[:160]}"
        last = end or node
        self.found.append(
            Mutant(
                kind=kind,
                key=f"{self.module.path} {name}",
                name=name,
                app=self.module.app,
                path=self.module.path,
                names=frozenset(self.within) | more,
                start=self._offset(node.lineno, node.col_offset),
                end=self._offset(last.end_lineno, last.end_col_offset),
                text=text,
                line=node.lineno,
            )
        )

    def _offset(self, line: int | None, column: int | None) -> int:
        return self.lines[(line or 1) - 1] + (column or 0)


def _words_of(raised: ast.Raise) -> frozenset[str]:
    """The error's name."""
    error = raised.exc.func if isinstance(raised.exc, ast.Call) else raised.exc
    if isinstance(error, ast.Attribute):
        return frozenset({error.attr})
    return frozenset({error.id}) if isinstance(error, ast.Name) else frozenset()


def names_used(modules: list[Module]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Each function's module and name, with the names that its body uses: who calls whom, by name alone."""
    for module in modules:
        for node in ast.walk(ast.parse(module.source)):
            if isinstance(node, Function):
                yield module.path, node.name, frozenset(_names_in(node))


def _names_in(function: Function) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
