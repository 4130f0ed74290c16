"""The messages for faults of CASE files: what is wrong, and how to correct it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from competencies.errors import FaultCode, PackageFault

WORDS: Mapping[FaultCode, tuple[str | Promise, str | Promise]] = {
    FaultCode.TOO_LARGE: (
        gettext_lazy("The file has %(size)s MB; the limit is %(limit)s MB."),
        gettext_lazy("Export the framework in parts, or leave out what is not a framework."),
    ),
    FaultCode.EMPTY: (
        gettext_lazy("The file is empty."),
        gettext_lazy("Export or download it again."),
    ),
    FaultCode.NOT_TEXT: (
        gettext_lazy("Byte %(byte)s is not part of a text in UTF-8."),
        gettext_lazy("Save the file as JSON in UTF-8."),
    ),
    FaultCode.NOT_JSON: (
        gettext_lazy("This is not JSON (%(why)s)."),
        gettext_lazy("A CASE package is a JSON file; tables (CSV, Excel) and PDF have to be exported as CASE first."),
    ),
    FaultCode.TOO_DEEP: (
        gettext_lazy("Lists and objects lie more than %(limit)s deep inside each other."),
        gettext_lazy("No CASE package needs that; check that this is the right file."),
    ),
    FaultCode.REPEATED_MEMBER: (
        gettext_lazy("One object has the member “%(member)s” twice (its members: %(among)s)."),
        gettext_lazy("Keep one of them: which is meant cannot be told."),
    ),
    FaultCode.UNSTORABLE_TEXT: (
        gettext_lazy("A text holds a NUL character or half of a character pair."),
        gettext_lazy("Remove that character; it is usually left over from copying."),
    ),
    FaultCode.UNSTORABLE_NUMBER: (
        gettext_lazy("%(number)s is no number that can be kept."),
        gettext_lazy("Write it as text, or leave it out."),
    ),
    FaultCode.NOT_A_PACKAGE: (
        gettext_lazy("This is JSON, but no CASE package: it has no CFDocument (found: %(found)s)."),
        gettext_lazy("Download the whole package (CFPackages), not a list of documents or single items."),
    ),
    FaultCode.SEVERAL_PACKAGES: (
        gettext_lazy("The file holds several packages (at %(places)s)."),
        gettext_lazy("Put each package into a file of its own."),
    ),
    FaultCode.UNKNOWN_VERSION: (
        gettext_lazy("The package says it is CASE %(version)s; 1.0 and 1.1 are understood."),
        gettext_lazy("Export it as CASE 1.1."),
    ),
    FaultCode.WRONG_TYPE: (
        gettext_lazy("A %(wanted)s is due here, not a %(found)s."),
        gettext_lazy("Correct the value, or leave the member out."),
    ),
    FaultCode.MISSING: (
        gettext_lazy("“%(member)s” is missing or empty."),
        gettext_lazy("Add it: without it this cannot be told from others, or shown."),
    ),
    FaultCode.NO_STATEMENT: (
        gettext_lazy("The item says nothing: no fullStatement, no shorter one, no label, no code."),
        gettext_lazy("Give it a fullStatement, or remove it."),
    ),
    FaultCode.TOO_LONG: (
        gettext_lazy("The text has %(found)s characters; at most %(longest)s fit here."),
        gettext_lazy("Shorten it."),
    ),
    FaultCode.IMPLAUSIBLE_DATE: (
        gettext_lazy("The date %(date)s lies before %(first)s or after %(last)s."),
        gettext_lazy("Write the year with four digits, or leave the member out."),
    ),
    FaultCode.END_UNNAMED: (
        gettext_lazy("“%(member)s” names neither an identifier nor a URI."),
        gettext_lazy("Say what the association leads to, or remove it."),
    ),
    FaultCode.IDENTIFIER_TWICE: (
        gettext_lazy("The identifier %(identifier)s is already taken, by what stands at %(first)s, and they differ."),
        gettext_lazy("Give one of the two an identifier of its own, or remove it."),
    ),
    FaultCode.LEADS_TO_ITSELF: (
        gettext_lazy("%(item)s %(kind)s itself."),
        gettext_lazy("Remove the association, or correct one of its ends."),
    ),
    FaultCode.CYCLE: (
        gettext_lazy("The %(kind)s associations lead in a circle: %(items)s."),
        gettext_lazy("Remove one association of the circle."),
    ),
    FaultCode.OTHER_DOCUMENT: (
        gettext_lazy("The file is of the document %(identifier)s; the framework that was named is %(named)s."),
        gettext_lazy("Name the framework with the same identifier, or none."),
    ),
    FaultCode.SCALE_UNKNOWN: (
        gettext_lazy("The item names the proficiency scale %(scale)s, which the package does not hold."),
        gettext_lazy("Add the scale to the package's extensions, or remove the reference."),
    ),
    FaultCode.SCALE_IN_USE: (
        gettext_lazy(
            "The proficiency scale “%(title)s” is in use and cannot change; the file holds another form of it."
        ),
        gettext_lazy("Give the changed scale a new identifier."),
    ),
    FaultCode.EQUIVALENCE_UNKNOWN: (
        gettext_lazy("Only a replacedBy association is equivalent, partly or not equivalent."),
        gettext_lazy("Write “equivalent”, “partly” or “not”, or leave it out."),
    ),
}


def as_json(faults: tuple[PackageFault, ...], unlisted: int) -> dict[str, Any]:
    """The faults as stored with an import: codes and details. The messages are made when a page shows them."""
    return {"faults": [asdict(fault) for fault in faults], "unlisted": unlisted}


def from_json(report: Mapping[str, Any]) -> tuple[PackageFault, ...]:
    """The faults in a stored report."""
    return tuple(PackageFault(**{**fault, "code": FaultCode(fault["code"])}) for fault in report.get("faults", ()))


def message_of(fault: PackageFault) -> str:
    """The message: what is wrong."""
    return str(WORDS[fault.code][0]) % {name: value[:300] for name, value in fault.details.items()}


def remedy_of(fault: PackageFault) -> str:
    """The remedy: how to correct it."""
    return str(WORDS[fault.code][1])


def location_of(fault: PackageFault) -> str:
    """The location: JSON Pointer, line and column, as far as they are known."""
    where = [fault.where] if fault.where else []
    if fault.line is not None:
        where.append(_("line %(line)s, column %(column)s") % {"line": fault.line, "column": fault.column})
    return ", ".join(where)


def line_of_fault(fault: PackageFault) -> str:
    """Location, message, remedy and code in one line, for a terminal."""
    text = f"{message_of(fault)} {remedy_of(fault)}"
    return f"{location_of(fault)}: {text} [{fault.code}]" if location_of(fault) else f"{text} [{fault.code}]"


def unlisted_note(unlisted: int) -> str:
    """The line about faults that are not listed; empty if all are listed."""
    return _("and %(count)s more of the kind") % {"count": unlisted} if unlisted else ""
