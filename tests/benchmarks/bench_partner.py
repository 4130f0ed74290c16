"""A partner's read of a transcript beside the same put together by nested serializers; and the verify page."""

import time
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch
from django.test import Client
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from accounts.actions.learners import create_learner
from accounts.actions.sharing_grants import DisclosedPart, record_disclosures
from accounts.api.throttles import ProgramThrottle
from accounts.models import DisclosedAct, DisclosedKind, Learner, LearnerName, Organization, Role
from assessments.models import Mastery
from competencies.models import CompetencyRevision
from core import clock
from credentials.api.base import PartnerView
from credentials.api.views import OneTranscript
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.issuing.actions.preparing import issue_award
from credentials.issuing.actions.signing import sign_prepared
from credentials.models import Credential, GrantItem
from credentials.sharing.queries import item_for
from credentials.verification import pages as verify
from programs.enrollment.actions.enrolling import enroll
from programs.models import Award, Enrollment
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale, show
from tests.benchmarks.measure import Figure, median_seconds, medians_in_turn, milliseconds, pairwise_ratio
from tests.credentials.awarding import achievement_of, granted
from tests.credentials.sharing_places import new_partner, new_program, new_transcript, shared, token_of
from tests.programs.places import open_assessment, published
from tests.recipes import institution, make_staff

COMPETENCIES = {"usual": 40, "large": 120}
RUNS = 40
BARE = "/livez"  # an empty view behind the same middleware


class NameRow(serializers.ModelSerializer[Any]):
    class Meta:
        model = LearnerName
        fields = ("kind", "text")


class RevisionRow(serializers.ModelSerializer[Any]):
    class Meta:
        model = CompetencyRevision
        fields = ("number", "statement")


class CompetencyRow(serializers.Serializer[Any]):
    public_id = serializers.UUIDField()
    code = serializers.CharField()
    framework = serializers.CharField(source="framework.title")
    revisions = RevisionRow(many=True)


class RequirementRow(serializers.Serializer[Any]):
    kind = serializers.CharField()
    title = serializers.CharField()
    credits = serializers.DecimalField(max_digits=8, decimal_places=2)
    competency = CompetencyRow(allow_null=True)


class EnrollmentRow(serializers.Serializer[Any]):
    program = serializers.CharField(source="program.title")
    version = serializers.IntegerField(source="version.number")
    organization = serializers.CharField(source="organization.name")
    admitted_on = serializers.DateField()
    requirements = RequirementRow(source="version.requirements", many=True)


class MasteryRow(serializers.Serializer[Any]):
    competency = CompetencyRow()
    state = serializers.CharField()
    level = serializers.IntegerField(allow_null=True)
    mastered_on = serializers.DateField(allow_null=True)


class AwardRow(serializers.Serializer[Any]):
    title = serializers.CharField(source="achievement_version.title")
    organization = serializers.CharField(source="achievement.organization.name")
    awarded_on = serializers.DateField()
    codes = serializers.SerializerMethodField()

    def get_codes(self, award: Any) -> list[str]:
        return [credential.code for credential in award.documents.all()]


class LearnerRow(serializers.Serializer[Any]):
    learner_number = serializers.CharField()
    names = NameRow(many=True)
    enrollments = EnrollmentRow(many=True)
    mastery = MasteryRow(many=True)
    awards = AwardRow(many=True)


class Nested(PartnerView):
    """The conventional way: models, prefetched, through nested serializers; rights and disclosure as ours."""

    def get(self, _request: Request, transcript_id: Any) -> Response:
        at = clock.now()
        item = item_for(self.client.organization, transcript_id, at=at)
        assert item is not None
        body = LearnerRow(_prefetched(item)).data
        part = DisclosedPart(item.learner_id, item.grant_id, DisclosedKind.TRANSCRIPT, transcript_id)
        with transaction.atomic():
            record_disclosures(
                [part],
                act=DisclosedAct.READ,
                status=200,
                at=at,
                organization=self.client.organization,
                client=self.client,
            )
        return Response(body)


def _prefetched(item: GrantItem) -> Learner:
    enrollments: Any = Enrollment.objects.select_related("program", "version", "organization").prefetch_related(
        "version__requirements__competency__framework", "version__requirements__competency__revisions"
    )
    mastery: Any = Mastery.objects.select_related("competency__framework").prefetch_related("competency__revisions")
    awards: Any = Award.objects.select_related("achievement_version", "achievement__organization").prefetch_related(
        Prefetch("documents", Credential.objects.select_related("code_row"))
    )
    return Learner.objects.prefetch_related(
        "names",
        Prefetch("enrollments", enrollments),
        Prefetch("mastery", mastery),
        Prefetch("awards", awards),
    ).get(pk=item.learner_id)


def figures(size: str) -> Iterator[Figure]:
    """One learner with many competencies, an award and its credential; the same question asked both ways."""
    credential = _signed(_studying(COMPETENCIES[size]))
    partner = new_partner()
    transcript = new_transcript(credential.learner)
    shared(transcript, partner)
    token = token_of(new_program(partner))
    asked = APIRequestFactory().get("/", headers={"authorization": f"Bearer {token}"})

    def by(view: Any) -> Any:
        return lambda: view(asked, transcript_id=transcript.public_id).render().content

    ours, nested = by(OneTranscript.as_view()), by(Nested.as_view())
    body = len(transcript.content or b"")
    yield Figure(
        f"partner GET transcript, {COMPETENCIES[size]} competencies, {body / 1000:.0f} kB",
        milliseconds(median_seconds(ours, times=RUNS, warm=3)),
        f"nested serializers {milliseconds(median_seconds(nested, times=RUNS, warm=3))}: "
        f"{pairwise_ratio(nested, ours, times=15):.1f}x",
        "≥ 4x",
    )
    yield _over_http(transcript.public_id, token)
    yield from _checking(credential)


def _over_http(transcript_id: Any, token: str) -> Figure:
    """The same answer through all middleware, in turn with a view that does nothing."""
    ProgramThrottle.rate = type(ProgramThrottle.rate)("bench", 10**9)
    client = Client(headers={"authorization": f"Bearer {token}"})
    url = f"/api/v1/transcripts/{transcript_id}"
    assert client.get(url).status_code == HTTPStatus.OK
    ours, bare = medians_in_turn(
        lambda: client.get(url), lambda: client.get(BARE), times=RUNS, warm=3, clock=time.process_time
    )
    return Figure("partner GET transcript, through the middleware (CPU)", milliseconds(ours), _bare(bare))


def _bare(seconds: float) -> str:
    return f"empty view {milliseconds(seconds)}"


def _checking(credential: Credential) -> Iterator[Figure]:
    verify.RATE = verify.RATE_OF_DOCUMENTS = verify.RATE_OF_ALL_DOCUMENTS = type(verify.RATE)("bench", 10**9)
    client, content = Client(), bytes(credential.content or b"").decode()
    page = client.get("/verify/")
    work = {
        "verify page, empty": lambda: client.get("/verify/"),
        "verify page, by code": lambda: client.get(f"/verify/{credential.code}"),
        "verify page, by pasted document of ours": lambda: client.post("/verify/", {"text": content}),
    }
    for name, ask in work.items():
        ours, bare = medians_in_turn(ask, lambda: client.get(BARE), times=RUNS, warm=3, clock=time.process_time)
        html = f", {len(page.content) / 1000:.1f} kB of HTML" if name.endswith("empty") else ""
        yield Figure(f"{name} (CPU)", milliseconds(ours), _bare(bare) + html, "page < 15 kB")


def _studying(count: int) -> Learner:
    school: Organization = Organization.objects.ours().filter(parent=None).first() or institution.make()
    registrar = make_staff(Role.REGISTRAR)
    framework, scale = new_framework("Partner's bench"), new_scale()
    asked = [new_competency(framework, f"bench {number}", scale) for number in range(count)]
    open_assessment(school, *asked)
    learner = create_learner("Bench Partner", by=None, at=MONDAY)
    enroll(learner, version=published(school, "Bench", *asked), on=MONDAY.date(), by=registrar, at=MONDAY)
    for competency in asked:
        show(learner, competency, 3, by=registrar)
    return learner


def _signed(learner: Learner) -> Credential:
    school = Organization.objects.ours().get(parent=None)
    settings.CAIRN_KEY_SECRET = ["for benches only, and long enough to be a secret"]
    issuer = save_issuer(None, organization=school, slug="bench", name="Bench", by=None, at=MONDAY)
    make_first_key(issuer, by=None, at=MONDAY + timedelta(days=1))
    prepared = issue_award(granted(learner, achievement_of(school, "Bench bread")))
    assert prepared is not None
    sign_prepared(prepared)
    return Credential.objects.whole().get(pk=prepared.pk)
