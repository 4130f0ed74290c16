"""Issuing: one credential from award to stored bytes, and five hundred; with what of it the library's guard takes."""

import time
from collections.abc import Iterator

from credentials.actions import issue_award, make_first_key, save_issuer, sign_prepared
from credentials.formats.data_integrity import bytes_of, signed, verify_badge
from credentials.models import Credential
from credentials.queries.signers import signer_of
from programs.models import AchievementVersion, Award
from tests.assessments.places import MONDAY
from tests.benchmarks.measure import Figure, median_seconds, milliseconds
from tests.credentials.awarding import achievement_of, granted
from tests.credentials.papers import SIGNER, badge
from tests.recipes import institution, learner

MANY = {"usual": 500, "large": 500}
RUNS = 20


def figures(size: str) -> Iterator[Figure]:
    """One paper and many of them, one by one as jobs do it; then what signing and guarding alone cost."""
    version = _version()
    _issued(_award(version))  # loads the library, hears the canary
    awards = [_award(version) for _run in range(RUNS + 1)]
    one = median_seconds(lambda: _issued(awards.pop()), times=RUNS)
    yield Figure("issue one credential: lint, prepare, sign, verify, store", milliseconds(one), "two transactions", "")
    many = [_award(version) for _award_of in range(MANY[size])]
    begun = time.perf_counter()
    for award in many:
        _issued(award)
    taken = time.perf_counter() - begun
    yield Figure(
        f"issue {len(many)} credentials, one by one", f"{taken:.1f} s", f"{milliseconds(taken / len(many))} each", ""
    )
    document = badge()
    content = bytes_of(signed(document, SIGNER))
    guard = median_seconds(lambda: verify_badge(content, multibase=SIGNER.multibase), times=RUNS)
    alone = median_seconds(lambda: signed(document, SIGNER), times=RUNS)
    yield Figure(
        "sign one document of 4 kB", milliseconds(alone), f"guard on what was signed: {milliseconds(guard)}", ""
    )
    key = Credential.objects.latest("pk").key
    yield Figure("open a sealed key", milliseconds(median_seconds(lambda: signer_of(key), times=RUNS)), "", "")


def _version() -> AchievementVersion:
    school = institution.make()
    issuer = save_issuer(None, organization=school, slug="bench", name="Bench", by=None, at=MONDAY)
    make_first_key(issuer, by=None, at=MONDAY)
    return achievement_of(school)


def _award(version: AchievementVersion) -> Award:
    return granted(learner.make(), version)


def _issued(award: Award) -> None:
    prepared = issue_award(award)
    if prepared is not None:
        sign_prepared(prepared)
