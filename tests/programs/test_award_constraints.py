"""What one row of an award can break is a named constraint or a guard of the database; each is broken here once."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from accounts.actions.learners import create_learner
from accounts.models import Learner, User
from programs.models import (
    Achievement,
    AchievementVersion,
    Attribution,
    Award,
    AwardBody,
    AwardConcern,
    AwardConcernBody,
    ProgramVersion,
)
from tests.assessments.places import MONDAY, TUESDAY
from tests.programs.test_constraints import OF_AWARDS

pytestmark = pytest.mark.django_db

DAY, BEFORE = date(2026, 3, 2), date(2026, 3, 1)
DIGEST = f"c1:{0:064x}"
GRANTED = {
    "state": "granted",
    "awarded_on": DAY,
    "decision": {},
    "decision_digest": DIGEST,
    "decided_at": MONDAY,
    "name_as_awarded": "Ada Lovelace",
    "name_salt": b"salt",
}
RESCINDED = {**GRANTED, "state": "rescinded", "ended_at": TUESDAY, "end_reason": "in_error"}
Make = Callable[..., Award]


@pytest.fixture
def make(bread: ProgramVersion, ada: Learner) -> Make:
    """A row in the table of awards, proposed unless told otherwise."""
    version = AchievementVersion.objects.get(program_version=bread)

    def award(**columns: Any) -> Award:
        base = {
            "learner": ada,
            "achievement": version.achievement,
            "achievement_version": version,
            "program_version": bread,
            "state": "proposed",
            "requirements_met_on": DAY,
            "met_at": MONDAY,
            "proposed_at": MONDAY,
        }
        row: Award = Award.objects.create(**{**base, **columns})
        return row

    return award


def breakages(make: Make, draft: ProgramVersion, registrar: User, second: User) -> dict[str, Callable[[], object]]:
    """One breach of each named constraint."""
    granted = make(**GRANTED)
    achievement = granted.achievement
    award_counts = {
        "learner": granted.learner,
        "award": granted,
        "position": 0,
        "requirement_key": "r2",
        "kind": "award",
        "subject_id": uuid.UUID(int=1),
        "credits": 1,
        "basis": "assessed_here",
    }
    version = {
        "achievement": achievement,
        "number": 2,
        "program_version": draft,
        "achievement_type": "Certificate",
        "organization": achievement.organization,
        "title": "Bread",
        "granting": "automatic",
        "made_at": MONDAY,
    }
    concern = {
        "learner": granted.learner,
        "award": granted,
        "kind": "lower_ended",
        "subject_id": uuid.UUID(int=1),
        "raised_at": MONDAY,
    }
    entry = AwardConcern.objects.create(**concern)

    def award(**columns: Any) -> Callable[[], object]:
        return lambda: make(**{"cycle": 2, **columns})

    def terms(**columns: Any) -> Callable[[], object]:
        return lambda: AchievementVersion.objects.create(**{**version, **columns})

    def attribution_of(**columns: Any) -> Callable[[], object]:
        return lambda: Attribution.objects.create(**{**award_counts, **columns})

    def twice(model: type[models.Model], *rows: dict[str, Any]) -> Callable[[], object]:
        return lambda: [model._default_manager.create(**columns) for columns in rows]

    def without(other: str, breach: Callable[[], object]) -> Callable[[], object]:
        """Another constraint says part of the same: without it this one still holds."""

        def run() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f"ALTER TABLE programs_award DROP CONSTRAINT {other}")
            breach()

        return run

    return {
        "achievement_one_per_program": lambda: Achievement.objects.create(
            organization=achievement.organization,
            title="Bread",
            achievement_type="Certificate",
            program=achievement.program,
            made_at=MONDAY,
        ),
        "achievement_version_type_is_known": terms(achievement_type="Luck"),
        "achievement_type_is_known": lambda: Achievement.objects.update(achievement_type="Luck"),
        "achievement_has_a_title": lambda: Achievement.objects.update(title=" "),
        "achievement_version_numbered_once": terms(number=1),
        "achievement_version_one_draft": twice(
            AchievementVersion,
            version,
            {**version, "number": 3, "program_version": None, "requirement": draft.requirements.get(parent=None)},
        ),
        "achievement_version_numbers_from_one": terms(number=0),
        "achievement_version_state_is_known": terms(state="lost", published_at=MONDAY, content={}, digest=DIGEST),
        "achievement_version_granting_is_known": terms(granting="luck"),
        "achievement_version_is_of_one_thing": terms(program_version=None),
        "achievement_version_has_a_title": terms(title=" "),
        "achievement_version_language_is_a_tag": terms(language="?"),
        "achievement_version_credits_not_negative": terms(credits=-1),
        "achievement_version_valid_for_a_while": terms(valid_for_months=0),
        "achievement_version_published_with_its_content": terms(published_at=MONDAY),
        "achievement_version_retired_at_an_instant": terms(retired_at=MONDAY),
        "award_one_standing_per_cycle": award(cycle=1),
        "award_cycles_count_from_one": award(cycle=0),
        "award_kind_is_known": award(kind="luck"),
        "award_state_is_known": without("award_decided_at_an_instant", award(state="lost")),
        "award_granted_with_its_decision": award(**{**GRANTED, "decision_digest": ""}),
        "award_decided_at_an_instant": award(decided_at=MONDAY),
        "award_ended_for_a_reason": award(**RESCINDED),  # by nobody
        "award_follows_the_requirements": award(**{**GRANTED, "awarded_on": BEFORE}),
        "award_valid_for_a_while": award(**GRANTED, valid_until=DAY, holds_until=MONDAY),
        "award_holds_until_it_lapses": award(holds_until=MONDAY),
        "award_dates_are_plausible": award(**{**GRANTED, "awarded_on": date(2206, 3, 2)}),
        "award_credits_have_a_unit": award(credits=1),
        "award_body_one_per_step": twice(
            AwardBody, *[{"award": granted, "about": "end", "content": "x", "salt": b"x"}] * 2
        ),
        "award_body_step_is_known": lambda: AwardBody.objects.create(award=granted, about="luck", salt=b"x"),
        "award_body_erased_is_empty": lambda: AwardBody.objects.create(
            award=granted, about="end", content="x", salt=b"x", erased_at=MONDAY
        ),
        "attribution_one_per_place": twice(Attribution, award_counts, {**award_counts, "subject_id": uuid.UUID(int=2)}),
        "attribution_stated_once": twice(Attribution, award_counts, {**award_counts, "position": 1}),
        "attribution_kind_is_known": attribution_of(kind="luck"),
        "attribution_basis_is_known": attribution_of(basis="luck"),
        "attribution_requirement_is_a_key": attribution_of(requirement_key="Ada Lovelace"),
        "attribution_names_the_policy": attribution_of(kind="mastery"),
        "attribution_credits_not_negative": attribution_of(credits=-1),
        "award_concern_open_once_per_cause": lambda: AwardConcern.objects.create(**concern),
        "award_concern_kind_is_known": lambda: AwardConcern.objects.create(**{**concern, "kind": "luck"}),
        "award_concern_settled_by_someone": lambda: AwardConcern.objects.update(outcome="stays", settled_at=MONDAY),
        "award_concern_body_erased_is_empty": lambda: AwardConcernBody.objects.create(
            concern=entry, content="x", salt=b"x", erased_at=MONDAY
        ),
    }


def named_constraints() -> set[str]:
    return {constraint.name for model in OF_AWARDS for constraint in model._meta.constraints}


def test_each_named_constraint_holds(make: Make, draft: ProgramVersion, registrar: User, second: User) -> None:
    found = breakages(make, draft, registrar, second)

    assert set(found) == named_constraints()
    for name, breach in found.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            breach()


def refused(match: str, change: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        change()


def test_an_award_moves_forward_only_and_what_was_decided_stays(make: Make, registrar: User) -> None:
    granted = Award.objects.filter(pk=make(**GRANTED).pk)

    refused("does not become", lambda: granted.update(state="declined"))
    refused("is in use and frozen", lambda: granted.update(awarded_on=date(2026, 3, 9)))
    refused("is in use and frozen", lambda: granted.update(decision={"other": 1}))
    refused("erased or stays", lambda: granted.update(name_as_awarded="Grace Hopper"))
    refused("is in use and frozen", granted.delete)
    assert granted.update(name_as_awarded=None) == 1
    granted.update(state="rescinded", ended_at=TUESDAY, ended_by=registrar, end_reason="in_error")
    refused("does not become", lambda: granted.update(state="granted"))
    refused("written once", lambda: granted.update(end_reason="misconduct"))


def test_a_declined_award_stays_declined(make: Make, registrar: User) -> None:
    row = Award.objects.filter(pk=make().pk)
    row.update(state="declined", decided_at=MONDAY, decided_by=registrar)

    refused("does not become", lambda: row.update(state="proposed", decided_at=None, decided_by=None))


def test_one_person_is_granted_it_once_whatever_the_record(make: Make, registrar: User, ada: Learner) -> None:
    twin = create_learner("A. Lovelace", by=registrar, at=MONDAY)
    Learner.objects.filter(pk=twin.pk).update(same_as=ada)
    make(**GRANTED)
    other = Award.objects.filter(pk=make(learner=twin).pk)

    refused("holds the award already", lambda: make(learner=twin, cycle=1, **GRANTED))
    refused("holds the award already", lambda: other.update(**GRANTED))
    assert make(learner=twin, cycle=2, **GRANTED).stands


def test_an_award_names_a_published_version_of_its_achievement(
    make: Make, draft: ProgramVersion, bread: ProgramVersion
) -> None:
    achievement = Achievement.objects.get()
    unwritten = AchievementVersion.objects.create(
        achievement=achievement,
        number=2,
        program_version=draft,
        achievement_type=achievement.achievement_type,
        organization=achievement.organization,
        title="Bread",
        granting="automatic",
        made_at=MONDAY,
    )

    refused("a draft cannot be awarded", lambda: make(achievement_version=unwritten, program_version=draft))
    refused("another achievement or program version", lambda: make(program_version=draft))


def test_what_counted_is_of_an_award_granted_to_the_same_learner(make: Make, grace: Learner) -> None:
    row = {
        "position": 0,
        "requirement_key": "r2",
        "kind": "award",
        "subject_id": uuid.UUID(int=1),
        "credits": 1,
        "basis": "assessed_here",
    }
    proposed, granted = make(cycle=2), make(**GRANTED)

    refused("granted to the same learner", lambda: Attribution.objects.create(award=granted, learner=grace, **row))
    refused(
        "granted to the same learner",
        lambda: Attribution.objects.create(award=proposed, learner=proposed.learner, **row),
    )


def test_a_published_achievement_version_and_a_settled_concern_stay(make: Make, registrar: User) -> None:
    granted = make(**GRANTED)
    concern = AwardConcern.objects.create(
        learner=granted.learner, award=granted, kind="lower_ended", subject_id=uuid.UUID(int=1), raised_at=MONDAY
    )
    AwardConcern.objects.update(settled_at=MONDAY, settled_by=registrar, outcome="stays")

    refused("is in use and frozen", lambda: AchievementVersion.objects.update(title="Other"))
    refused("is in use and frozen", lambda: AwardConcern.objects.update(outcome="rescinded"))
    AwardConcernBody.objects.create(concern=concern, content="Words.", salt=b"x")
    AwardBody.objects.create(award=granted, about="decision", content="Words.", salt=b"x")
    for model in (AwardConcernBody, AwardBody):
        refused("erased or stay", lambda model=model: model._default_manager.update(content="Others."))  # type: ignore[misc]
        assert model._default_manager.update(content=None, erased_at=MONDAY) == 1


def test_no_table_of_awards_is_emptied(make: Make) -> None:
    make(**GRANTED)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for model in (AchievementVersion, Award, Attribution, AwardBody, AwardConcern, AwardConcernBody):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
