"""The criteria of an award as text: what the published program asks for, with the rules for free credits and parts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from accounts.models import Organization
from programs.audit.labels import condition_in_words
from programs.audit.rules import requirements as rules
from programs.audit.rules.known_facts import FactName
from programs.curriculum.queries.rule_labels import (
    amount_in_words,
    credit,
    excludes_in_words,
    list_cap_in_words,
    named,
    pieces_in_words,
    share_cap_in_words,
)

BOTH = 2


def criteria_of(tree: rules.Requirement, content: Mapping[str, Any], language: str) -> str:
    """Return the requirements of a published tree as a Markdown list in a language."""
    with translation.override(language):
        written = _Criteria(
            content.get("competencies", {}),
            {**_competency_names(content), **_place_names(tree)},
            {node.id: _one_line(node.title) for node in tree.walk()},
            str(content.get("version", {}).get("credit_unit", "")),
        )
        # The whole is what the award is called: where all of it is asked for, its parts say what that is.
        if tree.kind is not rules.Kind.ALL:
            return "\n".join(written.listed(tree, 0))
        parts = [line for part in tree.children for line in written.listed(part, 0)]
        return "\n".join([*parts, *(f"* {sentence}" for sentence in written.limits(tree))])


@dataclass(frozen=True)
class _Criteria:
    """What the lines are made from.

    `competencies` are those of the frozen content, `names` the words for competencies and places (by public id),
    `titles` those of requirements (by key), `unit` the unit of credit.
    """

    competencies: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, str]
    titles: Mapping[str, str]
    unit: str

    def listed(self, node: rules.Requirement, depth: int, lead: str = "") -> Iterator[str]:
        """Yield the lines of a requirement and of those below it; `lead` comes before its own words."""
        if node.kind is rules.Kind.IF and node.condition is not None and node.children:
            yield from self._conditional(node, node.condition, depth, lead)
            return
        yield _bullet(depth, lead, self._line(node))
        if node.kind is not rules.Kind.PROGRAM:  # a stacked program says itself what it asks for
            for child in node.children:
                yield from self.listed(child, depth + 1)

    def limits(self, node: rules.Requirement) -> Iterator[str]:
        """Yield the limits on what counts at a requirement, as sentences."""
        if node.exclusive and len(node.children) > 1:
            yield gettext("Each piece of study counts toward one of these parts only")
        for cap in node.share_caps:
            yield share_cap_in_words(cap, self.unit, self.titles)
        if node.min_pieces:
            yield pieces_in_words(node.min_pieces)
        for listed in node.max_listed:
            yield list_cap_in_words(listed, self.unit, self.names)
        if node.excludes:
            yield excludes_in_words(node.excludes, self.names)

    def _conditional(self, node: rules.Requirement, condition: rules.Condition, depth: int, lead: str) -> Iterator[str]:
        """Yield the lines of a condition, so that its parts never read as if both were asked for."""
        title, limits = _one_line(node.title), "; ".join(self.limits(node))
        when = gettext("If the %(condition)s:") % {"condition": condition_in_words(condition, self.names)}
        start = " ".join(part for part in (lead, f"{title}:" if title else "") if part)
        parts = [(child.kind is rules.Kind.IF, list(self.listed(child, depth))) for child in node.children]
        if len(parts) < BOTH and not limits:
            yield from self.listed(node.children[0], depth, f"{start} {when}".strip())
        elif len(parts) == BOTH and not limits and not any(nested or len(lines) > 1 for nested, lines in parts):
            then, otherwise = (lines[0].strip().removeprefix("* ").rstrip(".") for _nested, lines in parts)
            both = gettext("%(when)s %(then)s; otherwise: %(else)s") % {"when": when, "then": then, "else": otherwise}
            yield _bullet(depth, start, both)
        else:
            yield _bullet(depth, start, _with_limits(gettext("One of these, by the condition"), limits))
            for words, child in zip((when, gettext("Otherwise:")), node.children, strict=False):
                yield from self.listed(child, depth + 1, words)

    def _line(self, node: rules.Requirement) -> str:
        return _with_limits(self._asked(node), "; ".join(self.limits(node)))

    def _asked(self, node: rules.Requirement) -> str:
        title = _one_line(node.title)
        if node.kind is rules.Kind.COMPETENCY:
            return _one_line(str(self.competencies.get(node.names[0], {}).get("statement") or title))
        if node.kind is rules.Kind.CHOOSE:
            return gettext("%(title)s: %(n)d of these") % {"title": title, "n": node.n}
        if node.kind is rules.Kind.CREDITS:
            return self._credits_asked(node, title)
        if node.kind is rules.Kind.PROGRAM:
            return _program_asked(node, title)
        return title

    def _credits_asked(self, node: rules.Requirement, title: str) -> str:
        values = {
            "title": title,
            "amount": amount_in_words(credit(node.min_credits), self.unit),
            "what": named(node.accepts, self.names),
        }
        if node.children:
            return gettext("%(title)s: at least %(amount)s from these") % values
        if rules.ANYTHING in node.accepts:
            return gettext("%(title)s: at least %(amount)s from anything that is worth credit") % values
        return gettext("%(title)s: at least %(amount)s from: %(what)s") % values


def _program_asked(node: rules.Requirement, title: str) -> str:
    if node.met_by is rules.MetBy.TREE:
        return gettext("The requirements of %(title)s, whether it was awarded or not") % {"title": title}
    if node.met_by is rules.MetBy.EITHER:
        return gettext("The award of %(title)s, or its requirements") % {"title": title}
    return gettext("The award of %(title)s") % {"title": title}


def _competency_names(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the statement of each competency of the content, without its full stop, else its code."""
    found = content.get("competencies", {}).items()
    return {
        name: _one_line(str(entry.get("statement") or entry.get("code") or name)).rstrip(".") for name, entry in found
    }


def _place_names(tree: rules.Requirement) -> dict[str, str]:
    """Return the names of the places of study that conditions of the tree compare, by public id."""
    conditions = [node.condition for node in tree.walk() if node.condition is not None]
    ids = [str(it) for asked in conditions if asked.fact == FactName.PLACE_OF_STUDY for it in asked.values]
    if not ids:
        return {}
    rows = Organization.objects.filter(public_id__in=ids).values_list("public_id", "name")
    return {str(name): words for name, words in rows}


def _bullet(depth: int, lead: str, words: str) -> str:
    return f"{'  ' * depth}* {f'{lead} {words}'.strip()}"


def _with_limits(words: str, limits: str) -> str:
    return f"{words} ({limits})" if limits else words


def _one_line(words: str) -> str:
    return " ".join(words.split())
