"""Issuing: one credential from award to stored bytes, and five hundred; with what of it the guard takes."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction

from accounts.models import Organization, Role
from credentials.badges.formats import data_integrity
from credentials.badges.formats.data_integrity import bytes_of, signed, verify_badge
from credentials.badges.formats.guard import refuse_unless_sound
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.signing import sign_prepared
from credentials.issuing.queries.signers import signer_of
from credentials.models import Credential
from programs.enrollment.actions.enrolling import enroll
from programs.models import AchievementVersion, Award, Granting
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale, show
from tests.benchmarks.measure import Figure, median_seconds, medians_in_turn, milliseconds
from tests.credentials.awarding import achievement_of, granted
from tests.credentials.papers import SIGNER
from tests.programs.places import awarding, draft_of, open_assessment
from tests.recipes import institution, learner, make_staff

MANY = {"usual": 500, "large": 500}
COMPETENCIES = 40
RUNS = 20


def figures(size: str) -> Iterator[Figure]:
    """One credential and many of them, one by one as jobs do it; then what signing and guarding alone cost."""
    version = _version()
    _issued(_award(version))  # loads the library, hears the canary
    awards = [_award(version) for _run in range(RUNS + 1)]
    bare = _unsigned(Credential.objects.latest("pk"))
    yield _beside("issue one credential of one competency", lambda: _issued(awards.pop()), bare)
    whole = _award_of_program()
    large = _undone(whole)
    yield _beside(
        f"issue one credential of a program with {COMPETENCIES} competencies, rolled back",
        lambda: _undone(whole),
        large,
    )
    many = [_award(version) for _award_of in range(MANY[size])]
    begun = time.perf_counter()
    for award in many:
        _issued(award)
    taken = time.perf_counter() - begun
    yield Figure(
        f"issue {len(many)} credentials, one by one", f"{taken:.1f} s", f"{milliseconds(taken / len(many))} each", ""
    )
    content = bytes_of(signed(bare, SIGNER))
    guard, library = medians_in_turn(
        lambda: refuse_unless_sound(content, multibase=SIGNER.multibase),
        lambda: verify_badge(content, multibase=SIGNER.multibase),
        times=RUNS,
        clock=time.process_time,
    )
    yield Figure(
        f"guard of one signed document of {len(content) / 1000:.1f} kB (CPU)",
        milliseconds(guard),
        f"the library's whole verifier {milliseconds(library)}",
    )
    key = Credential.objects.latest("pk").key
    yield Figure("open a sealed key", milliseconds(median_seconds(lambda: signer_of(key), times=RUNS)), "", "")


def _beside(work: str, issue: Callable[[], object], document: dict[str, Any]) -> Figure:
    """Issuing in turn with nothing but the canonical form and the signature of the same document, by the same code."""

    def raw() -> None:
        data_integrity._canonical.cache_clear()
        signed(document, SIGNER)

    ours, alone = medians_in_turn(issue, raw, times=RUNS, clock=time.process_time)
    size = len(bytes_of(document)) / 1000
    return Figure(
        f"{work}: lint, prepare, sign, guard, store; {size:.1f} kB (CPU)",
        milliseconds(ours),
        f"canonical form and signature alone {milliseconds(alone)}",
        "≤ 15 ms" if size < 10 else "",
    )


def _unsigned(credential: Credential) -> dict[str, Any]:
    document = credential.document or {}
    return {**document, "proof": {name: value for name, value in document["proof"].items() if name != "proofValue"}}


def _award_of_program() -> Award:
    """The award that a learner gets by rule for a program of many competencies."""
    school, registrar = Organization.objects.ours().get(parent=None), make_staff(Role.REGISTRAR)
    framework, scale = new_framework("Bench of a program"), new_scale()
    asked = [new_competency(framework, f"bench {number}", scale) for number in range(COMPETENCIES)]
    open_assessment(school, *asked)
    person = learner.make()
    version = awarding(draft_of(school, "Bench", *asked), Granting.AUTOMATIC)
    enroll(person, version=version, on=MONDAY.date(), by=registrar, at=MONDAY)
    for competency in asked:
        show(person, competency, 3, by=registrar)
    return Award.objects.of(person).standing().get()


def _undone(award: Award) -> dict[str, Any]:
    """Issue, and take it back, since an award has one credential; the document without the value of its proof."""
    with transaction.atomic():
        _issued(award)
        document = _unsigned(Credential.objects.get(award=award))
        transaction.set_rollback(True)
    return document


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
