"""Every page that the desk has, on the demo's people and framework, looked at by axe: each in one of the four looks."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle

import pytest
from django.contrib import admin
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse

from accounts.actions.approvals import ask_approval
from accounts.actions.learners import create_learner
from accounts.models import ApprovalAct, ApprovedKind, Learner, Role, User
from competencies.models import Framework
from core import clock
from core.desk import DeskAdmin
from core.desk.history import event_model_of
from core.jobs.models import Job
from core.text.canonical import digest
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.models import Credential
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.rules import TranscriptKind
from portal.actions.demo import STAFF, seed_framework, seed_staff
from programs.enrollment.actions.enrolling import enroll
from programs.models import Award
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale, show
from tests.credentials.awarding import work_off
from tests.journeys.conftest import WIDTHS, Visitor
from tests.journeys.looks import faults_of, look_at
from tests.programs.places import ladder_of
from tests.recipes import institution, make_staff, make_user, signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]


@pytest.fixture
def registrar(transactional_db: None) -> User:
    """The demo's first registrar, in a college with a framework, a failed job and an approval to decide."""
    at = clock.now()
    seed_staff(at=at)
    seed_framework(at=at)
    create_learner("Amara Okoye", by=None, at=at, user=make_user(display_name="Amara Okoye"))
    Job.objects.create(
        name="competencies.check_case_file", lane="bulk", mode="leased", state="dead", attempts=3, max_attempts=3,
        last_error="PackageRefusedError: line 4 of the file", finished_at=at - timedelta(days=2),
    )  # fmt: skip
    ask_approval(
        ApprovalAct.RETIRE,
        kind=ApprovedKind.FRAMEWORK,
        subject_id=Framework.objects.get().public_id,
        digest=digest("retire it"),
        role=Role.REGISTRAR,
        reason="Nobody has used it since spring.",
        by=make_staff(Role.CURRICULUM_DESIGNER, display_name="Lin Baker"),
        at=at - timedelta(hours=5),
    )
    return User.objects.get(email__iexact=STAFF[0].email)


def session_of(user: User) -> str:
    return signed_in_client(user).session.session_key or ""


def test_the_start_page_of_the_desk_has_no_fault(visit: Visit, registrar: User) -> None:
    assert look_at(visit, "/admin/", name="desk", session=session_of(registrar)) == []


def test_the_desk_reads_from_right_to_left(visit: Visit, registrar: User) -> None:
    learner = Learner.objects.get()
    session = session_of(registrar)

    found = look_at(visit, "/admin/", name="desk-ar", session=session, language="ar")
    found += look_at(visit, _page("change", learner), name="learner-ar", session=session, language="ar")

    assert found == []


@pytest.mark.parametrize("dark", [False, True])
def test_every_page_of_the_desk_has_no_fault(visit: Visit, registrar: User, dark: bool) -> None:
    """Half of the pages in light, the other half in dark; in turn at the desk and on the phone."""
    visitor = visit(dark=dark, session=session_of(registrar))
    pages = list(_pages(registrar))[dark::2]

    found = []
    for (name, path), (width, (across, down)) in zip(pages, cycle(WIDTHS.items()), strict=False):
        page = visitor.open(path)
        page.set_viewport_size({"width": across, "height": down})
        found += faults_of(page, f"{name}-{width}-{'dark' if dark else 'light'}")
        page.close()

    assert found == []
    assert len(pages) > 15


@pytest.fixture
def papers(transactional_db: None) -> list[str]:
    """Pages about awards and papers: one award that waits for a registrar, one with its signed credential."""
    school, registrar = institution.make(), make_staff(Role.REGISTRAR)
    issuer = save_issuer(None, organization=school, slug="lakeside", name=school.name, by=None, at=MONDAY)
    make_first_key(issuer, by=None, at=MONDAY)
    ada = create_learner("Ada Byron", by=registrar, at=MONDAY, user=make_user())
    four = tuple(new_competency(framework, name, scale) for framework, scale in [(new_framework(), new_scale())]
                 for name in ("knead", "bake", "shape", "sell"))  # fmt: skip
    enroll(ada, version=ladder_of(school, *four).diploma, on=MONDAY.date(), by=registrar, at=MONDAY)
    for competency in four:
        show(ada, competency, 3, by=registrar, at=MONDAY)
    work_off()
    waits, lowest = Award.objects.proposed().get(), Award.objects.standing().order_by("pk")[0]
    paper = Credential.objects.signed().filter(award=lowest).get()
    transcript = make_transcript(ada, kind=TranscriptKind.OFFICIAL, by=registrar, at=clock.now())
    return [
        _page("changelist", Award),
        _page("change", waits),
        _page("change", lowest),
        f"/admin/programs/award/{lowest.pk}/do/rescind/",
        _page("change", paper),
        _page("change", transcript),
    ]


def test_the_desk_of_awards_and_papers_has_no_fault(visit: Visit, papers: list[str]) -> None:
    """Each page at the desk in light and on the phone in the dark."""
    visitor = visit(session=session_of(User.objects.get(role_assignments__role=Role.REGISTRAR)))

    found = []
    for place, path in enumerate(papers):
        page = visitor.open(path)
        for scheme, (width, (across, down)) in zip(("light", "dark"), WIDTHS.items(), strict=True):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two that there are
            page.evaluate("document.getAnimations().forEach((change) => change.finish())")
            page.set_viewport_size({"width": across, "height": down})
            found += faults_of(page, f"papers-{place}-{width}-{scheme}", colours_only=scheme == "dark")
        page.close()

    assert found == []


def _pages(user: User) -> Iterator[tuple[str, str]]:
    """The list of each model, the form for a new row, and of one row the record, its history and its verbs."""
    request = RequestFactory().get("/admin/")
    request.user = user
    for model, page in admin.site._registry.items():
        if isinstance(page, DeskAdmin) and page.has_view_permission(request):
            name = model._meta.model_name
            yield f"{name}-list", _page("changelist", model)
            if page.has_add_permission(request):
                yield f"{name}-new", _page("add", model)
            yield from ((f"{name}-{verb.name}", url) for verb, url in page.verbs_for(request))
            yield from _pages_of_a_row(page, request)


def _pages_of_a_row(page: DeskAdmin, request: HttpRequest) -> Iterator[tuple[str, str]]:
    row = page.get_queryset(request).order_by("pk").first()
    if row is None:
        return
    name = row._meta.model_name
    yield f"{name}-record", _page("change", row)
    if event_model_of(type(row)):
        yield f"{name}-history", _page("history", row)
    yield from ((f"{name}-{verb.name}", url) for verb, url in page.verbs_for(request, row))


def _page(kind: str, row: object) -> str:
    meta = row._meta  # type: ignore[attr-defined]  # a model or a row of one
    arguments = [] if isinstance(row, type) else [row.pk]  # type: ignore[attr-defined]  # as above
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{kind}", args=arguments)
