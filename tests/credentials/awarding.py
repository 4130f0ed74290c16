"""Awards that stand, written row by row: what credentials are issued for, without studying first."""

import secrets
import uuid
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import Learner, Organization, User
from competencies.models import Competency
from core.jobs.models import Job
from core.jobs.outbox import ids_of
from core.jobs.registry import handler_named
from core.text.canonical import digest
from credentials.issuing.queries.credentials import current_credential_of
from credentials.models import Credential, StatusList
from credentials.tasks import MIN_INTERVAL
from programs.announcements import Awarded, awarded
from programs.enrollment.actions.enrolling import enroll
from programs.models import Achievement, AchievementVersion, Award, Granting
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale, show
from tests.programs.places import ask_for, awarding, draft_of, open_assessment, root_of

MET = datetime(2026, 3, 1, 9, tzinfo=UTC)
_numbers = count(1)


def achievement_of(school: Organization, title: str = "Bread", *, criteria: str = "Bakes it.") -> AchievementVersion:
    """An achievement in force, of a competency alone."""
    number = next(_numbers)
    competency: Competency = new_competency(new_framework(f"Framework {number}"), f"c{number}", new_scale())
    achievement = Achievement.objects.create(
        organization=school, title=title, achievement_type="MicroCredential", made_at=MET
    )
    content = {
        "achievement": {"type": "MicroCredential"},
        "title": title,
        "description": f"{title}, baked.",
        "criteria": criteria,
        "language": "en",
    }
    version: AchievementVersion = AchievementVersion.objects.create(
        achievement=achievement,
        number=1,
        state="published",
        competency=competency,
        achievement_type=achievement.achievement_type,
        organization=school,
        title=title,
        description=f"{title}, baked.",
        criteria=criteria,
        granting="automatic",
        content=content,
        digest=digest(content),
        made_at=MET,
        published_at=MET,
    )
    return version


def granted(learner: Learner, version: AchievementVersion, **fields: Any) -> Award:
    """A standing award; nobody is told of it."""
    decision: dict[str, Any] = {"on": "2026-03-04"}
    award: Award = Award.objects.create(
        **{
            "learner": learner,
            "public_id": uuid.uuid4(),
            "achievement": version.achievement,
            "achievement_version": version,
            "state": "granted",
            "requirements_met_on": date(2026, 3, 1),
            "met_at": MET,
            "awarded_on": date(2026, 3, 4),
            "name_as_awarded": "Ada Byron",
            "name_salt": secrets.token_bytes(16),
            "decision": decision,
            "decision_digest": digest(decision),
            "proposed_at": MET,
            "decided_at": MET,
            **fields,
        }
    )
    return award


def awarded_by_rule(learner: Learner, school: Organization, *, by: User, at: datetime) -> Award:
    """The award of a program of one competency, granted at the moment at which that was shown; its paper is signed."""
    competency = new_competency(new_framework(), "knead", new_scale())
    open_assessment(school, competency)
    draft = draft_of(school, "Bread")
    ask_for(root_of(draft), competency)
    enroll(learner, version=awarding(draft, Granting.AUTOMATIC), on=MONDAY.date(), by=by, at=MONDAY)
    show(learner, competency, 3, by=by, at=at)
    award: Award = Award.objects.of(learner).standing().get()
    work_off()
    return award


def work_off(*, most: int = 50) -> list[str]:
    """Do all promised work at once, in this transaction; returns the names of the jobs in the order they were done.

    Before a list is signed a second goes by, however quick the machine is.
    """
    done: list[str] = []
    while job := Job.objects.waiting().filter(name__startswith="credentials.").order_by("pk").first():
        assert len(done) < most
        twins = Job.objects.twins_of(job).values("pk") if job.merges else []
        Job.objects.filter(pk__in=[job.pk, *(row["pk"] for row in twins)]).delete()
        if job.name == "credentials.publish":
            StatusList.objects.filter(pk=str(ids_of(job)[0])).update(signed_at=F("signed_at") - MIN_INTERVAL)
        with transaction.atomic():
            handler_named(job.name).function(*ids_of(job))
        done.append(job.name.removeprefix("credentials."))
    return done


def paper_of(award: Award) -> Credential:
    """The signed paper of an award that was just granted."""
    with transaction.atomic():
        awarded.send(Awarded(award=award, at=datetime.now(UTC)))
    work_off()
    paper = current_credential_of(award)
    assert paper is not None
    return paper
