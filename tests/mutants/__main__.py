"""`make mutants`: guards, constraints, triggers and checks are removed one by one, and tests have to notice.

make mutants                       40 mutants drawn with the seed of docs/figures.md, about half an hour on 2 cores
make mutants SEED=2 COUNT=80       others, or more
make mutants ARGS=--again          those that survived the last run with that seed, once more: after tests were added
make mutants ARGS=--list           what could be drawn
make mutants ARGS=--write          the figures into docs/figures.md

It works in a copy of the checkout below var/mutants with a database server of its own.
"""

import argparse
import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tests.mutants.candidates import candidates_in, modules_in
from tests.mutants.mutants import Kind, Mutant
from tests.mutants.relevance import Relevance
from tests.mutants.running import Fate, Result, database_of, failing_without_mutant, fate_of
from tests.mutants.scratch import copied

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "docs" / "figures.md"
BEGIN, END = "<!-- make mutants -->", "<!-- end of make mutants -->"
FEWEST = 3  # of each kind, where a run is large enough

Results = dict[str, Result]
Rounds = dict[str, list[list[str]]]


def main(arguments: list[str]) -> int:
    """Draw, run, tell; the exit code says whether any survived."""
    options = _options(arguments)
    folder = ROOT / "var" / "mutants"
    copy = copied(ROOT, folder / "tree")
    modules = modules_in(copy)
    with database_of(copy) as of_database:
        candidates = candidates_in(modules) + of_database
        drawn = draw(candidates, count=options.count, seed=options.seed)
        if options.list:
            _say("\n".join(f"{mutant.kind}: {mutant.key}" for mutant in candidates))
            return 0
        kept = folder / f"results-{options.seed}-{options.count}.json"
        results = _read(kept) if options.again else {}
        left = [mutant for mutant in drawn if results.get(mutant.key, NOT_RUN).fate != Fate.KILLED]
        results = {mutant.key: results[mutant.key] for mutant in drawn if mutant not in left}
        relevance = Relevance(copy, modules)
        rounds = {mutant.key: relevance.rounds(mutant)[: options.rounds] for mutant in left}
        try:
            for _step in _run(left, rounds, results, copy=copy, workers=options.workers):
                _keep(results, kept)  # so that `--again` goes on where a run was ended
        except KeyboardInterrupt:
            _say("Ended early: --again goes on from here.")
        results = _without_false_kills(results, copy=copy, workers=options.workers)
    _keep(results, kept)
    report = report_of(drawn, candidates, results, seed=options.seed)
    _say(report)
    if options.write:
        _write(report)
    return int(any(result.fate == Fate.SURVIVED for result in results.values()))


NOT_RUN = Result(Fate.DID_NOT_APPLY)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or 9))
    parser.add_argument("--count", type=int, default=int(os.environ.get("COUNT") or 40))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3, help="1: only the likeliest tests, for a quick look")
    parser.add_argument("--again", action="store_true", help="only what survived the last run with this seed")
    parser.add_argument("--list", action="store_true", help="what could be drawn")
    parser.add_argument("--write", action="store_true", help="into docs/figures.md")
    return parser.parse_args(arguments)


def draw(candidates: list[Mutant], *, count: int, seed: int) -> list[Mutant]:
    """`count` of the candidates, of each kind in proportion, no kind left out; the same for the same seed and code."""
    of_kind = {kind: [mutant for mutant in candidates if mutant.kind == kind] for kind in Kind}
    of_kind = {kind: sorted(some, key=lambda mutant: _lot(mutant, seed)) for kind, some in of_kind.items() if some}
    shares = _shares({kind: len(some) for kind, some in of_kind.items()}, count)
    drawn = [mutant for kind, some in of_kind.items() for mutant in some[: shares[kind]]]
    return sorted(drawn, key=lambda mutant: _lot(mutant, seed))


def _lot(mutant: Mutant, seed: int) -> tuple[str, str]:
    """A mutant's place in the draw: the same when another place of the code changes, or when its module moves."""
    return hashlib.sha256(f"{seed} {mutant.kind} {mutant.name}".encode()).hexdigest(), mutant.key


def _shares(sizes: dict[Kind, int], count: int) -> dict[Kind, int]:
    """How many of each kind: the fewest for all, the rest by the largest remainders."""
    fewest = min(FEWEST, count // len(sizes))
    left, total = count - fewest * len(sizes), sum(sizes.values())
    exact = {kind: left * size / total for kind, size in sizes.items()}
    shares = {kind: fewest + int(share) for kind, share in exact.items()}
    by_remainder = sorted(exact, key=lambda kind: (int(exact[kind]) - exact[kind], kind))
    for kind in by_remainder[: count - sum(shares.values())]:
        shares[kind] += 1
    return shares


def _run(left: list[Mutant], rounds: Rounds, results: Results, *, copy: Path, workers: int) -> Iterator[None]:
    for number, mutant in enumerate(left, start=1):
        result = fate_of(mutant, rounds[mutant.key], copy=copy, workers=workers)
        results[mutant.key] = result
        seconds = f"{result.seconds:.0f} s"
        _say(f"{number:3} of {len(left)}  {result.fate:<13} {seconds:>6}  {mutant.kind}: {mutant.key}")
        if result.test:
            _say(f"{'':28}by {result.test}")
        yield


def _without_false_kills(results: Results, *, copy: Path, workers: int) -> Results:
    """A test that fails without a mutant as well has noticed nothing: its mutant counts as a survivor.

    Whether another test would have noticed is not known, and what is not known is never counted as killed.
    """
    tests = sorted({result.test for result in results.values() if result.test})
    broken = failing_without_mutant(tests, copy=copy, workers=workers)
    for test in sorted(broken):
        _say(f"fails without a mutant, too: {test}")
    return {
        key: Result(Fate.SURVIVED, result.test, result.seconds) if result.test in broken else result
        for key, result in results.items()
    }


def report_of(drawn: list[Mutant], candidates: list[Mutant], results: Results, *, seed: int) -> str:
    """The table of docs/figures.md, of those drawn that were run."""
    fates = [(mutant, results[mutant.key].fate) for mutant in drawn if mutant.key in results]
    killed = sum(fate == Fate.KILLED for _mutant, fate in fates)
    applied = sum(fate != Fate.DID_NOT_APPLY for _mutant, fate in fates)
    sizes = Counter(mutant.kind for mutant in candidates)
    lines = ["| what is removed | there are | drawn | killed | survived | did not apply |", "| --- " * 6 + "|"]
    for kind in Kind:
        of_kind = Counter(fate for mutant, fate in fates if mutant.kind == kind)
        counts = [sizes[kind], of_kind.total(), *(of_kind[fate] for fate in Fate)]
        lines.append(f"| {kind} | {' | '.join(map(str, counts))} |")
    rate = 100 * killed / applied if applied else 0
    day = datetime.now(UTC).date().isoformat()
    ran = "" if len(fates) == len(drawn) else f" {len(fates)} of the {len(drawn)} drawn were run."
    lines += ["", f"Kill rate **{rate:.1f} %** ({killed} of {applied}), seed {seed}, {day}.{ran}"]
    survivors = [mutant for mutant, fate in fates if fate == Fate.SURVIVED]
    lines += ["", "Survivors:", ""] if survivors else []
    lines += [f"- {mutant.kind}: `{mutant.key}`" for mutant in survivors]
    return "\n".join(lines)


def _keep(results: Results, kept: Path) -> None:
    kept.write_text(json.dumps({key: asdict(result) for key, result in results.items()}, indent=1))


def _read(kept: Path) -> Results:
    if not kept.exists():
        raise SystemExit("There is no earlier run with this seed and count.")
    found = json.loads(kept.read_text(encoding="utf-8"))
    return {key: Result(Fate(row["fate"]), row["test"], row["seconds"]) for key, row in found.items()}


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a report for the terminal


def _write(report: str) -> None:
    text = FIGURES.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    FIGURES.write_text(f"{before}{BEGIN}\n{report}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
