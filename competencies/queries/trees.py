"""The tree of a framework: its shape in narrow rows for all of it, and what it says for the items that are shown."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q

from competencies.models import Association, Competency, Framework, Kind
from competencies.rules.tree import Edge, TreeNode, forest_of

# What a tree shows of a competency; long notes and verbatim members stay in the database.
IN_A_TREE = (
    "public_id",
    "code",
    "short_statement",
    "label",
    "enumeration",
    "item_type",
    "language",
    "source_identifier",
    "framework_id",
    "position",
)


@dataclass(frozen=True)
class Statement:
    """A competency as one reader sees it: in their language where the framework has it."""

    row: Any  # a Competency with the columns of IN_A_TREE
    text: str
    short: str
    language: str


@dataclass(frozen=True)
class FrameworkTree:
    """The shape of a framework's tree. Keys are primary keys of competencies.

    `item_types` has every key in the tree; `translations` the keys of the translations of those that have some.
    """

    framework: Framework
    forest: tuple[TreeNode[int], ...]
    item_types: Mapping[int, str]
    translations: Mapping[int, tuple[int, ...]]

    @property
    def item_count(self) -> int:
        """How many competencies the tree shows; translations have no place of their own."""
        return len(self.item_types)

    @cached_property
    def nodes(self) -> Mapping[int, TreeNode[int]]:
        """The first place of each key: the one that has everything below it."""
        return {node.key: node for node in self.walk()}

    @cached_property
    def parents(self) -> Mapping[int, int]:
        """The key above each key, in its first place."""
        return {below.key: node.key for node in self.walk() for below in node.children if not below.repeated}

    def walk(self) -> Iterator[TreeNode[int]]:
        """The first places of all keys, from the top down, in the order of the page."""
        waiting = list(reversed(self.forest))
        while waiting:
            node = waiting.pop()
            if not node.repeated:
                yield node
                waiting.extend(reversed(node.children))

    def path_to(self, key: int) -> tuple[int, ...]:
        """The keys above `key`, from the top down; empty for a key at the top or outside the tree."""
        path = []
        while (above := self.parents.get(key)) is not None:
            path.append(above)
            key = above
        return tuple(reversed(path))


def tree_of(framework: Framework) -> FrameworkTree:
    """The shape of the whole tree in two queries, whatever its size; without statements, which are most of its weight.

    Translations stand in for what they translate (see `statements_of`) and have no place of their own.
    """
    columns = Competency.objects.listed().filter(framework=framework).order_by("position", "pk")
    rows = {key: (code, position, kind) for key, code, position, kind in columns.values_list(*_SORTED_BY)}
    edges: list[Edge[int]] = []
    translations: dict[int, list[int]] = {}
    found = (
        Association.objects.listed()
        .filter(framework=framework, kind__in=[Kind.CHILD_OF, Kind.TRANSLATION_OF], origin__isnull=False)
        # An end that is no competency here counts only where it is the framework itself: then the item is at the top.
        .filter(Q(destination__isnull=False) | Q(destination_link__identifier__iexact=framework.source_identifier))
        .order_by("position")
        .values_list("kind", "origin_id", "destination_id", "sequence")
    )
    for kind, origin, destination, sequence in found:
        if kind == Kind.CHILD_OF:
            edges.append(Edge(origin, destination, sequence))
        elif destination in rows and origin in rows:
            translations.setdefault(destination, []).append(origin)
    hidden = {key for several in translations.values() for key in several}
    sorting = {key: (code, position) for key, (code, position, _kind) in rows.items() if key not in hidden}
    return FrameworkTree(
        framework,
        forest_of(list(sorting), edges, sorting=sorting),
        {key: rows[key][2] for key in sorting},
        {key: tuple(several) for key, several in translations.items()},
    )


def key_in_tree(tree: FrameworkTree, public_id: UUID) -> int | None:
    """The key of the competency with this public id; None for retired competencies and for translations."""
    key = Competency.objects.filter(framework=tree.framework, public_id=public_id).values_list("pk", flat=True).first()
    return key if key in tree.item_types else None


_SORTED_BY = ("pk", "code", "position", "item_type")


def statements_of(tree: FrameworkTree, keys: Collection[int], *, language: str) -> dict[int, Statement]:
    """What these keys say to a reader of `language`; one query, whatever their number."""
    several = {key: tree.translations.get(key, ()) for key in keys}
    rows = rows_in(tree.framework, {*several, *(each for group in several.values() for each in group)})
    return {
        key: statement_of(rows[key], [rows[each] for each in group], language=language)
        for key, group in several.items()
    }


def rows_in(framework: Framework, keys: Iterable[int]) -> dict[int, Any]:
    """The listed competencies of `framework` among `keys`, with the columns that a tree shows; one query."""
    listed = Competency.objects.with_current_revision().listed().filter(framework=framework, pk__in=keys)
    rows = {row.pk: row for row in listed.only(*IN_A_TREE)}
    for row in rows.values():
        row.framework = framework  # known: no query per address
    return rows


def statement_of(row: Any, translations: Iterable[Any], *, language: str) -> Statement:  # noqa: ANN401 - annotated rows
    """The row itself, or the translation in the reader's language: the exact tag first, then the same base language."""
    spoken = row.language or row.framework.language
    wanted = [each for each in translations if each.language and _base(each.language) == _base(language)]
    if wanted and _base(spoken) != _base(language):
        best = max(wanted, key=lambda each: each.language.lower() == language.lower())
        return Statement(row, best.statement or best.short_statement, best.short_statement, best.language)
    return Statement(row, row.statement or row.short_statement or row.label or row.code, row.short_statement, spoken)


def _base(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].lower()


def competency_ids_matching(framework: Framework, words: str) -> frozenset[int]:
    """Keys of the framework's competencies that hold every one of `words`, in any of what they say.

    A plain search for the letters: frameworks come in languages that PostgreSQL cannot take apart into words, and one
    framework has few thousand rows.
    """
    rows = Competency.objects.with_current_revision().listed().filter(framework=framework)
    for word in words.split()[:10]:
        rows = rows.filter(
            Q(revisions__statement__icontains=word)
            | Q(short_statement__icontains=word)
            | Q(label__icontains=word)
            | Q(code__icontains=word)
            | Q(keywords__icontains=word)
            | Q(notes__icontains=word)
        )
    found = frozenset(rows.values_list("pk", flat=True))
    originals = Association.objects.listed().filter(kind=Kind.TRANSLATION_OF, origin__in=found)
    return found | frozenset(originals.exclude(destination=None).values_list("destination", flat=True))
