"""Facts in words for documents: levels, credits, bases, dates, in the active language."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from unicodedata import east_asian_width

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext, pgettext

from core.text.letters import isolated, printable
from programs.audit.rules.figures import Way
from programs.awards.rules import CompetencyCounts, CompetencyFact, ExceptionFact, MilestoneFact, ScaleFact
from programs.pathway.labels import way_in_words, ways_in_words
from programs.rules.attainments import Basis, ExceptionKind
from programs.rules.enrollment import EnrollmentState

NOTHING = "\N{EN DASH}"

BASES: dict[str, Callable[[], str]] = {
    Basis.ASSESSED_HERE: lambda: gettext("Assessed here"),
    Basis.PRIOR_LEARNING: lambda: gettext("Prior learning"),
    Basis.TRANSFER: lambda: gettext("Transfer"),
    Basis.EXTERNAL: lambda: gettext("Assessed elsewhere"),
}

# The kinds of achievement that can be chosen here, and those of earlier documents; tests hold the list complete.
KINDS: dict[str, Callable[[], str]] = {
    "MicroCredential": lambda: gettext("Micro-credential"),
    "Certificate": lambda: gettext("Certificate"),
    "CertificateOfCompletion": lambda: gettext("Certificate of completion"),
    "Competency": lambda: gettext("Competency"),
    "Diploma": lambda: gettext("Diploma"),
    "Degree": lambda: gettext("Degree"),
    "Course": lambda: gettext("Course"),
    "Badge": lambda: gettext("Badge"),
    "LearningProgram": lambda: gettext("Learning program"),
    "Certification": lambda: gettext("Certification"),
    "ApprenticeshipCertificate": lambda: gettext("Apprenticeship certificate"),
    "JourneymanCertificate": lambda: gettext("Journeyman certificate"),
    "MasterCertificate": lambda: gettext("Master craftsman certificate"),
    "License": lambda: gettext("Licence"),
    "AssociateDegree": lambda: gettext("Associate degree"),
    "BachelorDegree": lambda: gettext("Bachelor degree"),
    "MasterDegree": lambda: gettext("Master degree"),
    "Achievement": lambda: gettext("Achievement"),
}

ENROLLMENT_STATES: dict[str, Callable[[], str]] = {
    EnrollmentState.NONE: lambda: gettext("Admitted for a later day"),
    EnrollmentState.ADMITTED: lambda: gettext("Admitted, not begun"),
    EnrollmentState.ACTIVE: lambda: gettext("Under way"),
    EnrollmentState.PAUSED: lambda: gettext("Paused"),
    EnrollmentState.WITHDRAWN: lambda: gettext("Withdrawn"),
    EnrollmentState.DISMISSED: lambda: gettext("Ended by the institution"),
    EnrollmentState.COMPLETED: lambda: gettext("Completed"),
    "awarded": lambda: gettext("Awarded"),
}


EXCEPTIONS: dict[str, Callable[[], str]] = {
    ExceptionKind.WAIVE: lambda: gettext("Waived: %(title)s"),
    ExceptionKind.SUBSTITUTE: lambda: gettext("Met by a substitute: %(title)s"),
    ExceptionKind.ALSO_ALLOW: lambda: gettext("Met by another competency that was allowed: %(title)s"),
    ExceptionKind.APPLY_HERE: lambda: gettext("Applied here by decision: %(title)s"),
    ExceptionKind.FORCE_COMPLETE: lambda: gettext("Completed by decision, not by what was shown: %(title)s"),
}

EXCEPTION_REASONS: dict[str, Callable[[], str]] = {
    "equivalent_study": lambda: gettext("equivalent study"),
    "experience": lambda: gettext("experience at work"),
    "curriculum_change": lambda: gettext("the program has changed"),
    "not_offered": lambda: gettext("it was not offered in time"),
    "agreement": lambda: gettext("an agreement with another institution"),
    "office_error": lambda: gettext("a mistake of the office"),
    "other": lambda: gettext("another reason"),
}


def day_format() -> str:
    """Return how a day is written on documents, in the language at hand."""
    return pgettext("date with its year", "j F Y")


def exception_in_words(fact: ExceptionFact) -> str:
    """An exception in words: which requirement, decided when, approved by a second person, and the reason as a code."""
    words = EXCEPTIONS[fact.kind]() % {"title": printable(fact.title) or gettext("a group of requirements")}
    day = {"day": date_format(fact.decided_on, day_format())}
    act = (
        gettext("decided on %(day)s and approved by a second registrar")
        if fact.approved
        else gettext("decided on %(day)s")
    )
    reason = EXCEPTION_REASONS[fact.reason]() if fact.reason in EXCEPTION_REASONS else ""
    return f"{words} ({'; '.join(part for part in (act % day, reason) if part)})."


def document_language(code: str) -> str:
    """The language of the headings of a document: `code`, or the default language where there is no translation."""
    try:
        return translation.get_supported_language_variant(code)
    except LookupError:
        return settings.LANGUAGE_CODE


def basis_in_words(basis: str) -> str:
    """The basis in words: where the learning was assessed."""
    return BASES[basis]() if basis in BASES else basis


def kind_in_words(kind: str) -> str:
    """The kind of an achievement in words."""
    return KINDS[kind]() if kind in KINDS else kind


def level_in_words(rank: int | None, title: str) -> str:
    """A proficiency level with its place on the scale."""
    if not rank:
        return NOTHING
    return f"{rank} {title}".strip()


def reached_in_words(found: CompetencyFact, scales: Iterable[ScaleFact]) -> str:
    """The level that was reached, with the name of its scale where that is not the scale of the competency."""
    level = level_in_words(found.reached_rank, found.reached_level)
    other = next((scale.title for scale in scales if scale.id == found.reached_scale), "")
    return f"{level} ({printable(other)})" if other else level


def credits_in_words(amount: Decimal | None, unit: str) -> str:
    """`12 ECTS`, or nothing where no credit is given."""
    return f"{amount_in_words(amount)} {unit}".strip() if amount is not None else ""


def amount_in_words(amount: Decimal | None) -> str:
    """An amount without trailing zeros."""
    if amount is None:
        return ""
    return number_format(amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount)


def enrollment_state_in_words(state: str) -> str:
    """The state of an enrollment on the day of the transcript, in words."""
    return ENROLLMENT_STATES[state]() if state in ENROLLMENT_STATES else state


def listed(words: list[str]) -> str:
    """Several names as one part of a sentence."""
    if len(words) < 2:  # noqa: PLR2004  # one thing is no list
        return "".join(words)
    return gettext("%(others)s and %(last)s") % {
        "others": ", ".join(words[:-1]),
        "last": words[-1],
    }


def competencies_in_words(counts: CompetencyCounts) -> list[str]:
    """Sentences on the competencies that were asked for: how many were shown, and how the others were met.

    What was recognised, waived or replaced is never said to be shown.
    """
    if not counts.asked:
        return []
    values = {"shown": counts.mastered, "met": counts.met, "asked": counts.asked}
    if counts.mastered == counts.asked:
        return [
            ngettext(
                "The one competency was shown at the required level or above.",
                "All %(asked)s competencies were shown at the required level or above.",
                counts.asked,
            )
            % values
        ]
    others = ways_in_words({way: getattr(counts, way) for way in Way if way is not Way.MASTERED})
    if not counts.mastered:
        met = ngettext(
            "%(met)s of %(asked)s competency is met.", "%(met)s of %(asked)s competencies are met.", counts.asked
        )
        return [f"{met % values} {others}".strip()]
    shown = ngettext(
        "%(shown)s of %(asked)s competency was shown at the required level or above.",
        "%(shown)s of %(asked)s competencies were shown at the required level or above.",
        counts.asked,
    )
    return [shown % values, *([others] if others else [])]


def way_and_basis_in_words(found: CompetencyFact) -> str:
    """How a competency was met, and where the learning was assessed; the way is said where nothing was shown here."""
    basis = basis_in_words(found.basis) if found.basis else ""
    if found.way in {"", Way.MASTERED}:
        return basis
    way = way_in_words(Way(found.way))
    return f"{way} ({basis})" if basis else way


def milestone_in_words(found: MilestoneFact) -> str:
    """A milestone with its day, or a quantity with how much of it is asked for; and the exception that met it."""
    parts = [isolated(printable(found.title))]
    if found.asked:
        values = {"reached": amount_in_words(found.reached), "asked": amount_in_words(found.asked),
                  "unit": isolated(printable(found.unit))}  # fmt: skip
        parts.append(gettext("%(reached)s of %(asked)s %(unit)s") % values)
    if found.on is not None:
        parts.append(date_format(found.on, day_format()))
    if found.way not in {"", Way.MASTERED}:
        parts.append(way_in_words(Way(found.way)))
    if not found.way:
        parts.append(gettext("not reached yet"))
    return ", ".join(parts)


def size_of(text: str) -> str:
    """The largest of four sizes in which `text` fits into one or two lines; wide letters count twice."""
    width = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    return next((size for size, most in (("grand", 26), ("large", 36), ("plain", 48)) if width <= most), "small")
