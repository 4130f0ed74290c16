"""From evidence to award: what rule grants at once, what waits for a registrar, what time and people take back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import ApprovalMissingError
from accounts.models import Learner, Organization, User
from assessments.evidence.actions import void_evidence
from assessments.models import Evidence, VoidReason
from competencies.models import Competency
from core.jobs.models import Job
from programs.announcements import Awarded, AwardEnded, awarded, rescinded
from programs.audit.rules.report_rows import Missing
from programs.awards.actions.awards import (
    decline_award,
    grant_award,
    lapse_due,
    learners_with_due_awards,
    propose_award,
    renew_award,
    rescind_award,
)
from programs.awards.actions.concerns import settle_concern
from programs.awards.queries.facts import facts_of
from programs.decisions.actions import grant_exception
from programs.enrollment.actions.enrolling import enroll
from programs.errors import (
    AlreadyAwardedError,
    AwardedOnError,
    NotProposedError,
    NotRenewableError,
    RequirementsNotMetError,
    WordsMissingError,
)
from programs.integrity import problems
from programs.models import (
    Award,
    AwardConcern,
    EndReason,
    Enrollment,
    Granting,
    ProgramVersion,
    Progress,
)
from programs.pathway.queries.next_steps import next_steps
from programs.pathway.queries.pathways import pathway_of
from programs.rules.attainments import ExceptionKind
from tests.assessments.places import FRIDAY, MONDAY, TUESDAY, show
from tests.programs.places import Ladder, approved, awarding, draft_of, ladder_of, published, root_of, stack, take_back

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)
Four = tuple[Competency, ...]


def standing(learner: Learner) -> list[str]:
    """The titles of all that a person holds, in the order in which it was awarded."""
    return [award.achievement.title for award in Award.objects.of(learner).standing().order_by("pk")]


def states(learner: Learner) -> list[tuple[str, int, str]]:
    rows = Award.objects.of(learner).order_by("pk")
    return [(row.achievement.title, row.cycle, row.state) for row in rows]


@pytest.fixture
def studies(ada: Learner, ladder: Ladder, registrar: User) -> Enrollment:
    """Ada is in the diploma alone."""
    return enroll(ada, version=ladder.diploma, on=START, by=registrar, at=MONDAY)


@pytest.fixture
def all_but_one(studies: Enrollment, four: Four, assessor: User) -> Callable[[datetime], None]:
    """Everything of the diploma is shown but baking; call it to show that too."""
    for competency in (four[0], *four[2:]):
        show(studies.learner, competency, 3, by=assessor, at=MONDAY)

    def bake_too(at: datetime) -> None:
        show(studies.learner, four[1], 3, by=assessor, at=at)

    return bake_too


def test_the_last_missing_piece_brings_all_that_rule_grants(
    studies: Enrollment, all_but_one: Callable[[datetime], None]
) -> None:
    assert states(studies.learner) == []

    all_but_one(TUESDAY)

    assert states(studies.learner) == [
        ("Bread", 1, "granted"),
        ("Craft", 1, "granted"),
        ("Master", 1, "proposed"),
    ]
    assert list(problems(at=TUESDAY)) == []


def test_an_award_says_what_it_brings_and_on_what_it_rests(
    studies: Enrollment, all_but_one: Callable[[datetime], None], four: Four
) -> None:
    all_but_one(TUESDAY)
    bread, craft = Award.objects.standing().order_by("pk")

    assert (bread.requirements_met_on, bread.awarded_on, bread.decided_by) == (TUESDAY.date(), TUESDAY.date(), None)
    assert (bread.name_as_awarded, bread.credits, craft.credits) == ("Ada Lovelace", Decimal(6), Decimal(10))
    assert [(row.requirement_key, row.kind, row.credits) for row in bread.attributions.order_by("position")] == [
        ("r2", "mastery", Decimal(3)),
        ("r3", "mastery", Decimal(3)),
    ]
    assert sorted((row.requirement_key, row.kind) for row in craft.attributions.all()) == [
        ("r2", "award"),
        ("r2", "mastery"),
        ("r2", "mastery"),
        ("r3", "mastery"),
    ]
    assert "Ada" not in str(bread.decision)
    facts = facts_of(craft)
    assert [(it.requirement, it.statement, it.required_rank, it.reached_rank) for it in facts.competencies] == [
        ("r2/r2", "Can knead.", 3, 3),
        ("r2/r3", "Can bake.", 3, 3),
        ("r3", "Can shape.", 3, 3),
    ]
    assert sum(it.credits or 0 for it in facts.competencies) == facts.credits
    assert [it.title for it in facts.stacked] == ["Bread"]


def test_a_program_inside_waits_for_its_award(
    ada: Learner, school: Organization, four: Four, ladder: Ladder, assessor: User
) -> None:
    inner = awarding(draft_of(school, "Pie", four[0]), Granting.REGISTRAR)
    outer = draft_of(school, "Feast")
    stack(root_of(outer), inner)
    studies = enroll(ada, version=awarding(outer, Granting.AUTOMATIC), on=START, by=assessor, at=MONDAY)

    show(ada, four[0], 3, by=assessor, at=MONDAY)

    assert (Progress.objects.get(enrollment=studies).distance, states(ada)) == (1, [("Pie", 1, "proposed")])
    assert [(step.missing, step.title) for step in next_steps(pathway_of(studies, at=MONDAY))] == [
        (Missing.AWARD, "Pie")
    ]
    grant_award(Award.objects.get(), by=assessor, at=TUESDAY)
    assert states(ada) == [("Pie", 1, "granted"), ("Feast", 1, "granted")]


def test_a_registrar_grants_on_a_day_of_the_awarding_organization(
    studies: Enrollment, all_but_one: Callable[[datetime], None], registrar: User, school: Organization
) -> None:
    school.time_zone = "Australia/Sydney"
    school.save()
    all_but_one(TUESDAY)
    proposed = Award.objects.proposed().get()
    late = datetime(2026, 3, 6, 20, tzinfo=UTC)  # Saturday morning in Sydney

    with pytest.raises(AwardedOnError):
        grant_award(proposed, awarded_on=date(2026, 3, 8), by=registrar, at=late)
    with pytest.raises(AwardedOnError):
        grant_award(proposed, awarded_on=date(2026, 3, 2), by=registrar, at=late)
    granted = grant_award(proposed, by=registrar, words="Read and agreed.", at=late)

    assert (granted.requirements_met_on, granted.awarded_on) == (date(2026, 3, 3), date(2026, 3, 7))
    assert (granted.decided_by, granted.bodies.get().content) == (registrar, "Read and agreed.")
    assert (facts_of(granted).zone, list(problems(at=late))) == ("Australia/Sydney", [])
    with pytest.raises(NotProposedError):
        grant_award(proposed, by=registrar, at=late)


def test_what_is_met_no_longer_is_not_granted(
    studies: Enrollment, all_but_one: Callable[[datetime], None], registrar: User, four: Four
) -> None:
    all_but_one(TUESDAY)
    void_evidence(Evidence.objects.get(competency=four[3]), reason=VoidReason.MISTAKE, by=registrar, at=TUESDAY)

    with pytest.raises(RequirementsNotMetError):
        grant_award(Award.objects.proposed().get(), by=registrar, at=FRIDAY)

    assert Award.objects.proposed().count() == 1


def test_requirements_met_on_another_day_again_are_granted_for_that_day(
    studies: Enrollment, all_but_one: Callable[[datetime], None], registrar: User, assessor: User, four: Four
) -> None:
    all_but_one(TUESDAY)
    void_evidence(Evidence.objects.get(competency=four[3]), reason=VoidReason.MISTAKE, by=registrar, at=TUESDAY)
    show(studies.learner, four[3], 3, by=assessor, at=FRIDAY)

    assert Award.objects.proposed().get().requirements_met_on == FRIDAY.date()
    assert grant_award(Award.objects.proposed().get(), by=registrar, at=FRIDAY).stands
    assert list(problems(at=FRIDAY)) == []


def test_a_refused_award_is_not_proposed_again_by_rule(
    studies: Enrollment, all_but_one: Callable[[datetime], None], registrar: User, assessor: User, four: Four
) -> None:
    all_but_one(TUESDAY)
    with pytest.raises(WordsMissingError):
        decline_award(Award.objects.proposed().get(), by=registrar, words=" ", at=TUESDAY)
    decline_award(Award.objects.proposed().get(), by=registrar, words="Fees are open.", at=TUESDAY)

    show(studies.learner, four[3], 4, by=assessor, at=FRIDAY)
    assert states(studies.learner)[2:] == [("Master", 1, "declined")]

    again = propose_award(studies, by=registrar, words="Fees are paid.", at=FRIDAY)
    grant_award(again, by=registrar, at=FRIDAY)
    assert states(studies.learner)[2:] == [("Master", 1, "declined"), ("Master", 1, "granted")]


def test_rescinding_asks_for_a_second_person_and_leaves_what_is_above(
    studies: Enrollment,
    all_but_one: Callable[[datetime], None],
    registrar: User,
    second: User,
    four: Four,
    assessor: User,
) -> None:
    all_but_one(TUESDAY)
    bread = Award.objects.get(achievement__title="Bread")
    with pytest.raises(ApprovalMissingError):
        rescind_award(bread, reason=EndReason.IN_ERROR, by=registrar, words="Mistake.", at=FRIDAY)

    take_back(bread, asked_by=registrar, by=second, at=FRIDAY)
    show(studies.learner, four[0], 4, by=assessor, at=FRIDAY)

    assert states(studies.learner) == [("Bread", 1, "rescinded"), ("Craft", 1, "granted"), ("Master", 1, "proposed")]
    concern = AwardConcern.objects.open().get()
    assert (concern.award.achievement.title, concern.kind, concern.subject_id) == (
        "Craft",
        "lower_ended",
        bread.public_id,
    )
    settle_concern(concern, by=registrar, words="It rests on the same work.", at=FRIDAY)
    assert list(problems(at=FRIDAY)) == []
    with pytest.raises(WordsMissingError):
        propose_award(studies, version=bread.program_version, by=registrar, words="", at=FRIDAY)
    propose_award(studies, version=bread.program_version, by=registrar, words="Examined again.", at=FRIDAY)
    with pytest.raises(AlreadyAwardedError):
        propose_award(studies, version=bread.program_version, by=registrar, words="And again.", at=FRIDAY)


def test_evidence_under_an_award_that_is_voided_or_corrected_is_looked_at(
    studies: Enrollment, all_but_one: Callable[[datetime], None], registrar: User, assessor: User, four: Four
) -> None:
    all_but_one(TUESDAY)
    kneaded, baked = (Evidence.objects.get(competency=competency) for competency in four[:2])

    void_evidence(kneaded, reason=VoidReason.MISCONDUCT, by=registrar, at=FRIDAY)
    show(studies.learner, four[1], 1, by=assessor, at=FRIDAY, corrects=baked)

    found = AwardConcern.objects.open().order_by("pk").values_list("award__achievement__title", "kind", "subject_id")
    assert list(found) == [
        ("Bread", "evidence_voided", kneaded.public_id),
        ("Bread", "evidence_corrected", four[1].public_id),
        ("Craft", "evidence_corrected", four[1].public_id),
    ]
    assert standing(studies.learner) == ["Bread", "Craft"]
    assert list(problems(at=FRIDAY)) == []


def test_an_award_lapses_at_midnight_of_whoever_awarded_it_and_is_renewed(
    ada: Learner, school: Organization, four: Four, registrar: User, assessor: User
) -> None:
    ladder = ladder_of(school, *four, valid_for_months=12)
    studies = enroll(ada, version=ladder.certificate, on=START, by=registrar, at=MONDAY)
    for competency in four[:3]:
        show(ada, competency, 3, by=assessor, at=MONDAY)
    bread = Award.objects.get(achievement__title="Bread")
    assert (bread.valid_until, bread.holds_until) == (date(2027, 3, 3), datetime(2027, 3, 2, 23, tzinfo=UTC))
    with pytest.raises(NotRenewableError):
        renew_award(Award.objects.get(achievement__title="Craft"), by=registrar, at=FRIDAY)

    midnight = datetime(2027, 3, 2, 23, tzinfo=UTC)
    assert lapse_due(ada.pk, at=midnight - timedelta(seconds=1)) == []
    assert learners_with_due_awards(at=midnight) == [ada.pk]
    lapse_due(ada.pk, at=midnight)

    assert states(ada) == [("Bread", 1, "lapsed"), ("Craft", 1, "granted")]
    assert AwardConcern.objects.open().get().kind == "lower_ended"
    renewed = renew_award(bread, by=registrar, words="Refreshed.", at=midnight)
    assert (states(ada)[2], renewed.awarded_on) == (("Bread", 2, "granted"), date(2027, 3, 3))
    assert Progress.objects.get(enrollment=studies).status == "met"
    assert list(problems(at=midnight)) == []


def test_an_exception_inside_a_program_counts_for_its_award(
    studies: Enrollment, four: Four, registrar: User, second: User, assessor: User
) -> None:
    for competency in four[1:3]:
        show(studies.learner, competency, 3, by=assessor, at=MONDAY)

    waived = grant_exception(
        studies, kind=ExceptionKind.WAIVE, node="r2/r2/r2", words="Baker by trade.", by=registrar, at=TUESDAY
    )
    assert standing(studies.learner) == []
    approved(waived, by=second, at=TUESDAY)

    assert standing(studies.learner) == ["Bread", "Craft"]
    assert list(problems(at=TUESDAY)) == []


def test_who_listens_is_told_inside_the_transaction(
    studies: Enrollment, all_but_one: Callable[[datetime], None], registrar: User, second: User
) -> None:
    heard: list[tuple[str, str]] = []

    def hear(news: Awarded | AwardEnded) -> None:
        heard.append((news.award.achievement.title, getattr(news, "how", "awarded")))

    awarded.connect(hear)
    rescinded.connect(hear)
    try:
        all_but_one(TUESDAY)
        take_back(Award.objects.get(achievement__title="Craft"), asked_by=registrar, by=second, at=FRIDAY)
    finally:
        awarded.disconnect(hear)
        rescinded.disconnect(hear)

    assert heard == [("Bread", "awarded"), ("Craft", "awarded"), ("Craft", "rescinded")]


def test_the_name_goes_when_its_retention_ends_and_the_award_stays_explained(
    studies: Enrollment, all_but_one: Callable[[datetime], None]
) -> None:
    all_but_one(TUESDAY)

    Award.objects.filter(achievement__title="Bread").update(name_as_awarded=None)

    assert facts_of(Award.objects.get(achievement__title="Bread")).name == ""
    assert list(problems(at=FRIDAY)) == []


def test_one_enrolled_in_the_inner_program_alone_is_awarded_for_the_outer_one_too(
    ada: Learner, ladder: Ladder, four: Four, registrar: User, assessor: User
) -> None:
    for version in (ladder.certificate, ladder.micro):
        enroll(ada, version=version, on=START, by=registrar, at=MONDAY)
    for competency in four[:3]:
        show(ada, competency, 3, by=assessor, at=MONDAY)

    assert standing(ada) == ["Bread", "Craft"]
    assert {row.status for row in Progress.objects.all()} == {"met"}


def test_what_was_shown_before_is_awarded_on_enrolling(
    ada: Learner, ladder: Ladder, four: Four, registrar: User, assessor: User
) -> None:
    for competency in four[:3]:
        show(ada, competency, 3, by=assessor, at=MONDAY)

    enroll(ada, version=ladder.certificate, on=START, by=registrar, at=MONDAY)

    assert standing(ada) == ["Bread", "Craft"]


def test_an_ordinary_piece_asks_nothing_about_awards(studies: Enrollment, four: Four, assessor: User) -> None:
    show(studies.learner, four[0], 3, by=assessor, at=MONDAY)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        show(studies.learner, four[2], 3, by=assessor, at=MONDAY)

    statements = [query["sql"] for query in seen if "programs_a" in query["sql"]]
    assert len(statements) == 1  # the awards that the programs inside may be met by


def test_no_job_waits_for_what_was_awarded_at_once(
    studies: Enrollment, all_but_one: Callable[[datetime], None]
) -> None:
    all_but_one(TUESDAY)

    assert not Job.objects.filter(name__startswith="programs.").exists()


def test_a_published_version_awards_what_was_chosen_or_what_its_shape_says(
    school: Organization, ladder: Ladder, knead: Competency
) -> None:
    plain: ProgramVersion = published(school, "Rolls", knead)
    frozen = plain.achievement_version

    assert (frozen.granting, frozen.achievement.achievement_type, frozen.title) == (
        "automatic",
        "MicroCredential",
        "Rolls",
    )
    assert frozen.criteria == "* Can knead."
    assert ladder.diploma.achievement_version.granting == "registrar"
