"""What one piece of evidence costs that brings an award: one audit and a fixed number of statements."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, User
from assessments.evidence.actions import record_evidence
from competencies.models import Competency
from programs.audit.queries import audits
from programs.audit.queries.awarding import awarding_date, awarding_of, awarding_organization_of
from programs.audit.rules.audit import audit
from programs.audit.rules.result import Audit, AuditOutcome
from programs.audit.rules.sufficiency import decided_by_what_counts
from programs.awards.queries import grounds as award_grounds
from programs.enrollment.actions.enrolling import enroll
from programs.integrity import problems
from programs.models import Award, Granting, OrganizationPart, OrganizationRole
from tests.assessments.places import MONDAY, TUESDAY, finding, show
from tests.programs.audit_trees import TODAY, case_of
from tests.programs.places import Ladder, awarding, draft_of, open_assessment
from tests.recipes import institution

START = date(2026, 3, 2)
Four = tuple[Competency, ...]


@pytest.fixture
def audited(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The root of each tree that is audited, from here on; the audits are the real ones."""
    trees: list[str] = []

    def audit_and_tell(tree: object, *arguments: object, **named: object) -> Audit:
        trees.append(str(tree))
        return audit(tree, *arguments, **named)  # type: ignore[arg-type]  # handed on as they are

    for module in (audits, award_grounds):
        monkeypatch.setattr(module, "audit", audit_and_tell)
    return trees


@pytest.fixture
def last_piece(
    school: Organization, four: Four, registrar: User, assessor: User
) -> Callable[[], tuple[Learner, Callable[[], object]]]:
    """Somebody who lacks one piece of a program that is awarded by rule, and the act that brings it."""
    open_assessment(school, *four)
    version = awarding(draft_of(school, "Bread", *four[:2]), Granting.AUTOMATIC)

    def another() -> tuple[Learner, Callable[[], object]]:
        learner = create_learner("Ada Lovelace", by=registrar, at=MONDAY)
        enroll(learner, version=version, on=START, by=registrar, at=MONDAY)
        show(learner, four[0], 3, by=assessor, at=MONDAY)
        item = finding(four[1], 3)
        return learner, lambda: record_evidence(learner, items=[item], by=assessor)

    return another


@pytest.mark.django_db
def test_a_piece_that_brings_an_award_is_audited_once_in_nineteen_statements(
    last_piece: Callable[[], tuple[Learner, Callable[[], object]]], audited: list[str]
) -> None:
    last_piece()[1]()  # what is read once per process
    learner, record = last_piece()
    audited.clear()

    with CaptureQueriesContext(connection) as queries:
        record()

    assert [award.state for award in Award.objects.of(learner)] == ["granted"]
    assert (len(audited), len(queries)) == (1, 19)  # the beginning and the end of the transaction among them
    assert list(problems(at=TUESDAY)) == []


@pytest.mark.django_db
def test_what_a_ladder_of_awards_costs(
    ada: Learner, ladder: Ladder, four: Four, registrar: User, assessor: User, audited: list[str]
) -> None:
    enroll(ada, version=ladder.diploma, on=START, by=registrar, at=MONDAY)
    for competency in (four[0], *four[2:]):
        show(ada, competency, 3, by=assessor, at=MONDAY)
    audited.clear()

    show(ada, four[1], 3, by=assessor, at=MONDAY)

    assert Award.objects.standing().count() == 2
    assert len(audited) == LADDER_AUDITS


LADDER_AUDITS = 5  # the diploma's tree before, between and after its two awards, and one for each of these


def seen(outcome: AuditOutcome) -> tuple[object, ...]:
    """What a decision record keeps of an outcome."""
    return outcome.met, outcome.engine, outcome.assignment, outcome.uses, outcome.nodes[0].earned


def test_what_is_decided_by_what_counts_is_decided_so_again_without_the_rest() -> None:
    found = 0
    for case in map(case_of, range(1_500)):
        outcome = audit(case.tree, case.attainments, [], context=case.context, on=TODAY).today
        if not decided_by_what_counts(outcome):
            continue
        found += 1
        used = {use.attainment for use in outcome.uses}
        counting = [piece for piece in case.attainments if piece.id in used]
        again = audit(case.tree, counting, [], context=case.context, on=TODAY, previous=outcome.assignment).today

        assert seen(again) == seen(outcome), case
    assert found >= 50


@pytest.mark.django_db
def test_the_organization_that_plays_the_part_awards(school: Organization, four: Four) -> None:
    tokyo = institution.make(parent=school, name="Tokyo", time_zone="Asia/Tokyo")
    version = draft_of(school, "Bread", four[0])
    late = MONDAY.replace(hour=20)
    assert (awarding_of(version), awarding_date(version, late)) == (school, MONDAY.date())

    OrganizationRole.objects.create(version=version, part=OrganizationPart.AWARDING, organization=tokyo)

    assert (awarding_of(version), awarding_date(version, late)) == (tokyo, TUESDAY.date())


@pytest.mark.django_db
def test_an_award_stays_with_the_organization_that_made_it(
    last_piece: Callable[[], tuple[Learner, Callable[[], object]]], school: Organization
) -> None:
    learner, record = last_piece()
    record()
    award = Award.objects.of(learner).get()

    award.achievement.organization = institution.make(parent=school, name="Tokyo")

    assert awarding_organization_of(award) == school
