"""Awards as plain facts, and a key of nobody, for tests of what is signed."""

import dataclasses
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.badges.formats.achievement import achievement_definition, described_requirements
from credentials.badges.formats.data_integrity import proof_options, signed
from credentials.badges.formats.multikey import multibase_of
from credentials.badges.formats.open_badge import credential
from credentials.badges.rules import CredentialFacts, Definition, Identity, IssuerFacts
from programs.awards.rules import (
    AchievementFacts,
    AwardFacts,
    CompetencyFact,
    LevelFact,
    RequirementFact,
    ScaleFact,
)

ORIGIN = "https://cairn.example"
DID = "did:web:cairn.example:issuers:lakeside"
METHOD = f"{DID}#k-00000000-0000-4000-8000-0000000000aa"
ISSUED = datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 5, tzinfo=UTC)
UUID = "00000000-0000-4000-8000-0000000000"

ISSUER = IssuerFacts(
    did=DID,
    origin=ORIGIN,
    name="Lakeside College",
    url="https://lakeside.example/",
    email="registry@lakeside.example",
    description="A college by a lake.",
    image=f"{ORIGIN}/issuers/lakeside/image",
)
SCALE = ScaleFact(
    id="scale-1",
    title="Craft",
    levels=(
        LevelFact(1, "Beginning", "Needs guidance"),
        LevelFact(2, "Able", "Works alone"),
        LevelFact(3, "Skilled", ""),
    ),
)
KNEAD = CompetencyFact(
    requirement="r2",
    uri="https://frameworks.example/knead",
    id=f"{UUID}01",
    code="B.1",
    statement="Kneads dough until it is elastic",
    framework="Baking",
    framework_uri="https://frameworks.example/baking",
    scale="scale-1",
    required_rank=2,
    required_level="Able",
    reached_rank=3,
    reached_level="Skilled",
    basis="assessed",
    achieved_on=date(2026, 2, 27),
    organization="Lakeside College",
    credits=Decimal("2.50"),
)
REST = dataclasses.replace(
    KNEAD, requirement="r3/r2", uri="urn:x:rest", code="", scale="", statement="Lets dough rest", reached_rank=None
)
FACTS = AwardFacts(
    award=f"{UUID}10",
    learner=f"{UUID}11",
    learner_number="L-17",
    name="Ada Byron",
    achievement=f"{UUID}12",
    achievement_version=2,
    achievement_type="MicroCredential",
    title="Bread",
    description="Bakes bread.",
    criteria="Kneads and rests **dough**.",
    language="en",
    organization=f"{UUID}13",
    organization_name="Lakeside College",
    organization_address="Quay Street 4",
    zone="Australia/Sydney",
    program=f"{UUID}14",
    program_code="BR",
    program_title="Bread",
    program_version=1,
    credits=Decimal("7.50"),
    credit_unit="credits",
    requirements_met_on=date(2026, 3, 1),
    awarded_on=date(2026, 3, 4),
    valid_until=date(2029, 3, 4),
    kind="earned",
    cycle=1,
    competencies=(KNEAD, REST),
    scales=(SCALE,),
    stacked=(),
)
CREDENTIAL_FACTS = CredentialFacts(
    url=f"{ORIGIN}/credentials/{UUID}20",
    status_list_url=f"{ORIGIN}/status/{UUID}21",
    status_index=4711,
    issued_at=ISSUED,
    identities=(
        Identity("emailAddress", "Ada@Example.org", "00" * 16),
        Identity("identifier", "L-17", "11" * 16),
    ),
)


class FixedSigner:
    """A signer whose key everybody knows."""

    def __init__(self, seed: int = 7, method: str = METHOD) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.method = method
        self.multibase = multibase_of(self.key)

    def sign(self, content: bytes, /) -> bytes:
        return self.key.sign(content)


SIGNER = FixedSigner()


ACHIEVEMENT_URL = f"{ORIGIN}/achievements/{UUID}12/v/2"


def definition_for(facts: AwardFacts) -> Definition:
    """The definition of an achievement that asks for the competencies of these facts."""
    parts = [
        RequirementFact(
            key=each.requirement,
            title=each.statement or each.code,
            competency=each.id,
            code=each.code,
            uri=each.uri,
            framework=each.framework,
            scale=each.scale,
            required_rank=each.required_rank,
        )
        for each in facts.competencies
    ]
    whole = AchievementFacts(
        achievement=facts.achievement,
        number=facts.achievement_version,
        achievement_type=facts.achievement_type,
        title=facts.title,
        description=facts.description,
        criteria=facts.criteria,
        language=facts.language,
        program_code=facts.program_code,
        credits=facts.credits,
        requirements=(RequirementFact("r1", facts.title), *parts) if parts else (),
        scales=facts.scales,
    )
    definition = achievement_definition(whole, creator=ISSUER, url=ACHIEVEMENT_URL)
    return Definition(achievement=definition, described=described_requirements(whole))


def badge(facts: AwardFacts = FACTS, issued: CredentialFacts = CREDENTIAL_FACTS, **other: Any) -> dict[str, Any]:
    """A credential with its proof's options, `other` fields of the facts changed."""
    changed = dataclasses.replace(facts, **other)
    document = credential(changed, definition=definition_for(changed), issuer=ISSUER, issued=issued)
    return {**document, "proof": proof_options(METHOD, created=issued.issued_at)}


def signed_badge(**other: Any) -> dict[str, Any]:
    """The same, signed."""
    return signed(badge(**other), SIGNER)


def spoiled(path: str, value: Any) -> dict[str, Any]:
    """A badge with another value at a JSON Pointer; None takes the member away."""
    document: dict[str, Any] = json.loads(json.dumps(badge()))
    place: Any = document
    *steps, last = path.strip("/").split("/")
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    if value is None:
        del place[last]
    elif isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return document
