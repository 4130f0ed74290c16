"""The transcript on paper: whole, readable, and without what does not belong on it."""

from dataclasses import replace
from datetime import date

import pytest

from credentials.transcripts.formats.transcript_pdf import transcript_parts, transcript_pdf
from credentials.transcripts.rules import TranscriptAwardFact, TranscriptFacts, TranscriptKind
from tests.credentials.printed import Paper, listed_award, program, transcript

CHECK_URL = "http://localhost:8000/verify/"
SERIAL = "T-9F3M-K8PD-4XTA-6"


def paper_of(facts: TranscriptFacts) -> Paper:
    return Paper(transcript_pdf(facts, check_url=CHECK_URL))


@pytest.fixture(scope="module")
def paper() -> Paper:
    return paper_of(transcript())


def test_it_is_tagged_archival_and_has_its_fonts(paper: Paper) -> None:
    assert paper.facts["Tagged"] == "yes"
    assert set(paper.fonts.values()) == {"yes yes yes"}
    assert 'pdfaid:part="3"' in paper.metadata


def test_it_names_program_version_levels_basis_awards_and_credits(paper: Paper) -> None:
    said = (
        "Official transcript", "Amara Okoye", "20261042", SERIAL, "DA, version 3", "Required", "Reached",
        "3 Proficient", "4 Advanced", "Assessed here", "2 March 2026", "2.50", "Certificate in Data Analysis",
        "14 November 2026", "30 ECTS", "ECTS: 7.50 attempted, 7.50 earned, 7.50 awarded", "Four levels",
        "localhost:8000/verify",
    )  # fmt: skip
    text = paper.text()

    assert [words for words in said if words not in text] == []


def test_its_facts_travel_inside(paper: Paper) -> None:
    assert paper.enclosed()["transcript.json"]["serial"] == SERIAL


def test_a_long_one_repeats_its_heads_and_numbers_its_pages() -> None:
    facts = transcript(programs=(program(60), program(7, title="Public Health", awarded=False)))
    paper = paper_of(facts)
    pages = int(paper.facts["Pages"])

    texts = [paper.text(page) for page in range(1, pages + 1)]
    assert pages > 3
    assert [number for number, text in enumerate(texts, 1) if f"{number}/{pages}" not in text.replace(" / ", "/")] == []
    assert [number for number, text in enumerate(texts, 1) if SERIAL not in text] == []
    assert [number for number, text in enumerate(texts, 1) if "DL-1" in text and "Basis, since" not in text] == []


@pytest.mark.parametrize("count", [1, 8, 12, 13])
def test_no_page_at_the_end_is_lonely(count: int) -> None:
    paper = paper_of(transcript(programs=(program(count),)))

    last = paper.text(int(paper.facts["Pages"]))
    assert "How to read this transcript" in last
    assert "How to check it" in last
    assert "Four levels" in last


def test_an_own_copy_and_a_correction_say_so() -> None:
    text = paper_of(transcript(kind=TranscriptKind.OWN, supersedes="T-1111-2222-3333-4")).text()

    assert "Learner's own copy" in text
    assert "Official transcript" not in text
    assert "Takes the place of T-1111-2222-3333-4" in text


@pytest.mark.long
@pytest.mark.parametrize("count", range(1, 61))
def test_no_page_at_the_end_is_lonely_however_many_there_are(count: int) -> None:
    test_no_page_at_the_end_is_lonely(count)


@pytest.mark.parametrize("name", ["محمد عبد الرحمن", "歐陽若曦 Nguyễn", "W" * 70])
def test_the_layout_holds_whatever_somebody_is_called(name: str) -> None:
    paper = paper_of(transcript(name=name, language="ar"))

    pages = int(paper.facts["Pages"])
    outside = [
        word for page in range(1, pages + 1) for word, left, top, right, bottom in paper.words(page)
        if left < 45 or right > 595.28 - 45 or top < 20 or bottom > 841.89 - 20
    ]  # fmt: skip
    assert outside == []


def test_what_runs_the_other_way_keeps_its_order_on_an_arabic_paper() -> None:
    """A code ends with its check character and a sentence with its stop, in the direction of their own letters."""
    sentence = "Asks every tool twice, and says so."
    row = replace(program(1).competencies[0], statement=sentence)
    paper = paper_of(
        transcript(
            language="ar",
            programs=(program(1, competencies=(row,)),),
            awards=(listed_award(code="4723-ABCD-ZNH1-*"), listed_award(code="ABCD-4QAM-VFJQ-=")),
        )
    )
    boxes = paper.words(1)
    words = [word for word, *_box in boxes]

    assert {"4723-ABCD-ZNH1-*", "ABCD-4QAM-VFJQ-="} - set(words) == set()
    assert {"so.", "twice,"} - set(words) == set()
    [number_top] = [top for word, _left, top, *_end in boxes if word == "20261042"]
    assert max(right for _word, _left, top, right, _bottom in boxes if abs(top - number_top) < 4) > 525  # its label


@pytest.mark.parametrize(
    ("standing", "awards", "said"),
    [
        ("active", (listed_award(),), "Awarded"),
        ("active", (), "Under way"),
        ("active", (listed_award(program="program-2"),), "Under way"),
        ("withdrawn", (listed_award(),), "Withdrawn"),
    ],
)
def test_a_program_whose_award_stands_is_not_under_way(
    standing: str, awards: tuple[TranscriptAwardFact, ...], said: str
) -> None:
    paper = transcript_parts(transcript(programs=(program(standing=standing),), awards=awards), CHECK_URL)

    assert [part["about"].split(". ")[1] for part in paper["programs"]] == [said]


def test_a_long_name_hangs_beside_its_label() -> None:
    paper = paper_of(transcript(name="Amélia da Conceição Albuquerque de Vasconcelos Figueiredo e Montenegro"))

    beside = {"Amélia", "Figueiredo", "20261042"}
    lefts = [round(left) for word, left, top, *_end in paper.words(1) if word in beside and top < 300]
    assert lefts == [lefts[0]] * 3


def test_a_transcript_without_anything_is_a_transcript() -> None:
    text = paper_of(transcript(programs=(), awards=(), scales=())).text()

    assert "No program is on record yet." in text


def test_an_award_that_ends_says_its_last_day() -> None:
    text = paper_of(transcript(awards=(listed_award(valid_until=date(2029, 11, 15)),))).text()

    assert "Valid through 14 November 2029" in text
