"""Which tests ought to notice a mutant, the likeliest first."""

import re
from collections import defaultdict
from pathlib import Path, PurePosixPath

from tests.mutants.candidates import Module, names_used
from tests.mutants.mutants import Kind, Mutant

FIRST, SECOND = 8, 16  # files of the first and of the second round; the third takes the rest
# Browsers and killed processes take minutes, figures and verifiers are no tests, and the tool need not test itself.
TOO_SLOW = {"journeys", "faults", "benchmarks", "external", "mutants"}
NAMED, CALLER_NAMED, SAME_APP, SAME_WORD = 10, 4, 5, 3
TOO_COMMON = 25  # a name that more functions use tells nothing
WORD = re.compile(r"\w+")
# These say what kind of module it is, not what it is about.
KINDS_OF_MODULES = {
    "action",
    "admin",
    "api",
    "error",
    "form",
    "format",
    "label",
    "model",
    "page",
    "permission",
    "querie",
}
KINDS_OF_MODULES |= {"rule", "solver", "task", "url"}
KINDS_OF_MODULES |= {"config", "core", "init", "portal", "test", "tests"}


# Compares the catalog with that of a fresh database: it notices whatever is dropped, and proves nothing of behaviour.
COMPARES_THE_CATALOG = "tests/contracts/test_schema.py"


class Relevance:
    """The tests of a tree, by the names that they use."""

    def __init__(self, root: Path, modules: list[Module]) -> None:
        self.words: dict[str, frozenset[str]] = {}
        for path in sorted((root / "tests").rglob("test_*.py")):
            place = path.relative_to(root)
            if not TOO_SLOW & set(place.parts):
                self.words[place.as_posix()] = frozenset(WORD.findall(path.read_text(encoding="utf-8")))
        self.callers: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for module, name, used in names_used(modules):
            for word in used:
                self.callers[word].add((module, name))

    def rounds(self, mutant: Mutant) -> list[list[str]]:
        """Test files in three rounds: the likeliest, more of these, all else of the app and the contracts."""
        scores = self._scores(mutant)
        ranked = sorted(scores, key=lambda path: (-scores[path], path))
        rest = [path for path in ranked[FIRST + SECOND :] if scores[path] >= SAME_APP]
        rest += [path for path in self.words if self._is_contract(path) and path not in ranked[: FIRST + SECOND] + rest]
        rest = [path for path in rest if path != COMPARES_THE_CATALOG]
        return [files for files in (ranked[:FIRST], ranked[FIRST : FIRST + SECOND], rest) if files]

    def _scores(self, mutant: Mutant) -> dict[str, int]:
        callers = self._callers_of(mutant)
        named = {name for name in mutant.names if not self._is_common(name)}
        calling = {name for name in callers if not self._is_common(name)}
        parts = set(WORD.findall(mutant.path.removesuffix(".py"))) | set(_pieces(mutant.path))
        scores = {}
        for path, words in self.words.items():
            if path == COMPARES_THE_CATALOG:
                continue
            score = NAMED * len(named & words) + CALLER_NAMED * min(len(calling & words), 3)
            # What guards every table of a kind is asked of every table by a contract, which names none.
            score += NAMED * (mutant.kind == Kind.TRIGGER and self._is_contract(path) and bool(named & words))
            about = set(_pieces(path)) - KINDS_OF_MODULES
            same_app = self._folder(path) in parts
            score += SAME_APP * same_app + SAME_WORD * len(about & parts)
            if score:
                scores[path] = score
        return scores

    def _callers_of(self, mutant: Mutant) -> set[str]:
        """Who calls what is changed, and who calls those; a private name is called in its own module alone."""
        found: set[tuple[str, str]] = set()
        left = {(mutant.path, name) for name in mutant.names}
        for _step in range(2):
            left = {
                (path, caller)
                for place, name in left
                if not self._is_common(name)
                for path, caller in self.callers[name]
                if path == place or not name.startswith("_")
            }
            found |= left
        return {name for _path, name in found}

    def _is_common(self, name: str) -> bool:
        return len(self.callers[name]) > TOO_COMMON or name.startswith("__")

    @staticmethod
    def _folder(path: str) -> str:
        return PurePosixPath(path).parts[1]

    def _is_contract(self, path: str) -> bool:
        return self._folder(path) == "contracts"


def _pieces(path: str) -> list[str]:
    """The words of a path, `test_award_dates` taken apart, each without the plural's s."""
    return [piece.removesuffix("s") for word in WORD.findall(path) for piece in word.split("_") if len(piece) > 2]
