"""A registrar builds from nothing two micro-credentials and the program that stacks them, by the desk's forms alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from accounts.actions.learners import create_learner
from accounts.models import Organization, Role
from competencies.models import Competency
from programs.audit.queries.trees import tree_of
from programs.audit.rules.requirements import Requirement
from programs.curriculum.actions.authoring import Node, move_requirement, save_requirement
from programs.curriculum.actions.publishing import publish_version
from programs.decisions.actions import save_milestone
from programs.enrollment.actions.enrolling import enroll
from programs.models import Enrollment, ProgramVersion, RequirementKind
from tests.assessments.places import MONDAY, TUESDAY, new_competency, new_framework, new_scale, show
from tests.journeys.conftest import Visitor
from tests.journeys.looks import faults_of, look_at
from tests.programs.places import ask_for, draft_of, open_assessment, published, root_of
from tests.recipes import LONG_AGO, institution, make_staff, signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[..., Visitor]
SKILLS = {
    "DA-1": "Clean and document a data set so that others can use it.",
    "DA-2": "Choose a chart that fits the question and the reader.",
    "DA-3": "Protect personal data in every step of an analysis.",
    "DA-4": "Run a controlled experiment from question to report.",
    "DA-5": "Quantify uncertainty and say what it means.",
    "DA-6": "Write a decision memo of one page.",
    "DA-7": "Present findings to people who disagree.",
    "DA-8": "Review the analysis of a colleague.",
}


@dataclass
class Office:
    """A college with a framework of skills, each but the last in an assessment, and a registrar who is signed in."""

    school: Organization
    session: str


@pytest.fixture
def office(transactional_db: None) -> Office:
    school = institution.make()
    scale, framework = new_scale(), new_framework("Applied Data Analysis")
    framework.published_at = LONG_AGO
    framework.save()
    skills = [new_competency(framework, code, scale) for code in SKILLS]
    for skill in skills:
        skill.revisions.update(statement=SKILLS[skill.code])
    open_assessment(school, *skills[:-1])
    save_milestone(None, title="Induction held", unit="", at=MONDAY)
    return Office(school, signed_in_client(make_staff(Role.REGISTRAR)).session.session_key or "")


@pytest.fixture
def diploma(office: Office) -> ProgramVersion:
    """A draft with something of every kind in it, and two faults."""
    skills = {row.code: row for row in Competency.objects.all()}
    first = published(office.school, "Data Foundations", skills["DA-1"], skills["DA-2"], skills["DA-3"])
    second = published(office.school, "Statistical Reasoning", skills["DA-4"], skills["DA-5"])
    draft = draft_of(office.school, "Certificate in Applied Data Analysis")
    root = root_of(draft)
    for inner in (first, second):
        stacked = Node(kind=RequirementKind.PROGRAM, nested_version=inner, credits=6)  # type: ignore[arg-type]
        save_requirement(None, version=draft, parent=root, node=stacked)
    choice = Node(kind=RequirementKind.CHOOSE, title="Working with people", choose_count=2)
    group = save_requirement(None, version=draft, parent=root, node=choice)
    for code in ("DA-6", "DA-7", "DA-8", "DA-1"):
        ask_for(group, skills[code], rank=3, worth=2)
    empty = Node(kind=RequirementKind.ALL, title="Placement")
    save_requirement(None, version=draft, parent=root, node=empty)
    return draft


def test_the_authoring_pages_have_no_fault_in_any_light(visit: Visit, office: Office, diploma: ProgramVersion) -> None:
    base = f"/admin/programs/programversion/{diploma.pk}/tree/"
    group = diploma.requirements.get(title="Working with people")

    faults = look_at(visit, base, name="authoring", session=office.session)
    faults += look_at(visit, f"{base}{group.key}/edit/", name="authoring-group", session=office.session)
    faults += look_at(visit, f"{base}{group.key}/add/competency/", name="authoring-picker", session=office.session)

    assert faults == []


def test_the_audit_and_the_list_to_enroll_have_no_fault(visit: Visit, office: Office) -> None:
    skills = {row.code: row for row in Competency.objects.all()}
    first = published(office.school, "Data Foundations", skills["DA-1"], skills["DA-2"])
    whole = draft_of(office.school, "Certificate in Applied Data Analysis", skills["DA-3"], skills["DA-4"])
    stacked = Node(kind=RequirementKind.PROGRAM, nested_version=first, credits=6)  # type: ignore[arg-type]
    save_requirement(None, version=whole, parent=root_of(whole), node=stacked)
    version = publish_version(whole, by=None, at=MONDAY)
    registrar, assessor = make_staff(Role.REGISTRAR), make_staff(Role.ASSESSOR)
    ada, grace = (create_learner(name, by=registrar, at=MONDAY) for name in ("Ada Lovelace", "Grace Hopper"))
    studies = enroll(ada, version=version, on=date(2026, 3, 2), by=registrar, at=MONDAY)
    for code, rank in (("DA-1", 4), ("DA-3", 3), ("DA-4", 2), ("DA-6", 3)):
        show(ada, skills[code], rank, by=assessor, at=TUESDAY)
    place = f"/admin/programs/programversion/{version.pk}"

    faults = look_at(visit, f"/admin/programs/enrollment/{studies.pk}/change/", name="audit", session=office.session)
    faults += look_at(visit, f"{place}/change/", name="version", session=office.session)
    for width, dark in (("desktop", False), ("phone", True)):
        page = visit(width=width, dark=dark, session=office.session).open(f"{place}/do/enroll_list/")
        page.get_by_label("Learner numbers").fill(
            f"{ada.learner_number}\n{grace.learner_number}, 2026-09-01\nL-0, soon"
        )
        page.get_by_label("From").fill("2026-09-01")
        page.get_by_role("button", name="Enroll a list").click()
        faults += faults_of(page, f"enrolling-{width}")
    page.get_by_label("Learner numbers").fill(f"{ada.learner_number}\n{grace.learner_number}")
    page.get_by_role("button", name="Check again").click()
    faults += faults_of(page, "enrolling-good")
    page.get_by_role("button", name="Enroll 1 person").click()

    expect(page.get_by_text("1 person enrolled.")).to_be_visible()
    assert Enrollment.objects.filter(learner=grace).count() == 1
    assert faults == []


def test_a_registrar_builds_stacked_programs_from_nothing_to_published(visit: Visit, office: Office) -> None:
    visitor = visit(session=office.session)
    page = visitor.open("/admin/programs/program/add/")

    begin(page, "DF", "Data Foundations")
    expect(page.get_by_role("heading", name="1 thing to correct before it can be published")).to_be_visible()
    add_competencies(page, "Data Foundations", "DA-1", "DA-2")
    publish(page)
    page.goto(f"{visitor.address}/admin/programs/program/add/")
    begin(page, "SR", "Statistical Reasoning")
    add_competencies(page, "Statistical Reasoning", "DA-4", "DA-5")
    publish(page)

    page.goto(f"{visitor.address}/admin/programs/program/add/")
    begin(page, "CA", "Certificate in Analysis")
    for inner in ("Data Foundations (DF), version 1", "Statistical Reasoning (SR), version 1"):
        add(page, "Certificate in Analysis", "Another program")
        page.get_by_label("Program", exact=True).select_option(label=inner)
        page.get_by_label("Credits it is worth").fill("6")
        page.get_by_role("button", name="Save").click()
    add(page, "Certificate in Analysis", "A group")
    page.get_by_label("Name").fill("Working with people")
    page.get_by_label("a number of its parts, which the learner chooses").check()
    page.get_by_label("How many parts").fill("5")
    page.get_by_role("button", name="Save").click()
    add_competencies(page, "Working with people", "DA-3", "DA-6", "DA-7", "DA-8")

    faults = faults_of(page, "authoring-faulty")
    choice = page.locator("#node-r4")
    expect(choice.get_by_text("5 of 4 parts cannot be chosen. Ask for at least 1 and at most 4.")).to_be_visible()
    expect(page.get_by_text("No assessment can show DA-8.").first).to_be_visible()
    expect(page.get_by_role("link", name="Publish")).to_have_count(0)
    choice.get_by_role("link", name="Correct it here").first.click()
    page.get_by_label("How many parts").fill("2")
    page.get_by_role("button", name="Save").click()
    lost = page.locator("#node-r8")
    lost.get_by_text("More for DA-8").click()
    lost.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    add_competencies(page, "Working with people", "DA-1")
    page.get_by_role("button", name="Move “DA-7” up").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="“DA-7” moved.")).to_have_count(1)
    expect(page.get_by_role("button", name="Move “DA-7” up")).to_be_focused()
    decide_sharing(page, "Yes: a piece may count toward several of the parts")
    faults += faults_of(page, "authoring-mended")
    publish(page)

    version = ProgramVersion.objects.get(program__code="CA")
    page.goto(f"{visitor.address}/admin/programs/programversion/{version.pk}/tree/")
    faults += faults_of(page, "authoring-published")
    assert faults == []
    assert version.state == "published"
    assert asked_by(tree_of(version)) == [
        ("Certificate in Analysis", "all", 0),
        ("Data Foundations", "program", 0),
        ("Statistical Reasoning", "program", 0),
        ("Working with people", "choose", 2),
        ("DA-3", "competency", 0),
        ("DA-7", "competency", 0),
        ("DA-6", "competency", 0),
        ("DA-1", "competency", 0),
    ]
    expect(page.get_by_text("It never changes")).to_be_visible()
    expect(page.locator("form.tree-moves")).to_have_count(0)


def test_a_registrar_decides_what_may_be_shared_and_for_whom(
    visit: Visit, office: Office, diploma: ProgramVersion
) -> None:
    skills = {row.code: row for row in Competency.objects.all()}
    root, place = root_of(diploma), diploma.requirements.get(title="Placement")
    electives = Node(
        kind=RequirementKind.CREDITS, title="Electives", credits_least=Decimal(4), qualifiers={"accepts": ["*"]}
    )
    free = save_requirement(None, version=diploma, parent=root, node=electives)
    ask_for(place, skills["DA-2"])
    ask_for(place, skills["DA-4"])
    base = f"/admin/programs/programversion/{diploma.pk}/tree/"
    visitor = visit(session=office.session)
    page = visitor.open(base)

    whole = page.locator("#node-r1")
    expect(whole.get_by_text("One piece of study could count toward several of these parts").first).to_be_visible()
    decide_sharing(page, "No: each piece counts toward one of the parts only")
    expect(page.get_by_text("Each piece of study counts toward one of these only").first).to_be_visible()
    more_of(page, "r1", "Limit what two parts share")
    page.get_by_label("One part").select_option(label="Working with people")
    page.get_by_label("The other part").select_option(label="Electives")
    page.get_by_label("At most").fill("1")
    page.get_by_role("button", name="Save").click()
    expect(
        page.get_by_text("“Working with people” and “Electives” share at most 1 piece of study").first
    ).to_be_visible()
    more_of(page, free.key, "What does not count here")
    page.locator(".picker-row").filter(has_text="DA-8").get_by_role("checkbox").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("None of these: DA-8").first).to_be_visible()
    more_of(page, free.key, "At most so much from a list")
    page.get_by_label("At most").fill("2")
    for code in ("DA-1", "DA-3"):
        page.locator(".picker-row").filter(has_text=code).get_by_role("checkbox").check()
    faults = faults_of(page, "authoring-listing")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("At most 2 of these: DA-1, DA-3").first).to_be_visible()
    add(page, "Placement", "A condition")
    page.get_by_label("where the learner was admitted on this day or later").check()
    page.locator("#id_day").fill("2026-09-01")
    page.get_by_role("button", name="Save").click()
    either = diploma.requirements.get(kind="if")
    for code in ("DA-2", "DA-4"):
        move_requirement(diploma.requirements.get(parent=place, competency=skills[code]), parent=either, place=9)
    page.goto(f"{visitor.address}{base}")
    words = "If the day of admission is Sept. 1, 2026 or later: “DA-2”; otherwise “DA-4”"
    expect(page.get_by_text(words).first).to_be_visible()

    for language in ("en", "ar"):
        for name, place_of_page in (
            ("rules", ""),
            ("sharing", "r1/share/"),
            ("listing", f"{free.key}/list/at-most-1/"),
            ("condition", f"{either.key}/edit/"),
        ):
            look = f"authoring-{name}-{language}"
            faults += look_at(visit, f"{base}{place_of_page}", name=look, session=office.session, language=language)
    assert faults == []


def decide_sharing(page: Page, answer: str) -> None:
    """Follow the finding at the program itself, and answer."""
    page.locator("#node-r1").get_by_role("link", name="Correct it here").first.click()
    page.get_by_label(answer).check()
    page.get_by_role("button", name="Save").click()


def more_of(page: Page, key: str, act: str) -> None:
    """Open the menu of a requirement and follow one of its acts."""
    acts = page.locator(f"#node-{key} > .tree-line")
    acts.locator("summary").click()
    acts.get_by_role("link", name=act).click()


def begin(page: Page, code: str, title: str) -> None:
    """Make a program and open the page on which its draft is written."""
    page.get_by_label("Code").fill(code)
    page.get_by_label("Title").fill(title)
    page.get_by_label("Awarding organization").select_option(index=1)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Write version 1").click()


def add(page: Page, group: str, kind: str) -> None:
    page.get_by_text(f"Add to “{group}”").click()
    page.locator("details[open]").get_by_role("link", name=kind).click()


def add_competencies(page: Page, group: str, *codes: str) -> None:
    """Look for each by its code as one types, tick it, and add all of them at once."""
    add(page, group, "Competencies")
    for number, code in enumerate(codes, start=1):
        with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            page.get_by_role("searchbox").fill(code)
        answered.value.finished()  # ticked sooner, it would be ticked in the list that goes
        page.locator(".picker-row").filter(has_text=code).get_by_role("checkbox").check()
        page.get_by_role("searchbox").fill("")
        expect(page.get_by_role("status").filter(has_text=f"{number} ticked")).to_have_count(1)
    page.get_by_role("button", name="Add what is ticked").click()
    expect(page.get_by_text(f"{len(codes)} requirement{'s' * (len(codes) > 1)} added.")).to_be_visible()


def publish(page: Page) -> None:
    expect(page.get_by_role("heading", name="Nothing to correct")).to_be_visible()
    page.get_by_role("link", name="Publish").click()
    page.get_by_label("Why").fill("The academic board approved it.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published.", exact=True)).to_be_visible()


def asked_by(node: Requirement) -> list[tuple[str, str, int]]:
    """Title, kind and number of each node of the program itself, not of those inside."""
    below = [] if node.kind == "program" else [row for child in node.children for row in asked_by(child)]
    return [(node.title, node.kind.value, node.n), *below]
