"""Transcripts as records: made of enrollments and awards, unchanged afterwards, corrected by new ones."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.actions.learners import create_learner
from accounts.actions.links import link_records
from accounts.actions.names import add_name
from accounts.models import Learner, NameKind, Organization, User
from competencies.models import Competency
from core.text.canonical import canonical, digest_of_bytes
from credentials.errors import RetentionEndedError, SupersededError
from credentials.issuing.queries.documents import document_by_code
from credentials.models import Credential, DocumentCode, Issuer, Printing, Transcript
from credentials.papers.actions import certificate_pdf, forget_printings
from credentials.rules.codes import in_groups, printed_serial
from credentials.transcripts.actions.printing import transcript_pdf
from credentials.transcripts.actions.transcripts import make_transcript, supersede_transcript
from credentials.transcripts.queries.stored_transcripts import (
    stored_facts,
    transcript_json,
    transcripts_of,
)
from credentials.transcripts.rules import CreditFigures, TranscriptKind
from programs.curriculum.actions.publishing import publish_version
from programs.enrollment.actions.enrolling import enroll
from programs.models import Award, ProgramVersion
from tests.assessments.places import MONDAY, new_competency, new_framework, new_scale, show
from tests.credentials.awarding import work_off
from tests.credentials.printed import Paper
from tests.programs.places import ask_for, draft_of, open_assessment, root_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = datetime(2026, 12, 24, 12, tzinfo=UTC)


@pytest.fixture
def knead(school: Organization) -> Competency:
    return new_competency(new_framework(), "knead", new_scale())


@pytest.fixture
def proof(knead: Competency, school: Organization) -> Competency:
    return new_competency(knead.framework, "proof", new_scale("Craft of proving"))


def program_of(school: Organization, title: str, worth: dict[Competency, int]) -> ProgramVersion:
    draft = draft_of(school, title)
    for competency, amount in worth.items():
        ask_for(root_of(draft), competency, rank=2, worth=amount)
    return publish_version(draft, by=None, at=MONDAY)


@pytest.fixture
def baking(school: Organization, knead: Competency, proof: Competency) -> ProgramVersion:
    open_assessment(school, knead, proof)
    return program_of(school, "Baking", {knead: 4, proof: 6})


@pytest.fixture
def studying(ada: Learner, registrar: User, baking: ProgramVersion, knead: Competency) -> Learner:
    """Ada, enrolled, who has shown one of two competencies, above the level asked for."""
    enroll(ada, version=baking, on=date(2026, 1, 12), by=registrar, at=MONDAY)
    show(ada, knead, 3, by=registrar)
    return ada


def official(learner: Learner, by: User, *, at: datetime = NOW) -> Transcript:
    return make_transcript(learner, kind=TranscriptKind.OFFICIAL, by=by, at=at)


@pytest.fixture
def paper(award: Award, issuer: Issuer) -> Credential:
    from programs.announcements import Awarded, awarded

    with transaction.atomic():
        awarded.send(Awarded(award=award, at=MONDAY))
    work_off()
    return Credential.objects.signed().get()


def test_it_holds_the_running_program_with_levels_basis_and_three_figures(studying: Learner, registrar: User) -> None:
    facts = stored_facts(official(studying, registrar))

    (program,) = facts.programs
    (shown,) = program.competencies
    assert (program.title, program.version, program.standing) == ("Baking", 1, "active")
    assert (program.shown_count, program.asked_count) == (1, 2)
    assert (shown.code, shown.required_rank, shown.reached_rank, shown.basis) == ("knead", 3, 3, "assessed_here")
    assert facts.totals == (CreditFigures("credits", Decimal("4.00"), Decimal("4.00"), Decimal("0.00")),)
    assert [level.rank for level in facts.scales[0].levels] == [1, 2, 3, 4]


def test_study_that_counts_in_two_programs_counts_once_in_the_total(
    studying: Learner, registrar: User, school: Organization, knead: Competency
) -> None:
    enroll(studying, version=program_of(school, "Pastry", {knead: 3}), on=date(2026, 2, 2), by=registrar, at=MONDAY)

    facts = stored_facts(official(studying, registrar))

    assert [program.title for program in facts.programs] == ["Baking", "Pastry"]
    assert facts.totals[0].earned == Decimal("4.00")


def test_it_lists_awards_with_the_code_of_their_paper(ada: Learner, registrar: User, paper: Credential) -> None:
    (award,) = stored_facts(official(ada, registrar)).awards

    assert (award.title, award.awarded_on) == ("Bread", date(2026, 3, 4))
    assert (award.credential, award.code) == (str(paper.public_id), in_groups(paper.code))


def test_what_is_stored_is_canonical_and_has_its_digest(studying: Learner, registrar: User) -> None:
    made = official(studying, registrar)

    content = bytes(made.content or b"")
    assert content == canonical(transcript_json(made))
    assert digest_of_bytes(content) == made.digest


def test_a_later_name_changes_no_transcript(studying: Learner, registrar: User) -> None:
    before = official(studying, registrar)
    add_name(
        studying, kind=NameKind.LEGAL, text="Ada King", starts_on=date(2026, 12, 1), by=registrar, reason="Marriage"
    )

    after = official(studying, registrar, at=LATER)

    before.refresh_from_db()
    assert stored_facts(before).holder.name == "Ada Byron"
    assert stored_facts(after).holder.name == "Ada King"
    assert "Ada Byron" not in bytes(after.content or b"").decode()


def test_a_correction_names_the_one_whose_place_it_takes_once(studying: Learner, registrar: User) -> None:
    first = official(studying, registrar)

    second = supersede_transcript(first, by=registrar, at=LATER)

    assert stored_facts(second).supersedes == printed_serial(first.serial)
    assert list(Transcript.objects.in_force()) == [second]
    with pytest.raises(SupersededError):
        supersede_transcript(first, by=registrar, at=LATER)


def test_a_serial_is_found_however_it_is_typed(studying: Learner, registrar: User) -> None:
    made = official(studying, registrar)

    assert document_by_code(printed_serial(made.serial)) == made
    assert document_by_code(printed_serial(made.serial).lower().replace("-", " ")) == made
    assert document_by_code("T-0000-0000-0000-5") is None


def test_linked_records_show_the_transcripts_of_the_person(studying: Learner, registrar: User) -> None:
    made = official(studying, registrar)

    assert transcripts_of(studying) == [made]


def test_a_transcript_prints_the_name_that_the_person_took_last_on_either_record(
    studying: Learner, registrar: User
) -> None:
    second = create_learner("Ada Byron", by=registrar, at=MONDAY)
    link_records(studying, other=second, reason="One person", by=registrar, at=MONDAY)
    add_name(second, kind=NameKind.LEGAL, text="Ada King", starts_on=date(2026, 12, 1), by=registrar, reason="Marriage")

    names = [stored_facts(official(record, registrar, at=LATER)).holder.name for record in (studying, second)]

    assert names == ["Ada King", "Ada King"]


@pytest.mark.parametrize("change", [{"digest": "c1:" + "0" * 64}, {"kind": "own"}, {"content": b"{}"}])
def test_a_transcript_never_changes(studying: Learner, registrar: User, change: dict[str, object]) -> None:
    made = official(studying, registrar)

    with pytest.raises(IntegrityError), transaction.atomic():
        Transcript.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Transcript.objects.filter(pk=made.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentCode.objects.filter(document=made).update(code="T0000000000000")


def test_when_retention_ends_the_bytes_go_and_the_digest_stays(studying: Learner, registrar: User) -> None:
    made = official(studying, registrar)

    Transcript.objects.filter(pk=made.pk).update(content=None, erased_at=LATER)

    made.refresh_from_db()
    assert made.digest.startswith("c1:")
    with pytest.raises(RetentionEndedError):
        transcript_json(made)


def test_a_transcript_is_printed_once(studying: Learner, registrar: User) -> None:
    made = official(studying, registrar)

    first, second = transcript_pdf(made, at=NOW), transcript_pdf(made, at=NOW)

    assert first == second
    assert Printing.objects.of(studying).count() == 1
    assert printed_serial(made.serial) in Paper(first).text(1)


def test_a_certificate_says_what_the_credential_says(paper: Credential) -> None:
    printed = Paper(certificate_pdf(paper, at=NOW))

    face = printed.text(1)
    said = ("Ada Byron", "Bread", "Requirements met 1 March 2026", "Awarded 4 March 2026", in_groups(paper.code))
    assert [words for words in said if words not in face] == []
    assert printed.enclosed()["credential.json"] == paper.document


def test_printings_are_let_go_of_after_a_month(studying: Learner, registrar: User) -> None:
    transcript_pdf(official(studying, registrar), at=NOW)

    assert forget_printings(at=NOW) == 0
    assert forget_printings(at=datetime(2027, 1, 1, tzinfo=UTC)) == 1
