"""Earlier methods give for good what they gave: digests of whole audits of drawn trees.

Those of `audit@1` were taken before `audit@2` was built, those of `audit@2` before `audit@3`.
"""

import hashlib
from dataclasses import replace
from random import Random

import pytest

from core.text.canonical import Json, canonical
from programs.audit.formats.audit_result_json import audit_as_json
from programs.audit.rules.audit import audit
from programs.audit.rules.context import Method
from programs.audit.solvers.cp_sat import CpSat
from programs.rules.attainments import ExceptionKind, RequirementException
from tests.programs.audit_trees import TODAY, case_of
from tests.programs.audit_trees_2 import case_2_of

BATCH = 200
FROZEN = {
    0: "0fa06614cc2feb0807b78a41ecb4d1f898979c0cafe21016a145bf34786685d0",
    200: "cf7d48bafcc0739dc930f5523e8314e9aeccf5a65ffd07f4c54febbe4d0ca7f5",
    400: "b4a94bf50741f92538e3035387e40fc4b89c2a023aa673169e326c4a16411142",
    600: "c2f6a56a05ada0122d9ea8ef5c6b8fed10124d8fdcaefe3f6b86698dcb5ee05a",
    800: "99f21bc8b830850b419a7ca90821898fd5dd336fa3a83a800055eeefc488097b",
    1000: "985d43e3ab2041e5b2538b661cdacb39f454fbd0113ab57d48276d9fc710d82c",
}


def audited(seed: int) -> list[Json]:
    """The audit of a drawn case with exceptions and planned work: by bounds, exactly, and again on its own result."""
    random = Random(seed)  # noqa: S311 - repeatable
    case = case_of(seed)
    nodes = list(case.tree.walk())
    exceptions = [
        RequirementException(
            f"e{number}",
            random.choice(list(ExceptionKind)),
            random.choice(nodes).id,
            attainment=random.choice(case.attainments).id,
            competency=random.choice("abcd"),
        )
        for number in range(random.choice([0, 0, 1, 2]))
    ]
    *earned, last = case.attainments
    planned = [replace(last, achieved_on=TODAY)] if random.random() < 0.3 else []
    earned = earned if planned else list(case.attainments)
    found: list[Json] = []
    previous = None
    for solver in (None, CpSat(), CpSat()):
        result = audit(
            case.tree,
            earned,
            exceptions,
            planned=planned,
            context=case.context,
            on=TODAY,
            previous=previous,
            solver=solver,
        )
        previous = result.today.assignment
        found.append(_without_versions(audit_as_json(result, on=TODAY)))
    return found


def _without_versions(value: dict[str, Json]) -> Json:
    """Leave out the version of the solver's library, which does not decide."""
    for name in ("today", "projected"):
        outcome = value[name]
        assert isinstance(outcome, dict)
        outcome["engine"] = str(outcome["engine"]).split()[0]
    return value


@pytest.mark.parametrize("first", FROZEN)
def test_audit_1_gives_byte_for_byte_what_it_gave(first: int) -> None:
    documents = [audited(seed) for seed in range(first, first + BATCH)]

    assert hashlib.sha256(canonical(documents)).hexdigest() == FROZEN[first]


FROZEN_2 = {
    0: "86ffbda170164f71f5b553c5a11c6c26907f700158d2a7fba51a9a38d5fdd1e4",
    200: "f56cad79c566ebb74fc2baef95aff8ab53f4a6da9be9a33dd15d7adb261349d7",
    400: "f46c4bbd184a7688bbffb4795d3fdfefa5dc88075352db7323b6f14b75e21f7f",
}


def audited_2(seed: int) -> list[Json]:
    """The same of a drawn case with everything that `audit@2` added."""
    case = case_2_of(seed, Method.TWO)
    *earned, last = case.attainments
    planned = [replace(last, achieved_on=TODAY)] if seed % 3 == 0 else []
    found: list[Json] = []
    previous = None
    for solver in (None, CpSat(), CpSat()):
        result = audit(
            case.tree,
            earned if planned else case.attainments,
            case.exceptions,
            planned=planned,
            context=case.context,
            on=TODAY,
            facts=case.facts,
            previous=previous,
            solver=solver,
        )
        previous = result.today.assignment
        found.append(_without_versions(audit_as_json(result, on=TODAY)))
    return found


@pytest.mark.parametrize("first", FROZEN_2)
def test_audit_2_gives_byte_for_byte_what_it_gave(first: int) -> None:
    documents = [audited_2(seed) for seed in range(first, first + BATCH)]

    assert hashlib.sha256(canonical(documents)).hexdigest() == FROZEN_2[first]
