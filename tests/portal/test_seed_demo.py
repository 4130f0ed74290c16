"""The demo's school comes about once: its year is told the same way every time, and a second run changes no row."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from pytest_django import Settings

from accounts.actions.learners import connect_account
from accounts.models import Learner, LearnerName, Organization, Role, RoleAssignment, User
from assessments.models import Assessment, Evidence
from competencies.models import Competency, Framework
from core import clock
from credentials.models import Credential, GrantItem
from portal.actions.demo import (
    STAFF,
    Catalog,
    content,
    seed_catalog,
    seed_framework,
    seed_issuer,
    seed_learner,
    seed_papers,
    seed_staff,
)
from portal.actions.demo.acts import Judge
from portal.actions.demo.content import DemoPerson
from portal.actions.demo.days import Days
from portal.actions.demo.learners import SignIn, sign_ins
from portal.actions.demo.lives import life_of
from programs.audit.queries.audits import status_of
from programs.integrity import wrong_awards
from programs.models import Award, Enrollment, ProgramVersion, Progress
from programs.pathway.queries.next_steps import next_steps
from programs.pathway.queries.pathways import pathway_of
from programs.rules.enrollment import EnrollmentState
from tests.assessments.places import show

OPENING = datetime(2026, 5, 4, 22, 30, tzinfo=UTC)
PEOPLE = {person.handle: person for person in content.learners()}


@pytest.fixture
def demo(db: None, settings: Settings, tmp_path: Path) -> Path:
    settings.CAIRN_DEMO = True
    settings.CAIRN_VAR = tmp_path
    settings.CAIRN_DEMO_LEARNERS = 0
    return tmp_path


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a table's name from the catalog
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found


def learner_of(person: DemoPerson) -> Learner:
    return Learner.objects.get(user__email__startswith=f"{person.handle}@")


# --- the lives, which need no database --------------------------------------------------------------------------


def test_there_are_sixty_people_at_every_stage_with_work_enough_for_a_year() -> None:
    lives = {person.handle: life_of(person, content.tasks()) for person in content.learners()}
    found = sum(len(act.ranks) for acts in lives.values() for act in acts if isinstance(act, Judge))

    assert len(lives) == 60
    assert len({person.stage for person in content.learners()}) == 12
    assert found >= 600
    assert max(act.ago for acts in lives.values() for act in acts) > 365
    assert [len(person.name) for person in content.learners() if "70 letters" in person.sign_in] == [70]


@pytest.mark.parametrize("person", content.learners(), ids=lambda person: person.handle)
def test_a_life_is_told_in_order_before_the_first_day_and_always_the_same(person: DemoPerson) -> None:
    days, acts = Days(date(2026, 5, 4)), life_of(person, content.tasks())
    instants = [days.at(act.ago, act.minute) for act in acts]

    assert instants == sorted(set(instants))
    assert min(act.ago for act in acts) >= 1
    assert acts == life_of(person, content.tasks())


def test_everything_that_is_asked_can_be_judged_twice_and_read() -> None:
    shown = Counter(code for task in content.tasks().values() for code in task.competencies)

    assert shown.keys() == content.rubric_rows().keys()
    assert min(shown.values()) >= 1
    assert all(len(row.levels) == 4 for row in content.rubric_rows().values())
    texts = [text for task in content.tasks().values() for text in task.texts]
    assert all(text.format(place="Ward 3", person="Mr. Novak") for text in texts)


# --- the school -------------------------------------------------------------------------------------------------


def test_the_demo_has_its_people_their_rights_and_a_public_framework(demo: Path) -> None:
    call_command("seed_demo")

    printed = json.loads((demo / "demo" / "sign-ins.json").read_text())
    staff = ["registrar", "registrar", "assessor", "registrar", "assessor", "advisor"]
    assert [row["role"] for row in printed][:6] == staff
    assert {row["role"] for row in printed[6:]} == {"learner"}
    assert all(
        User.objects.get(email=row["email"]).check_password(row["password"])
        for row in printed
        if row["role"] != "learner"
    )
    roles = Counter(RoleAssignment.objects.values_list("role", flat=True))
    assert roles == {"assessor": 6, "registrar": 3, "advisor": 1}
    limited = RoleAssignment.objects.exclude(organization=None).values_list("role", "organization__name")
    assert set(limited) == {(role, "Lakeside College, Evening School") for role in ("assessor", "registrar")}
    assert Organization.objects.root().name == "Lakeside College"
    assert Framework.objects.get().published_at is not None
    assert Competency.objects.filter(revisions__scale__isnull=False).count() == 24
    assert Assessment.objects.filter(opened_at__isnull=False).count() == 23
    assert sorted(ProgramVersion.objects.published().values_list("program__code", flat=True)) == [
        "CDDC",
        "DADDC",
        "DCP",
        "RMR",
        "SAT",
        "WCD",
    ]
    assert (demo / "demo" / "sign-ins.json").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def school(db: None) -> tuple[Catalog, Days]:
    days = seed_staff(at=OPENING)
    seed_framework(at=OPENING)
    return seed_catalog(User.objects.get(email=STAFF[0].email), days=days), days


def let_live(handle: str, school: tuple[Catalog, Days]) -> Enrollment:
    """The person's life, and the enrollment it led to."""
    catalog, days = school
    assert seed_learner(PEOPLE[handle], catalog=catalog, days=days)
    enrollment: Enrollment = Enrollment.objects.select_related("progress").get(learner=learner_of(PEOPLE[handle]))
    return enrollment


def test_learners_stand_where_their_stage_says(school: tuple[Catalog, Days]) -> None:
    today = school[1].first
    stands = {
        handle: (status_of(enrollment, on=today).state, enrollment.progress.status)
        for handle in ("liam.osullivan", "nia.pryce", "ottilie.krueger", "elodie.marchand", "pavel.dvorak")
        for enrollment in [let_live(handle, school)]
    }

    assert stands == {
        "liam.osullivan": (EnrollmentState.ACTIVE, "met"),
        "nia.pryce": (EnrollmentState.NONE, "unmet"),
        "ottilie.krueger": (EnrollmentState.WITHDRAWN, "unmet"),
        "elodie.marchand": (EnrollmentState.PAUSED, "unmet"),
        "pavel.dvorak": (EnrollmentState.ACTIVE, "unmet"),
    }
    assert LearnerName.objects.filter(text="Pavel Dvořák").exists()


def test_one_judged_piece_separates_amara_from_the_micro_credential_and_from_all_above_it(
    school: tuple[Catalog, Days],
) -> None:
    enrollment = let_live("amara.okoye", school)

    progress = Progress.objects.get(enrollment=enrollment)
    assert (progress.status, progress.distance, progress.proven) == ("unmet", 202, True)
    assert [step.title for step in next_steps(pathway_of(enrollment, at=OPENING))] == ["Hand over"]
    handovers = Evidence.objects.filter(learner=enrollment.learner, competency__code="ADC.T3")
    assert sorted(row.level.rank for row in handovers.select_related("level") if row.level) == [2, 3]


def test_a_life_that_breaks_off_leaves_nothing_and_is_lived_by_the_next_run(school: tuple[Catalog, Days]) -> None:
    catalog, days = school
    person = PEOPLE["thabo.nkosi"]
    broken = replace(person, recognition={"competency": "ADC.C1", "rank": 9, "words": "A level that nobody knows."})
    before = rows()

    with pytest.raises(KeyError):
        seed_learner(broken, catalog=catalog, days=days)

    assert rows() == before
    assert seed_learner(person, catalog=catalog, days=days)


def test_amaras_last_piece_brings_the_certificate_and_puts_the_diploma_on_the_registrars_list(
    school: tuple[Catalog, Days],
) -> None:
    learner = let_live("amara.okoye", school).learner
    before = set(Award.objects.of(learner).values_list("achievement__program__code", "state"))
    assessor = User.objects.get(email=next(person.email for person in STAFF if person.role == Role.ASSESSOR))

    show(learner, Competency.objects.get(code="ADC.T3", revisions__scale__isnull=False), 3, by=assessor, at=OPENING)

    assert before == {("DCP", "granted"), ("WCD", "granted")}
    assert set(Award.objects.of(learner).values_list("achievement__program__code", "state")) - before == {
        ("SAT", "granted"),
        ("CDDC", "granted"),
        ("DADDC", "proposed"),
    }
    assert list(wrong_awards()) == []


def test_awards_were_granted_wait_were_taken_back_and_have_lapsed(school: tuple[Catalog, Days]) -> None:
    catalog, days = school
    for handle in ("diego.fuentes", "mohammed.el.amrani", "priya.raghunathan", "sofia.rossi"):
        seed_learner(PEOPLE[handle], catalog=catalog, days=days)

    found = Counter(Award.objects.values_list("achievement__program__code", "state"))
    assert {name: found[name] for name in found if name[0] in {"DADDC", "RMR"} or name[1] != "granted"} == {
        ("DADDC", "granted"): 1,
        ("DADDC", "proposed"): 1,
        ("WCD", "rescinded"): 1,
        ("RMR", "lapsed"): 1,
    }
    assert list(wrong_awards()) == []


def test_papers_were_taken_back_replaced_and_shared_once_each(school: tuple[Catalog, Days]) -> None:
    seed_issuer(at=OPENING)
    learner, at, told = let_live("liam.osullivan", school).learner, clock.now(), ("shares", "renamed", "taken back")
    stories = [replace(PEOPLE["liam.osullivan"], papers=name, renamed="Liam Byrne") for name in told]

    untold = rows()
    with pytest.raises(AttributeError):  # a name that is none breaks off after signing
        seed_papers(replace(stories[1], renamed=None), at=at)  # type: ignore[arg-type]
    assert rows() == untold

    first = [seed_papers(person, at=at) for person in stories]
    before = rows()
    again = [seed_papers(person, at=at) for person in stories]

    assert (first, again) == ([True] * 3, [False] * 3)
    assert rows() == before
    papers = Credential.objects.of(learner).order_by("pk")
    assert [(row.state, row.revocation_class, row.name) for row in papers] == [
        ("superseded", "replaced", PEOPLE["liam.osullivan"].name),
        ("revoked", "issued_in_error", "Liam Byrne"),
    ]
    shared = GrantItem.objects.filter(learner=learner, organization__name="Northwind Logistics").order_by("pk")
    assert [row.transcript.official for row in shared] == [True] * 2
    names = {award["credential"] for row in shared for award in (row.transcript.facts or {})["awards"]}
    assert names == {str(row.public_id) for row in papers}


def test_whoever_has_a_story_of_papers_is_at_the_school() -> None:
    told = {person.handle: person.papers for person in content.learners() if person.papers}

    assert told == {"diego.fuentes": "shares", "ewa.kowalczyk": "renamed", "liam.osullivan": "taken back"}


def test_a_second_run_changes_no_row(demo: Path, settings: Settings, school: tuple[Catalog, Days]) -> None:
    let_live("pavel.dvorak", school)
    call_command("seed_demo")
    before, printed = rows(), (demo / "demo" / "sign-ins.json").read_bytes()

    call_command("seed_demo")
    assert not seed_learner(PEOPLE["pavel.dvorak"], catalog=school[0], days=seed_staff(at=OPENING))

    assert rows() == before
    assert (demo / "demo" / "sign-ins.json").read_bytes() == printed


def test_it_opens_again_whatever_its_people_did_to_their_accounts(
    demo: Path, settings: Settings, school: tuple[Catalog, Days]
) -> None:
    let_live("pavel.dvorak", school)
    call_command("seed_demo")
    registrar, pavel = (User.objects.get(email=f"{name}@demo.example") for name in ("ines.aguilar", "pavel.dvorak"))
    # Another address, with the first one kept as a second; an account without its record; no role, no account.
    EmailAddress.objects.create(user=registrar, email="ines@lakeside.example", verified=True)
    registrar.email, registrar.is_active = "ines@lakeside.example", False
    registrar.save()
    connect_account(pavel.learner, user=None, by=registrar, reason="Tried.")
    pavel.email = "pavel@lakeside.example"
    pavel.save()
    RoleAssignment.objects.update(ends_at=OPENING)
    before = rows()

    call_command("seed_demo")
    assert not seed_learner(PEOPLE["pavel.dvorak"], catalog=school[0], days=seed_staff(at=OPENING))

    assert rows() == before
    printed = json.loads((demo / "demo" / "sign-ins.json").read_text())
    assert [row["email"] for row in printed if row["name"] == "Ines Aguilar"] == ["ines@lakeside.example"]


def test_the_calendar_stays_that_of_the_first_seeding(db: None) -> None:
    first = seed_staff(at=OPENING)

    assert seed_staff(at=datetime(2031, 1, 1, tzinfo=UTC)) == first
    assert first.first == date(2026, 5, 4)


def test_the_printed_list_shows_whom_one_wants_to_be() -> None:
    shown = [row for row in sign_ins() if row.about and row.role == "learner"]

    assert shown[0] == SignIn("learner", "Amara Okoye", "amara.okoye@demo.example", "one piece from the diploma")
    assert len({row.email for row in sign_ins()}) == len(sign_ins())


@pytest.mark.django_db
def test_outside_the_demo_nothing_is_made() -> None:
    with pytest.raises(CommandError, match="make demo"):
        call_command("seed_demo")

    assert User.objects.count() == 0
