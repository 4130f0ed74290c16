"""The certificate: what it says, and that it is whole whatever people are called."""

import re
import zlib
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from credentials.errors import ForeignAssetError, LettersWithoutFontError
from credentials.papers.formats.certificate_pdf import certificate_pdf
from credentials.papers.formats.press import render_pdf
from programs.awards.rules import CompetencyFact, LevelFact, MilestoneFact, ScaleFact
from tests.credentials.printed import CODE, SCALE, Paper, certificate, competencies, competency

NAMES = {
    "arabic": "محمد عبد الرحمن بن الحسين الأندلسي",
    "vietnamese": "Nguyễn Thị Phương Thảo Hoàng Diễm",
    "chinese": "歐陽若曦 小鳥遊",
    "long": "Wilhelmina-Alexandrine Konstantinopolitanou-Papadopoulou von Hohenberg",
    "solid": "W" * 70,
    "markup": "<img src=file:///etc/passwd>",
    "formula": "=cmd()",
    "override": "Ada \u202eecalevoL",
    "tower": "Z" + "\u0302" * 200 + "oe",
}
WIDTH, HEIGHT = 841.89, 595.28


@cache
def paper_of(name: str) -> Paper:
    return Paper(certificate_pdf(certificate(name=name)))


def unpacked(content: bytes) -> bytes:
    """The streams of a PDF, as text."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    return content + b"".join(zlib.decompress(part) for part in packed if part[:1] == b"\x78")


@pytest.fixture(scope="module")
def paper() -> Paper:
    return Paper(certificate_pdf(certificate(record=b'{"type":"OpenBadgeCredential"}')))


def test_it_is_tagged_and_archival(paper: Paper) -> None:
    assert paper.facts["Tagged"] == "yes"
    assert 'pdfaid:part="3" pdfaid:conformance="A"' in paper.metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in paper.metadata
    # The prefixes are part of the standard (ISO 19005-3, 6.6.2.3.3).
    for prefixed in ("pdfaExtension:schemas", "pdfaSchema:property", "pdfaProperty:valueType"):
        assert f"<{prefixed}>" in paper.metadata
    assert paper.facts["Title"] == "Certificate in Data Analysis · Amara Okoye"


def test_every_font_is_inside(paper: Paper) -> None:
    assert paper.fonts
    assert set(paper.fonts.values()) == {"yes yes yes"}


def test_its_structure_can_be_read_aloud(paper: Paper) -> None:
    tags = set(paper.structure.replace(":", " ").split())

    assert {"H1", "H2", "H3", "P", "L", "Table", "THead", "TH", "TD", "Figure"} - tags == set()


def test_the_face_tells_whose_what_by_whom_and_the_dates_apart(paper: Paper) -> None:
    face = paper.text(1)

    said = (
        "Northfield College", "Amara Okoye", "Certificate in Data Analysis", "30 ECTS", CODE, "localhost:8000/verify",
        "All 12 competencies were shown at the required level or above.", "Data Foundations",
        "Requirements met 9 November 2026", "Awarded 14 November 2026", "This document issued 15 November 2026",
    )  # fmt: skip
    assert [words for words in said if words not in face] == []


def test_the_annex_says_what_it_means(paper: Paper) -> None:
    annex = paper.text(2) + paper.text(3)

    said = ("every competency in two pieces", "DL-101", "3 Proficient", "4 Advanced", "Assessed here", "Four levels",
            "Alone, as the workplace asks", "version 3", "English")  # fmt: skip
    assert [words for words in said if words not in annex] == []


def test_what_was_asked_for_stands_below_what_it_belongs_to() -> None:
    criteria = "* Deeper\n  * Queries\n* Placement"
    paper = Paper(certificate_pdf(certificate(criteria=criteria)))

    left = {word: left for word, left, *_rest in paper.words(2)}
    assert left["Deeper"] == left["Placement"] < left["Queries"]


def test_the_signed_record_travels_inside(paper: Paper) -> None:
    assert paper.enclosed() == {"credential.json": {"type": "OpenBadgeCredential"}}


def test_the_code_in_the_picture_is_told_in_words() -> None:
    html = '<html lang="en"><title>x</title><p><img src="paper:seal.svg" alt="QR code that opens example">'

    assert b"/Alt (QR code that opens example)" in unpacked(render_pdf(html, style="certificate.css", pictures={}))


def test_equal_facts_give_equal_bytes() -> None:
    assert certificate_pdf(certificate()) == certificate_pdf(certificate())


def test_the_last_day_is_named_not_the_first_one_after_it() -> None:
    face = Paper(certificate_pdf(certificate(valid_until=date(2029, 11, 15)))).text(1)

    assert "Valid through 14 November 2029" in face


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_the_layout_holds_whatever_somebody_is_called(name: str) -> None:
    paper = paper_of(name)
    words = paper.words(1)

    outside = [word for word, left, top, right, bottom in words
               if left < 60 or right > WIDTH - 60 or top < 50 or bottom > HEIGHT - 30]  # fmt: skip
    foot = min(top for word, _left, top, _right, _bottom in words if word == "Requirements")
    title_bottom = max(bottom for word, _left, _top, _right, bottom in words if word == "Analysis")
    assert outside == []
    assert title_bottom < foot
    assert paper.facts["Pages"] == "3"
    assert set(paper.fonts.values()) == {"yes yes yes"}


@pytest.mark.parametrize("name", ["arabic", "vietnamese", "chinese", "markup", "formula"])
def test_a_name_can_be_copied_from_the_paper(name: str) -> None:
    words = paper_of(NAMES[name]).text(1)

    assert sorted(set("".join(NAMES[name].split())) - set(words)) == []


def test_markup_in_a_name_is_text() -> None:
    assert "<img src=file:///etc/passwd>" in paper_of(NAMES["markup"]).text(1)


def test_a_letter_that_no_font_has_is_refused_by_name() -> None:
    with pytest.raises(LettersWithoutFontError) as refused:
        certificate_pdf(certificate(name="Ada \ue000 \ue001"))

    assert refused.value.letters == "\ue000\ue001"


@pytest.mark.parametrize("source", ["file:///etc/passwd", "http://127.0.0.1/", "paper:../certificate.css", "data:,x"])
def test_nothing_but_bundled_assets_is_read(source: str) -> None:
    with pytest.raises(ForeignAssetError):
        render_pdf(f'<title>x</title><p>x<img src="{source}" alt="x">', style="certificate.css", pictures={})


def test_a_picture_in_the_criteria_is_not_fetched() -> None:
    criteria = '![x](file:///etc/passwd) <img src="http://127.0.0.1/x.png"> <style>@import "http://127.0.0.1/"</style>'

    assert "Certificate in Data Analysis" in Paper(certificate_pdf(certificate(criteria=criteria))).text(1)


@pytest.mark.parametrize("count", [1, 60])
def test_any_number_of_competencies_stands_in_the_annex(count: int) -> None:
    paper = Paper(certificate_pdf(certificate(competencies=competencies(count))))

    pages = int(paper.facts["Pages"])
    text = paper.text()
    assert all(f"DL-{100 + number}" in text for number in range(1, count + 1))
    assert [page for page in range(2, pages + 1) if CODE not in paper.text(page)] == []


RECOGNISED = competency(2, way="recognised", basis="transfer", reached_rank=2, reached_level="B2", reached_scale="s2")
WAIVED = competency(3, way="waived", basis="", reached_rank=None, reached_level="", achieved_on=None, credits=None)
LANGUAGES = ScaleFact("s2", "Languages", (LevelFact(1, "A1", ""), LevelFact(2, "B2", "")))


def test_what_was_recognised_or_waived_is_not_said_to_be_shown() -> None:
    facts = certificate(competencies=(competency(1), RECOGNISED), waived=(WAIVED,), scales=(SCALE, LANGUAGES))
    paper = Paper(certificate_pdf(facts))

    assert "1 of 3 competencies were shown at the required level or above. Recognised: 1 · Waived: 1" in paper.text(1)
    annex = paper.text(2) + paper.text(3)
    said = ("Recognised", "(Transfer)", "2 B2 (Languages)", "Scale: Languages", "Waived")
    assert [words for words in said if words not in annex] == []


@pytest.mark.parametrize(
    ("met", "words"),
    [((RECOGNISED,), "1 of 1 competency is met. Recognised: 1"), ((WAIVED,), "1 of 1 competency is met. Waived: 1")],
)
def test_where_nothing_was_shown_nothing_is_said_to_be(met: tuple[CompetencyFact, ...], words: str) -> None:
    only_waived = tuple(fact for fact in met if fact.way == "waived")
    others = tuple(fact for fact in met if fact.way != "waived")
    face = Paper(certificate_pdf(certificate(competencies=others, waived=only_waived))).text(1)

    assert words in face
    assert "shown at" not in face


def test_milestones_and_hours_are_lines_of_their_own() -> None:
    hours = MilestoneFact("r4", "Hours at sea", "hours", Decimal(120), Decimal(130), date(2026, 5, 1), "mastered")
    safety = MilestoneFact("r5", "Safety course", "", Decimal(0), Decimal(0), None, "waived")
    annex = Paper(certificate_pdf(certificate(milestones=(hours, safety)))).text()

    assert "Hours at sea, 130 of 120 hours, 1 May 2026" in annex
    assert "Safety course, Waived" in annex
