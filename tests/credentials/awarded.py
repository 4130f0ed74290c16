"""Awards, and the papers issued about them, for tests of what becomes of papers."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization
from core.text.canonical import digest
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.signing import sign_prepared
from credentials.models import Credential, Issuer
from programs.models import Achievement, AchievementVersion, Award
from tests.assessments.places import new_competency, new_framework, new_scale
from tests.recipes import institution

ORIGIN = "http://localhost:8000"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
AWARDED = date(2026, 3, 2)


@pytest.fixture
def issuer(db: None, settings: Any) -> Issuer:
    """Lakeside College, with a key."""
    settings.CAIRN_KEY_SECRET = ["for tests only, and long enough to be one"]
    settings.CAIRN_ORIGIN = ORIGIN
    college = Organization.objects.ours().filter(parent=None).first() or institution.make()
    found = save_issuer(None, organization=college, slug="lakeside", name="Lakeside College", by=None, at=AT)
    make_first_key(found, by=None, at=AT)
    found.refresh_from_db()
    return found


def new_award(learner: Learner, organization: Organization, *, title: str = "Bread", **fields: Any) -> Award:
    """An award that stands, of an achievement of one competency."""
    competency = new_competency(new_framework(f"Framework of {title}"), f"of {title}", new_scale())
    achievement = Achievement.objects.create(
        organization=organization, title=title, achievement_type="MicroCredential", made_at=AT
    )
    content: dict[str, Any] = {
        "title": title,
        "description": f"{title}.",
        "criteria": f"Show {title}.",
        "language": "en",
        "achievement": {"type": "MicroCredential"},
    }
    version = AchievementVersion.objects.create(
        achievement=achievement,
        number=1,
        state="published",
        competency=competency,
        achievement_type=achievement.achievement_type,
        organization=organization,
        title=title,
        description=content["description"],
        criteria=content["criteria"],
        granting="automatic",
        content=content,
        digest=digest(content),
        made_at=AT,
        published_at=AT,
    )
    facts: dict[str, Any] = {
        "learner": learner,
        "achievement": achievement,
        "achievement_version": version,
        "state": "granted",
        "requirements_met_on": AWARDED,
        "met_at": AT,
        "awarded_on": AWARDED,
        "name_as_awarded": "Ada Lovelace",
        "name_salt": b"\0" * 16,
        "decision": {},
        "decision_digest": digest({}),
        "proposed_at": AT,
        "decided_at": AT,
    }
    award: Award = Award.objects.create(**{**facts, **fields})
    return award


def new_credential(
    issuer: Issuer, *, learner: Learner | None = None, title: str = "Bread", **fields: Any
) -> Credential:
    """A signed credential about a new award."""
    person = learner or create_learner("Ada Lovelace", by=None, at=AT)
    prepared = issue_award(new_award(person, issuer.organization, title=title, **fields))
    assert prepared is not None
    sign_prepared(prepared)
    return Credential.objects.whole().get(pk=prepared.pk)
