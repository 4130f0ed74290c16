"""Rules of a requirement as sentences, for the pages of authors and for the criteria of an award."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.audit.rules.requirements import ANYTHING, ListCap, ShareCap, Unit


def share_cap_in_words(cap: ShareCap, unit: str, titles: Mapping[str, str]) -> str:
    """Return a limit on sharing as a sentence."""
    names = {"first": titles.get(cap.first, cap.first), "second": titles.get(cap.second, cap.second)}
    if cap.unit is Unit.CREDITS:
        amount = amount_in_words(credit(cap.most), unit)
        return _("“%(first)s” and “%(second)s” share at most %(amount)s") % {**names, "amount": amount}
    return ngettext(
        "“%(first)s” and “%(second)s” share at most %(count)d piece of study",
        "“%(first)s” and “%(second)s” share at most %(count)d pieces of study",
        cap.most,
    ) % {**names, "count": cap.most}


def list_cap_in_words(cap: ListCap, unit: str, names: Mapping[str, str]) -> str:
    """Return the maximum of a list as a sentence; `names` are the words for competencies."""
    what = named(cap.accepts, names)
    if cap.unit is Unit.CREDITS:
        return _("At most %(amount)s from these: %(what)s") % {
            "amount": amount_in_words(credit(cap.most), unit),
            "what": what,
        }
    return _("At most %(count)d of these: %(what)s") % {"count": cap.most, "what": what}


def pieces_in_words(least: int) -> str:
    """Return a minimum of different competencies as a sentence."""
    return ngettext("At least %(count)d competency", "At least %(count)d different competencies", least) % {
        "count": least
    }


def excludes_in_words(excludes: Iterable[str], names: Mapping[str, str]) -> str:
    """Return which competencies do not count as a sentence; `names` are the words for competencies."""
    return _("None of these: %(what)s") % {"what": named(excludes, names)}


def credit(hundredths: int) -> Decimal:
    """Return hundredths as a number of credits."""
    return Decimal(hundredths).scaleb(-2)


def amount_in_words(value: Decimal | None, unit: str) -> str:
    """Return a number without trailing zeros, and its unit."""
    plain = (value or Decimal(0)).normalize()
    # A unit is a word of the author; only the usual one has a singular that is known.
    if plain == 1 and unit == "credits":
        unit = "credit"
    return f"{number_format(plain if plain % 1 else int(plain), use_l10n=True)} {unit}".strip()


def named(ids: Iterable[str], names: Mapping[str, str]) -> str:
    """Return the words for competencies (public ids, or `*`), joined."""
    return ", ".join(_("anything") if name == ANYTHING else names.get(name, name) for name in ids)
