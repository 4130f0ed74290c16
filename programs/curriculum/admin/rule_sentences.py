"""The rules of a requirement in sentences: sharing, lists, counts, exclusions, conditions, and what meets a program."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.audit.labels import condition_in_words
from programs.audit.rules.qualifiers import Qualifiers
from programs.audit.rules.requirements import ANYTHING, ListCap, ShareCap, Unit
from programs.curriculum.queries.outlines import OutlineNode
from programs.models import MetBy, Sharing

BOTH = 2


def rule_facts(node: OutlineNode, unit: str, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield the rules of a node as sentences; `titles` are of all nodes, by key."""
    row, rules = node.row, Qualifiers.read(node.row.qualifiers)
    if len(node.children) > 1 and row.sharing == Sharing.EXCLUSIVE:
        yield _("Each piece of study counts for one of these only")
    if len(node.children) > 1 and row.sharing == Sharing.SHARED:
        yield _("A piece of study may count for several of these")
    for cap in rules.share_caps:
        yield share_cap_in_words(cap, unit, titles)
    if rules.min_pieces:
        yield ngettext(
            "At least %(count)d competency", "At least %(count)d different competencies", rules.min_pieces
        ) % {"count": rules.min_pieces}
    for listed in rules.max_listed:
        yield list_cap_in_words(listed, unit, node.names)
    if rules.excludes:
        yield _("None of these: %(what)s") % {"what": _named(rules.excludes, node.names)}
    if row.met_by == MetBy.TREE:
        yield _("Met by its requirements, whether it was awarded or not")
    if row.met_by == MetBy.EITHER:
        yield _("Met by its award or by its requirements")
    if node.unfilled:
        yield _("No competency brings credit here: only recognized study fills it")


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
    """Return the maximum of a list as a sentence; `names` are the codes of competencies."""
    what = _named(cap.accepts, names)
    if cap.unit is Unit.CREDITS:
        return _("At most %(amount)s from these: %(what)s") % {
            "amount": amount_in_words(credit(cap.most), unit),
            "what": what,
        }
    return _("At most %(count)d of these: %(what)s") % {"count": cap.most, "what": what}


def condition_asked(node: OutlineNode, parts: Sequence[str]) -> str:
    """Return what a condition asks for: one part, else the other. `parts` are their titles."""
    condition = Qualifiers.read(node.row.qualifiers).condition
    if condition is None or not parts:
        return _("Nothing is asked for here yet")
    arguments = {"condition": condition_in_words(condition, node.names), "then": parts[0]}
    if len(parts) < BOTH:
        return _("If the %(condition)s: “%(then)s”; otherwise nothing") % arguments
    return _("If the %(condition)s: “%(then)s”; otherwise “%(else)s”") % {**arguments, "else": parts[1]}


def credit(hundredths: int) -> Decimal:
    """Return hundredths as a number of credits."""
    return Decimal(hundredths).scaleb(-2)


def amount_in_words(value: Decimal | None, unit: str) -> str:
    """Return a number without trailing zeros, and its unit."""
    plain = (value or Decimal(0)).normalize()
    return f"{number_format(plain if plain % 1 else int(plain), use_l10n=True)} {unit}".strip()


def _named(ids: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(_("anything") if name == ANYTHING else names.get(name, name) for name in ids)
