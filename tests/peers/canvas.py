"""Canvas: how the results of an outcome become its score. Source: its guide “How do I use mastery calculations?”,
its Outcomes API, and the examples that its own tests state; told in our words, with numbers of both."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from assessments.mastery.rules.group_figures import mean_score, median_score
from tests.peers.facts import Document, Fact, policy_answer

# An outcome worth 5 points, mastered with 3.
SCALE = {"id": "outcome", "levels": [{"rank": 1, "reached_at": "3.00", "name": "Mastery"}]}
HIGHEST, LATEST, TIMES = "highest@2", "latest@2", "n_times_mean@1"
AVERAGE, WEIGHTED, DECAYING = "average@1", "weighted_average@1", "decaying_average@1"

# Method, parameters, scores from the oldest on, what Canvas answers.
SCORED: tuple[tuple[str, dict[str, int], str, str], ...] = (
    (HIGHEST, {}, "3 1", "3.00, mastered"),
    (HIGHEST, {}, "1 2", "2.00, not mastered"),
    (HIGHEST, {}, "", "None, not mastered"),
    (LATEST, {}, "1 3", "3.00, mastered"),
    (LATEST, {}, "4 1", "1.00, not mastered"),
    (TIMES, {"times": 3}, "3 1", "None, not mastered"),
    (TIMES, {"times": 3}, "3 1 2", "None, not mastered"),
    (TIMES, {"times": 3}, "4 5 1 3 2 3", "3.75, mastered"),
    (TIMES, {"times": 1}, "1 2", "None, not mastered"),
    (TIMES, {"times": 1}, "1 2 3", "3.00, mastered"),
    (TIMES, {"times": 1}, "1 2 3 4", "3.50, mastered"),
    (TIMES, {"times": 3}, "3 4 3", "3.33, mastered"),
    (AVERAGE, {}, "1 2 3 4 5", "3.00, mastered"),
    (AVERAGE, {}, "2 3", "2.50, not mastered"),
    (AVERAGE, {}, "", "None, not mastered"),
    (WEIGHTED, {"weight": 75}, "3 1 5 4", "3.75, mastered"),
    (WEIGHTED, {"weight": 65}, "2 3", "2.65, not mastered"),
    (WEIGHTED, {"weight": 65}, "4 3 2", "2.53, not mastered"),
    (WEIGHTED, {"weight": 65}, "2 3 4", "3.48, mastered"),
    (WEIGHTED, {"weight": 65}, "1 2 3 4 5", "4.13, mastered"),
    (WEIGHTED, {"weight": 65}, "2.123", "2.12, not mastered"),
    (WEIGHTED, {"weight": 65}, "4 5", "4.65, mastered"),
    (WEIGHTED, {"weight": 1}, "4 5", "4.01, mastered"),
    (DECAYING, {"weight": 65}, "3", "3.00, mastered"),
    (DECAYING, {"weight": 65}, "2 3 4", "3.53, mastered"),
    (DECAYING, {"weight": 65}, "1 2 3 4 5", "4.47, mastered"),
    (DECAYING, {"weight": 50}, "5 1", "3.00, mastered"),
    (DECAYING, {"weight": 99}, "5 1", "1.04, not mastered"),
)
FAMILIES = {
    HIGHEST: "Canvas: highest",
    LATEST: "Canvas: latest",
    TIMES: "Canvas: n times",
    AVERAGE: "Canvas: average",
    WEIGHTED: "Canvas: weighted average",
    DECAYING: "Canvas: decaying average",
}
# Method, parameters, whether Canvas takes them.
RANGES: tuple[tuple[str, dict[str, int], bool], ...] = (
    (WEIGHTED, {"weight": 0}, False),
    (WEIGHTED, {"weight": 1}, True),
    (WEIGHTED, {"weight": 99}, True),
    (WEIGHTED, {"weight": 100}, False),
    (DECAYING, {"weight": 49}, False),
    (DECAYING, {"weight": 50}, True),
    (DECAYING, {"weight": 100}, False),
    (TIMES, {"times": 0}, False),
    (TIMES, {"times": 10}, True),
    (TIMES, {"times": 11}, False),
)
LARGER_COUNTS = "Larger numbers of times are allowed here, as clinical logs ask for dozens of observations."


def scored(method: str, parameters: dict[str, int], scores: str, **members: object) -> Document:
    """One score a day, from the oldest on."""
    return {
        "policy": {"method": method, "scale": SCALE, "level": 1, **parameters, **members},
        "observations": [_row(number, score) for number, score in enumerate(scores.split(), start=1)],
    }


def _row(number: int, score: str, *, day: int | None = None, **members: object) -> Document:
    on = f"2026-03-{day or number:02d}"
    return {"id": number, "performed_on": on, "recorded_at": f"{on}T12:00:00Z", "score": score, **members}


def facts() -> Iterator[Fact]:
    """Yield the facts of all methods."""
    for method, parameters, scores, expected in SCORED:
        document = scored(method, parameters, scores)
        name = f"{scores or 'no result'} with {parameters or 'no parameter'}"
        yield Fact(FAMILIES[method], name, expected, partial(policy_answer, document))
    for method, parameters, taken in RANGES:
        document = scored(method, parameters, "3")
        expected = "taken" if taken else "refused"
        reason = LARGER_COUNTS if parameters == {"times": 11} else ""
        yield Fact(FAMILIES[method], f"may it be {parameters}", expected, partial(_taken, document), reason)
    yield from _rounding()
    yield from _results()
    yield from _groups()


def _taken(document: Document) -> str:
    return (
        policy_answer(document)
        .partition(":")[0]
        .replace("3.00, mastered", "taken")
        .replace("None, not mastered", "taken")
    )


def _rounding() -> Iterator[Fact]:
    yield Fact(
        FAMILIES[TIMES],
        "2.995 does not reach mastery at 3",
        "None, not mastered",
        lambda: policy_answer(scored(TIMES, {"times": 1}, "2.995")),
        differs="A score is rounded to 2 places before it is compared, so that what is shown is what decides.",
    )
    yield Fact(
        FAMILIES[LATEST],
        "a result without date is the oldest",
        "3.00, mastered",
        not_applicable="Every piece of evidence has the day on which the work was done.",
    )
    yield Fact(
        FAMILIES[TIMES],
        "a result without score is left out",
        "3.75, mastered",
        not_applicable="Every piece of evidence has a level or a score.",
    )


def _results() -> Iterator[Fact]:
    family = "Canvas: percentages and results of one quiz"
    percent = {"scale": "percent", "source_least": "0", "source_most": "100", "least": "0", "most": "5"}
    share = scored(LATEST, {}, "", conversions=[percent])
    share["observations"] = [_row(1, "80", scale="percent")]
    yield Fact(family, "80 % of an outcome worth 5 points", "4.00, mastered", lambda: policy_answer(share))
    quiz = scored(LATEST, {}, "", conversions=[percent], merges_results=True)
    quiz["observations"] = [
        _row(1, "20", day=9, scale="percent", work="quiz", weight="1"),
        _row(2, "80", day=9, scale="percent", work="quiz", weight="3"),
    ]
    yield Fact(
        family,
        "two questions of one quiz, weighted by the points that they are worth, are one result",
        "3.25, mastered",
        lambda: policy_answer(quiz),
    )
    rubric = scored(AVERAGE, {}, "")
    rubric["observations"] = [_row(1, "2", day=9), _row(2, "4", day=9), _row(3, "3", day=10)]
    yield Fact(family, "results of different assignments stay apart", "3.00, mastered", lambda: policy_answer(rubric))


def _groups() -> Iterator[Fact]:
    family = "Canvas: figures of a course"
    scores = [Decimal(text) for text in ("1", "2", "3", "40")]
    yield Fact(family, "mean of 1, 2, 3, 40", "11.50", lambda: str(mean_score(scores)))
    yield Fact(family, "median of 1, 2, 3, 40", "2.50", lambda: str(median_score(scores)))
    yield Fact(family, "mean where nobody has a score", "None", lambda: str(mean_score([None, None])))
    yield Fact(family, "median where nobody has a score", "None", lambda: str(median_score([None])))
