"""Rows of mastery: subscriptions, parents, lapsing, linked records, erasure; always what decide() says of all rows."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import Learner, Organization, User
from assessments.evidence.actions import record_evidence, void_evidence
from assessments.integrity import problems
from assessments.mastery.actions.policies import assign_policy, make_policy
from assessments.mastery.actions.recomputing import due_learners, recompute_if_due, track, track_all
from assessments.mastery.announcements import MasteryChanged, mastery_changed
from assessments.mastery.labels import explanation_in_words
from assessments.mastery.queries.policies_in_force import resolved_policy
from assessments.mastery.queries.standings import explanation_of, mastery_of, mastery_to_audit, result_of
from assessments.mastery.rules.parents import ParentDecision
from assessments.models import Evidence, EvidenceBody, Mastery, MasteryState, PolicyAssignment, VoidReason
from assessments.tasks import sweep_mastery
from assessments.work.actions.erasing import erase_content
from competencies.actions import revise_competency
from competencies.models import Competency, Framework, ProficiencyScale
from core.jobs.models import Job
from portal.actions.linking import link_persons, part_persons
from tests.assessments.places import (
    FRIDAY,
    MONDAY,
    TUESDAY,
    finding,
    new_competency,
    policy_json,
    put_below,
    show,
)
from tests.assessments.work import hand_in, judge, new_assessment


def states(learner: Learner, *, at: datetime = FRIDAY) -> dict[str, str]:
    """The state of each competency, by its code."""
    return {row.competency.code: row.state for row in mastery_of(learner, at=at)}


def sound(at: datetime = FRIDAY) -> bool:
    """Nothing stored differs from what decide() says."""
    return list(problems(at=at)) == []


def test_tracking_decides_at_once_and_only_once(
    ada: Learner, knead: Competency, craft: ProficiencyScale, assessor: User
) -> None:
    show(ada, knead, 3, by=assessor)
    strict = make_policy("Strict", definition=policy_json(craft, 4), by=None, at=MONDAY)

    row = track(ada, competency=knead, policy_version=strict, at=TUESDAY)

    assert (row.state, row.level) == (MasteryState.BELOW, 3)
    strict.refresh_from_db()
    assert strict.used_at == TUESDAY
    assert track_all(ada, subscriptions=[(knead.pk, strict)], at=FRIDAY) == ()
    assert Mastery.objects.count() == 2


def test_evidence_reaches_every_row_that_asks(
    ada: Learner, knead: Competency, craft: ProficiencyScale, assessor: User
) -> None:
    twice = make_policy("Twice", definition=policy_json(craft, 3, method="n_times@1", times=2), by=None, at=MONDAY)
    track(ada, competency=knead, policy_version=twice, at=MONDAY)
    show(ada, knead, 3, by=assessor)
    show(ada, knead, 3, by=assessor, at=TUESDAY)

    assert {row.policy_version.policy.title: row.state for row in mastery_of(ada, at=FRIDAY)} == {
        "Twice": "mastered",
        "Default on Craft": "mastered",
    }
    assert sound()


@pytest.fixture
def bread(baking: Framework, craft: ProficiencyScale, knead: Competency, bake: Competency) -> Competency:
    """A competency of two: knead, and an oven's which is made of bake."""
    bread = new_competency(baking, "bread", craft)
    oven = new_competency(baking, "oven", craft)
    put_below(bread, knead, oven)
    put_below(oven, bake)
    everything = {"method": "all@1", "scale": str(craft.public_id)}
    assign_policy(make_policy("All", definition=everything, by=None, at=MONDAY), framework=baking, at=MONDAY)
    return bread


def test_parents_follow_their_children_to_the_top(
    ada: Learner, bread: Competency, knead: Competency, bake: Competency, assessor: User
) -> None:
    resolved = resolved_policy(bread)
    assert resolved is not None
    assert resolved.version is not None
    track(ada, competency=bread, policy_version=resolved.version, at=MONDAY)
    assert states(ada) == {"bread": "none"}

    heard: list[MasteryChanged] = []
    mastery_changed.connect(heard.append)
    try:
        show(ada, knead, 3, by=assessor)
        show(ada, bake, 4, by=assessor, at=TUESDAY)
    finally:
        mastery_changed.disconnect(heard.append)

    assert states(ada) == {"bread": "mastered", "knead": "mastered", "bake": "mastered"}
    assert {change.competency_id for change in heard[-1].changes} == {bake.pk, bread.pk}
    parent = Mastery.objects.get(competency=bread)
    assert parent.level == 3
    explained = explanation_of(parent, as_of=FRIDAY.date(), known_at=FRIDAY)
    assert isinstance(explained.decision, ParentDecision)
    assert explanation_in_words(explained.explanation, on=FRIDAY.date())[1] == "2 of 2 competencies mastered"
    assert sound()


def test_a_void_below_reaches_the_top(
    ada: Learner, bread: Competency, knead: Competency, bake: Competency, assessor: User
) -> None:
    version = PolicyAssignment.objects.get(for_parents=True).policy_version
    track(ada, competency=bread, policy_version=version, at=MONDAY)
    show(ada, knead, 3, by=assessor)
    row = show(ada, bake, 3, by=assessor).evidence[0]

    void_evidence(row, reason=VoidReason.MISTAKE, by=assessor, at=TUESDAY)

    assert states(ada) == {"bread": "withdrawn", "knead": "mastered", "bake": "withdrawn"}
    assert sound()


def test_the_explanation_says_why_in_words(ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 3, by=assessor)

    explained = explanation_of(Mastery.objects.get(), as_of=FRIDAY.date(), known_at=FRIDAY)

    assert explanation_in_words(explained.explanation, on=FRIDAY.date()) == [
        "Mastered since 10 February",
        "Proficient (3.00) in the one piece of evidence assessed, by 1 assessor, latest 10 February",
    ]
    assert explained.in_json()["decision"]["state"] == "mastered"


@pytest.mark.parametrize(
    ("zone", "performed_on", "last_second"),
    [
        # The 365th day after the work is its last; clocks in Sydney went forward on 4 October 2026, UTC+11 since.
        ("Australia/Sydney", date(2025, 3, 2), datetime(2026, 3, 2, 12, 59, 59, tzinfo=UTC)),
        ("Australia/Sydney", date(2025, 10, 4), datetime(2026, 10, 4, 12, 59, 59, tzinfo=UTC)),
        ("Australia/Sydney", date(2025, 10, 3), datetime(2026, 10, 3, 13, 59, 59, tzinfo=UTC)),
        ("Pacific/Honolulu", date(2025, 3, 2), datetime(2026, 3, 3, 9, 59, 59, tzinfo=UTC)),
        ("Europe/Vienna", date(2025, 3, 29), datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC)),
    ],
)
def test_mastery_lapses_at_the_midnight_of_the_institution(
    ada: Learner, knead: Competency, craft: ProficiencyScale, school: Organization, assessor: User,
    zone: str, performed_on: date, last_second: datetime,
) -> None:  # fmt: skip
    school.time_zone = zone
    school.save()
    fresh = make_policy("Fresh", definition=policy_json(craft, 3, recency_days=365), by=None, at=MONDAY)
    assign_policy(fresh, at=MONDAY)
    shown_at = datetime.combine(performed_on, datetime.min.time(), tzinfo=ZoneInfo(zone)).astimezone(UTC) + timedelta(
        hours=12
    )
    show(ada, knead, 3, by=assessor, at=shown_at, performed_on=performed_on)
    heard: list[MasteryChanged] = []
    mastery_changed.connect(heard.append)

    try:
        assert due_learners(at=last_second) == []
        assert states(ada, at=last_second) == {"knead": "mastered"}
        midnight = last_second + timedelta(seconds=1)
        assert states(ada, at=midnight) == {"knead": "lapsed"}
        assert [row.state for row in mastery_to_audit(ada, at=last_second)] == ["mastered"]
        assert [row.state for row in mastery_to_audit(ada, at=midnight)] == ["lapsed"]
        assert Mastery.objects.get().state == MasteryState.MASTERED
        assert due_learners(at=midnight) == [ada.pk]
        assert len(recompute_if_due(ada.pk, at=midnight)) == 1
    finally:
        mastery_changed.disconnect(heard.append)

    row = Mastery.objects.get()
    assert (row.state, row.mastered_on, row.holds_until) == (MasteryState.LAPSED, performed_on, None)
    assert row.ended_on == midnight.astimezone(ZoneInfo(zone)).date()
    assert [change.new.state for change in heard[0].changes] == ["lapsed"]
    assert (due_learners(at=midnight), recompute_if_due(ada.pk, at=midnight)) == ([], ())
    assert sound(midnight)


@pytest.mark.parametrize("at", [FRIDAY, FRIDAY + timedelta(days=900)])
def test_audits_read_what_pages_show(
    ada: Learner, knead: Competency, bake: Competency, craft: ProficiencyScale, assessor: User, at: datetime
) -> None:
    """Also where a row is past its time, and decided for the reader."""
    fresh = make_policy("Fresh", definition=policy_json(craft, 3, recency_days=365), by=None, at=MONDAY)
    assign_policy(fresh, at=MONDAY)
    for competency in (knead, bake):
        show(ada, competency, 3, by=assessor)

    assert {
        (row.competency, row.competency_name, row.policy_name, row.state, row.level, row.mastered_on, row.valid_until)
        for row in mastery_to_audit(ada, at=at)
    } == {
        (
            row.competency_id,
            row.competency.public_id,
            row.policy_version.public_id,
            row.state,
            row.level,
            row.mastered_on,
            row.valid_until,
        )
        for row in mastery_of(ada, at=at)
    }


def test_the_sweep_promises_a_job_for_each_person_that_is_due(
    ada: Learner, grace: Learner, knead: Competency, craft: ProficiencyScale, assessor: User
) -> None:
    assign_policy(make_policy("Fresh", definition=policy_json(craft, 3, recency_days=1), by=None, at=MONDAY), at=MONDAY)
    show(ada, knead, 3, by=assessor, at=MONDAY, performed_on=MONDAY.date())
    show(grace, knead, 2, by=assessor, at=MONDAY)

    sweep_mastery()

    waiting = Job.objects.filter(name="assessments.recompute_due_learner").values_list("args", flat=True)
    assert list(waiting) == [[ada.pk]]


def test_a_new_policy_in_force_takes_nothing_away(
    ada: Learner, knead: Competency, craft: ProficiencyScale, assessor: User
) -> None:
    show(ada, knead, 3, by=assessor)
    strict = make_policy("Strict", definition=policy_json(craft, 4), by=None, at=MONDAY)
    assign_policy(strict, competency=knead, at=TUESDAY)
    assert states(ada) == {"knead": "mastered"}

    show(ada, knead, 3, by=assessor, at=FRIDAY)

    assert [row.state for row in mastery_of(ada, at=FRIDAY)] == ["mastered", "below"]


def test_linked_records_are_one_person_and_parted_ones_two(
    ada: Learner,
    grace: Learner,
    knead: Competency,
    bake: Competency,
    craft: ProficiencyScale,
    assessor: User,
    registrar: User,
) -> None:
    twice = make_policy("Twice", definition=policy_json(craft, 3, method="n_times@1", times=2), by=None, at=MONDAY)
    assign_policy(twice, at=MONDAY)
    show(ada, knead, 3, by=assessor)
    show(grace, knead, 3, by=assessor)
    show(grace, bake, 3, by=assessor)
    assert (states(ada), states(grace)) == ({"knead": "below"}, {"bake": "below", "knead": "below"})

    link = link_persons(ada, other=grace, reason="The same birth date", by=registrar, at=TUESDAY)
    together = {"bake": "below", "knead": "mastered"}
    assert (states(ada), states(grace)) == (together, together)
    assert sound()
    show(grace, bake, 3, by=assessor, at=TUESDAY)
    assert states(ada) == {"bake": "mastered", "knead": "mastered"}
    assert sound()

    part_persons(link, reason="Two people after all", by=registrar, at=FRIDAY)
    assert (states(ada), states(grace)) == ({"bake": "none", "knead": "below"}, {"bake": "mastered", "knead": "below"})
    assert sound()


def test_a_new_meaning_of_a_competency_leaves_old_decisions_as_they_are(
    ada: Learner, knead: Competency, assessor: User
) -> None:
    show(ada, knead, 3, by=assessor)
    before = result_of(Mastery.objects.get())

    revise_competency(
        knead, statement="Kneads by hand and machine.", criteria="", scale=knead.revisions.get().scale,
        reason="Broader", at=TUESDAY,
    )  # fmt: skip

    assert sound()
    assert Evidence.objects.get().competency_revision.number == 1
    show(ada, knead, 2, by=assessor, at=FRIDAY)
    assert result_of(Mastery.objects.get()) == before
    assert Evidence.objects.order_by("-pk")[0].competency_revision.number == 2


CANARY = "zebrafinch"


def test_erased_words_are_gone_and_decisions_stay(
    ada: Learner, knead: Competency, school: Organization, assessor: User
) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school), text=f"My {CANARY} loaf")
    judge(work, 3, by=assessor, comments={"": f"A fine {CANARY}"})
    show(ada, knead, 2, by=assessor, words=f"Seen with a {CANARY}")
    before = Mastery.objects.get().digest
    assert len(tables_with(CANARY)) == 3

    erased = erase_content(ada, at=TUESDAY)

    assert erased.texts == 3
    assert [(row.content, row.erased_at) for row in EvidenceBody.objects.all()] == [(None, TUESDAY)]
    assert Mastery.objects.get().digest == before
    assert sound()
    assert tables_with(CANARY) == []
    assert erase_content(ada, at=FRIDAY).texts == 0


def test_work_under_way_is_withdrawn_when_its_words_are_erased(
    ada: Learner, knead: Competency, school: Organization
) -> None:
    work = hand_in(ada, new_assessment(knead, organization=school))

    erase_content(ada, at=TUESDAY)

    work.refresh_from_db()
    assert work.state == "withdrawn"


def tables_with(word: str) -> list[str]:
    """Every table of the database in which `word` stands, read by COPY."""
    found = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
            if word.encode() in b"".join(bytes(block) for block in rows):
                found.append(table)
    return found


def test_what_is_wrong_is_told(ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 3, by=assessor)
    Mastery.objects.update(level=4)
    PolicyAssignment.objects.update(for_parents=True)

    assert [sentence.split(" ", 1)[0] for sentence in problems(at=FRIDAY)] == ["Mastery", "Policy"]
    Mastery.objects.all().delete()
    assert any("no mastery" in sentence for sentence in problems(at=FRIDAY))


def test_several_findings_at_once_are_one_piece_of_news(
    ada: Learner, knead: Competency, bake: Competency, assessor: User
) -> None:
    recorded = record_evidence(ada, items=[finding(knead, 3), finding(bake, 1)], by=assessor, at=MONDAY)

    assert {change.competency_id for change in recorded.changes} == {knead.pk, bake.pk}
