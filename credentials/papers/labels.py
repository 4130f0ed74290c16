"""Facts in words for documents: levels, credits, bases, dates, in the active language."""

from collections.abc import Callable
from decimal import Decimal
from unicodedata import east_asian_width

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext

from core.text.letters import printable
from programs.awards.rules import ExceptionFact
from programs.rules.attainments import Basis, ExceptionKind
from programs.rules.enrollment import EnrollmentState

DAY = "j F Y"
NOTHING = "\N{EN DASH}"

BASES: dict[str, Callable[[], str]] = {
    Basis.ASSESSED_HERE: lambda: gettext("Assessed here"),
    Basis.PRIOR_LEARNING: lambda: gettext("Prior learning"),
    Basis.TRANSFER: lambda: gettext("Transfer"),
    Basis.EXTERNAL: lambda: gettext("Assessed elsewhere"),
}

# Kinds of achievement of Open Badges 3.0 that have a translation; others are shown by their name in the standard.
KINDS: dict[str, Callable[[], str]] = {
    "MicroCredential": lambda: gettext("Micro-credential"),
    "Certificate": lambda: gettext("Certificate"),
    "CertificateOfCompletion": lambda: gettext("Certificate of completion"),
    "Competency": lambda: gettext("Competency"),
    "Diploma": lambda: gettext("Diploma"),
    "Degree": lambda: gettext("Degree"),
    "Course": lambda: gettext("Course"),
    "Badge": lambda: gettext("Badge"),
}

ENROLLMENT_STATES: dict[str, Callable[[], str]] = {
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


def exception_in_words(fact: ExceptionFact) -> str:
    """An exception in words: which requirement, decided when, approved by a second person, and the reason as a code."""
    words = EXCEPTIONS[fact.kind]() % {"title": printable(fact.title) or gettext("a group of requirements")}
    day = {"day": date_format(fact.decided_on, DAY)}
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


def competencies_in_words(shown: int, required: int) -> str:
    """A sentence on how many of the required competencies were shown at the required level."""
    if shown == required:
        sentence = ngettext(
            "The one competency was shown at the required level or above.",
            "All %(asked)s competencies were shown at the required level or above.",
            required,
        )
    else:
        sentence = ngettext(
            "%(shown)s of %(asked)s competency was shown at the required level or above.",
            "%(shown)s of %(asked)s competencies were shown at the required level or above.",
            required,
        )
    return sentence % {"shown": shown, "asked": required}


def size_of(text: str) -> str:
    """The largest of four sizes in which `text` fits into one or two lines; wide letters count twice."""
    width = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    return next((size for size, most in (("grand", 26), ("large", 36), ("plain", 48)) if width <= most), "small")
