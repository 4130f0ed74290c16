"""Each term of the domain has one word in German and one in Arabic: docs/terms.md, held against the catalogs."""

import re
from dataclasses import dataclass
from functools import cache

import pytest

from tests.conftest import ROOT
from tests.contracts.test_translations import CATALOGS, written_in
from tests.contracts.texts import CONTEXT_END

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@dataclass(frozen=True, slots=True)
class Term:
    """How one English term is translated, in regular expressions.

    Every translation has `word`, where it is not empty: a term that is also a verb has no one form that all share.
    """

    english: str
    language: str
    word: str
    never: str


TERMS = (
    Term(r"transcripts?", "de", r"Leistungsnachweis", r"Leistungsübersicht|Zeugnis|\bNachweis|Notenspiegel"),
    Term(r"transcripts?", "ar", r"كشف|كشوف", r"درجات|علامات"),
    # Standards keep their names; a micro-credential is a type of achievement.
    Term(
        r"(?<!micro-)(?<!verifiable )credentials?(?!\.example)",
        "de",
        r"[Zz]ertifi",
        r"Zeugnis|(?<!Micro-)(?<!Verifiable )\bCredential",
    ),
    Term(r"(?<!micro-)(?<!verifiable )credentials?(?!\.example)", "ar", r"شهاد", r"السجل الموقّع|أوراق"),
    Term(r"credential files?", "de", r"Zertifikatsdatei", r"signierte Akte"),
    Term(r"credential files?", "ar", r"ملف الشهادة", r"السجل الموقّع"),
    Term(r"certificates?", "de", "", r"Zeugnis|Teilnahme"),
    Term(r"certificates?", "ar", r"شهاد", r"حضور"),
    Term(r"certificate of completion", "de", r"Abschlussbescheinigung", r"Teilnahme|Zertifikat"),
    Term(r"certificate of completion", "ar", r"شهادة إتمام", r"حضور|مشاركة"),
    Term(r"micro-credentials?", "de", r"Micro-Credential", r"Microcredential|Mikro"),
    Term(r"micro-credentials?", "ar", r"شهادة مصغّرة", r"مايكرو"),
    Term(r"awards?", "de", "", r"Auszeichnung|Stipendi|aberkannt"),
    Term(r"awards?", "ar", "", r"منحة|^المنح$|المنح (?:السارية|المذكورة)|شهادة ممنوحة|الشهادة الممنوحة"),
    Term(r"rescind(?:ed)?", "de", r"[Zz]urück", r"aberk"),
    Term(r"rescind(?:ed)?", "ar", r"سحب|سُحب|مسحوب", r"إلغاء|أُلغي|أُبطل"),
    Term(r"revoked?", "de", r"iderruf", r"aberk"),
    Term(r"revoked?", "ar", r"لغ", r"بطل|سحب"),
    Term(r"with(?:draw|drew|drawn|drawing|draws)", "de", r"[Zz]urück|zieh", r"iderruf|abgegangen|aberk"),
    Term(r"with(?:draw|drew|drawn|drawing|draws)", "ar", r"سحب|سُحب|مسحوب", r"إلغاء|أُلغي|يلغي|بطل"),
    Term(r"registrars?", "de", r"Studienbüro", r"Sekretariat|Verwaltung|Kanzlei"),
    Term(r"registrars?", "ar", r"مسجّل|تسجيل", r"سكرتير|أمين السجل"),
    Term(r"evidence", "de", r"achweis", r"Beleg|Beweis|Evidenz"),
    Term(r"evidence", "ar", r"دليل|أدلة|أدل|دلي", r"إثباتات|براهين"),
    Term(r"competenc(?:y|ies)", "de", r"ompetenz", r"Fähigkeit|Fertigkeit"),
    Term(r"competenc(?:y|ies)", "ar", r"كفاي", r"كفاءة|كفاءات|جدارة"),
    Term(r"master(?:ed|y)", "de", r"eherrsch", r"achgewiesen|[Mm]astery"),
    Term(r"master(?:ed|y)", "ar", r"تقن|تقَن|إتقان", r"مُجتاز"),
    Term(r"recogni[sz]ed", "de", r"nerkannt|anerkannt", r"angerechnet"),
    Term(r"recogni[sz]ed", "ar", r"معترف|اعتُرف|يُعترف", r"مقبولة"),
    Term(r"waived?", "de", r"rlass|erlass", r"verzichtet"),
    Term(r"waived?", "ar", r"عف", r"تنازل"),
    Term(r"completed by exception", "de", r"Ausnahme", r"erzwungen"),
    Term(r"completed by exception", "ar", r"استثناء", r"قسري"),
    Term(r"(?<!case )versions?", "de", "", r"(?<!CASE-)\bVersion(?:en)?\b"),
    Term(r"versions?", "ar", "", r"نسخة البرنامج|طبعة|النسخة"),
    Term(r"programs?", "de", "", r"Studiengang|Lehrgang"),
    Term(r"programs?", "ar", "", r"تخصص دراسي|المنهج"),
    Term(r"requirements?", "de", "", r"Voraussetzung|Bedingung(?!.*Anforderung)"),
    Term(r"requirements?", "ar", r"متطلب|شرط", r"مستلزم"),
    Term(r"enrol(?:l|led|lment|lments)", "de", r"schr[ei]", r"[Ii]mmatrikul"),
    Term(r"enrol(?:l|led|lment|lments)", "ar", r"ق[َُ]?ي", r"مسجَّل في|التحاق"),
    Term(
        r"(?:re)?admit(?:ted)?|admission",
        "de",
        r"[Aa]uf(?:ge|zu)?nahme|aufgenommen|Aufgenommen|aufnehmen",
        r"[Zz]ugelassen",
    ),
    Term(r"(?:re)?admit(?:ted)?|admission", "ar", r"قبول|قُبل|يُقبل|قبَل", r"التحاق"),
    Term(r"audits?(?!@)", "de", r"uswert|Werten Sie", r"\bAudit"),
    Term(r"audits?(?!@)", "ar", r"دقيق|دقّق", r"مراجعة الحسابات"),
    Term(r"approv(?:al|als|ed|es|e)", "de", r"enehmig", r"Zustimmung|gebilligt"),
    Term(r"approv(?:al|als|ed|es|e)", "ar", r"وافق|وافَق|وُوفق", r"اعتماد"),
    Term(r"assessors?", "de", r"eurteil|Prüfe", r"Gutachter"),
    Term(r"assessors?", "ar", r"قيّم|مقيم", r"ممتحن|مصحح"),
    Term(r"rubrics?", "de", r"raster", r"Rubrik"),
    Term(r"rubrics?", "ar", r"سلّم|سلالم", r"روبريك"),
    Term(r"milestones?", "de", r"eilenstein", r"Etappe"),
    Term(r"milestones?", "ar", r"معلم|معالم", r"مرحلة رئيسية"),
    Term(r"credit transfers?", "de", r"nrechnung", r"Kredittransfer|anerkannte Leistung"),
    Term(r"credit transfers?", "ar", r"معادل(?:ة|ات)", r"تحويل الرصيد|دراسة معترف"),
    Term(r"prior learning", "de", r"Vorkenntnisse", r"[Ff]rüheres Lernen"),
    Term(r"prior learning", "ar", r"التعلّم السابق|تعلّم سابق", r"خبرة سابقة"),
    Term(r"disclos(?:ed|ure|ures)", "de", r"ffen(?:ge)?leg|offenlegt", r"Weitergabe"),
    # كشف is the transcript.
    Term(r"disclos(?:ed|ure|ures)", "ar", r"فصح|إفصاح", r"كشف|كُشف"),
    Term(r"sharings?(?! between)", "de", r"reigabe", r"Mitteilung"),
    Term(r"sharings?(?! between)", "ar", r"شارك", r"تقاسم"),
)
# Types of achievement stand in two lists, one for pages and one for documents.
TYPES = (
    "micro-credential",
    "certificate of completion",
    "degree",
    "apprenticeship certificate",
    "journeyman certificate",
    "master craftsman certificate",
    "associate degree",
    "bachelor degree",
    "master degree",
)


@cache
def entries(language: str) -> list[tuple[str, str, list[str]]]:
    """Return package, English text and translations of all entries; the names of placeholders are no words."""
    return [
        (
            path.split("/", 1)[0],
            PLACEHOLDER.sub("", key.rpartition(CONTEXT_END)[2]),
            [PLACEHOLDER.sub("", w) for w in words],
        )
        for path in CATALOGS
        if f"/{language}/" in path
        for key, words in written_in(path).items()
    ]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: f"{term.language}: {term.english}")
def test_a_term_has_one_word(term: Term) -> None:
    asked = re.compile(rf"(?<!\w)(?:{term.english})(?!\w)", re.IGNORECASE)
    with_term = [entry for entry in entries(term.language) if asked.search(entry[1])]

    assert with_term, "no text has the term"
    assert [entry for entry in with_term if any(re.search(term.never, word) for word in entry[2])] == []
    assert [entry for entry in with_term if not all(re.search(term.word, word) for word in entry[2])] == []


@pytest.mark.parametrize("language", ["de", "ar"])
def test_types_of_achievement_are_named_alike_on_pages_and_documents(language: str) -> None:
    names = {
        kind: {word.casefold() for _app, text, words in entries(language) if text.casefold() == kind for word in words}
        for kind in TYPES
    }

    assert {kind: found for kind, found in names.items() if len(found) != 1} == {}


@pytest.mark.parametrize("language", ["de", "ar"])
def test_the_page_of_terms_names_each_word(language: str) -> None:
    page = (ROOT / "docs/terms.md").read_text(encoding="utf-8")

    assert [t.english for t in TERMS if t.language == language and t.word and not re.search(t.word, page)] == []
