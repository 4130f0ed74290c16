"""Canonical RDF of documents that nobody has vouched for: contexts that are held only, and bounded work.

RDFC-1.0 takes factorial time for some documents of a few kilobytes. The library's own guards bound it: a screen of the
structure before any processing, and a budget of work and CPU time for both canonical forms of a signature together.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from credentials.badges.formats.contexts import loader, readable_contexts
from credentials.badges.formats.errors import (
    NotCanonicalizableError,
    NotVerifiedError,
    SigningUnavailableError,
    UnknownContextError,
)

MAX_CONTEXTS = 8
# Members that hold whole credentials, each with contexts and a proof of its own.
EMBEDDING = frozenset({"verifiableCredential", "endorsement"})
# A member's name in RDF is an IRI; a thing may be nameless too. Everything else is dropped on the way to RDF.
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S*")
NODE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*|_):\S*")
DETACHING = frozenset({"@included", "@reverse", "@nest", "@index", "@direction"})
# What PyLD raises for input that it does not expect; it names no common class.
FAILURES = (ValueError, TypeError, LookupError, AttributeError, RecursionError, ArithmeticError)


def canonical_pair(options: Mapping[str, Any], document: Mapping[str, Any]) -> tuple[str, str]:
    """The RDFC-1.0 N-Quads of a proof's options and of its document.

    Raises UnknownContextError, and NotCanonicalizableError where there is none or the work is too much.
    """
    from openbadgeslib.ob3._canon_guard import WorkBudget, canonize
    from pyld import jsonld

    _refuse_too_large_a_structure(document)
    refuse_unknown_contexts(document)
    budget = WorkBudget()
    first, second = (
        _guarded(lambda each=each: canonize(jsonld, dict(each), _loader(), budget))  # type: ignore[misc]
        for each in (options, document)
    )
    return first, second


def refuse_unless_covered(document: Mapping[str, Any]) -> None:
    """Raise NotVerifiedError for a member that the RDF of the document leaves out, or that says something else there.

    A signature over RDF covers what the contexts define. Whoever adds a member that they do not define leaves the
    signature whole. So the document must be what its own RDF compacts to (VC Data Integrity 1.0, section 2.4.1).
    Embedded credentials are compared under their own contexts. Raises as `canonical_pair`.
    """
    from openbadgeslib.ob3._canon_guard import isolate
    from pyld import jsonld

    _refuse_too_large_a_structure(document)
    refuse_unknown_contexts(document)
    processor = isolate(jsonld)
    for each in _credentials_in(document):
        _refuse_unless_compacted(each, processor)


def refuse_unknown_contexts(document: Mapping[str, Any]) -> None:
    """Raise UnknownContextError unless all contexts are held here, by address, few, and only where credentials begin.

    A context inside a member could give that member's terms other meanings than a reader expects.
    """
    for each in _credentials_in(document):
        named = each.get("@context")
        listed = named if isinstance(named, list) else [named]
        if not listed or len(listed) > MAX_CONTEXTS:
            raise UnknownContextError("no context, or too many")
        for context in listed:
            if not isinstance(context, str) or context not in readable_contexts():
                raise UnknownContextError(str(context)[:300])
        _refuse_inner_contexts({name: value for name, value in each.items() if name != "@context"})


def _refuse_inner_contexts(members: Any) -> None:  # noqa: ANN401 - a JSON tree
    if isinstance(members, list):
        for member in members:
            _refuse_inner_contexts(member)
    elif isinstance(members, dict):
        if "@context" in members:
            raise UnknownContextError("a context inside a member")
        for value in members.values():
            _refuse_inner_contexts(value)


def _credentials_in(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The document without embedded credentials, then each of those in the same way."""
    found: list[dict[str, Any]] = []
    bare = _detached(dict(document), found)
    return [bare, *(inner for each in found for inner in _credentials_in(each))]


def _detached(value: Any, found: list[dict[str, Any]] | None) -> Any:  # noqa: ANN401 - a JSON tree
    """`value` with a mark in the place of each embedded credential; `found` collects those with their own contexts.

    With `found` None every entry is marked: compaction never writes an inner context again.
    """
    if isinstance(value, list):
        return [_detached(each, found) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _marked(member, found) if name in EMBEDDING else _detached(member, found)
        for name, member in value.items()
    }


def _marked(member: Any, found: list[dict[str, Any]] | None) -> Any:  # noqa: ANN401 - a JSON tree
    marks = []
    for entry in member if isinstance(member, list) else [member]:
        if found is None:
            marks.append("urn:embedded")
        elif isinstance(entry, dict) and "@context" in entry:
            found.append(entry)
            marks.append("urn:embedded")
        else:
            marks.append(_detached(entry, found))
    return marks


def _refuse_unless_compacted(document: dict[str, Any], processor: Any) -> None:  # noqa: ANN401 - the library's
    options = {"documentLoader": _loader()}
    expanded = _guarded(lambda: processor.expand(document, options))
    if not isinstance(expanded, list) or len(expanded) != 1:
        raise NotVerifiedError("not one thing that is described")
    _refuse_what_rdf_drops(expanded[0], own=expanded[0].get("@id"), top=True)
    compacted = _guarded(lambda: processor.compact(expanded, document["@context"], options))
    if not _same(_detached(document, None), _detached(compacted, None)):
        raise NotVerifiedError("the signature does not cover each member")


def _refuse_what_rdf_drops(node: Any, *, own: str | None, top: bool = False) -> None:  # noqa: ANN401 - expanded JSON-LD
    """Raise for names that are no IRIs, and for statements about the credential `own` in another place than on top.

    RDF has no place for the first, so that their values would be unsigned. RDF does not know where a statement stood:
    whoever moves the end or the status of a credential into a member keeps the signature, and no reader finds it.
    """
    if isinstance(node, list):
        for each in node:
            _refuse_what_rdf_drops(each, own=own)
        return
    if not isinstance(node, dict):
        return
    _refuse_unless_kept(node)
    if "@value" in node:
        return
    if own is not None and node.get("@id") == own and len(node) > 1 and not top:
        raise NotVerifiedError("the credential is described twice")
    for name, value in node.items():
        if name not in {"@id", "@type"}:
            _refuse_what_rdf_drops(value, own=own)


def _refuse_unless_kept(node: dict[str, Any]) -> None:
    if DETACHING.intersection(node):
        raise NotVerifiedError("a member is said of something else, or in a way that RDF does not keep")
    if "@value" in node:
        return
    things = [*node.get("@type", []), *([node["@id"]] if "@id" in node else [])]
    members = [name for name in node if not name.startswith("@")]
    named = all(isinstance(name, str) and NODE.fullmatch(name) for name in things)
    if not named or not all(IRI.fullmatch(name) for name in members):
        raise NotVerifiedError("a name is no IRI")


def _same(ours: Any, theirs: Any) -> bool:  # noqa: ANN401 - JSON trees
    """Whether a document and its compacted form say the same; one value may stand alone or in a list."""
    ours, theirs = _alone(ours), _alone(theirs)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        theirs = {_local(name, ours, theirs): value for name, value in theirs.items() if name != "@context"}
        names = {name for name in (*ours, *theirs) if name != "@context"}
        return all(
            name in ours and name in theirs and _plain(name) and _same_member(name, ours[name], theirs[name])
            for name in names
        )
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_same, ours, theirs))
    return type(ours) is type(theirs) and bool(ours == theirs)


def _same_member(name: str, ours: Any, theirs: Any) -> bool:  # noqa: ANN401 - JSON trees
    # Two terms may name one type, and compaction writes the first of them.
    if name in {"type", "@type"}:
        return len(_listed(ours)) == len(_listed(theirs))
    return _same(ours, theirs)


def _local(name: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    """The name of a member in its compacted form, which the document may spell by its short name.

    Compaction writes the whole IRI where no term may be used, as for `achievement` in a CLR: the value is signed.
    """
    short = name.rpartition("#")[2].rpartition("/")[2]
    return short if ":" in name and short in ours and short not in theirs else name


def _plain(name: str) -> bool:
    """A member written as its IRI could hold a value that its term cannot, such as a date that is only text."""
    return ":" not in name


def _alone(value: Any) -> Any:  # noqa: ANN401 - a JSON tree
    if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], list):
        return _alone(value[0])
    if isinstance(value, dict) and set(value) == {"id"}:
        return value["id"]
    return value


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - a JSON tree
    return value if isinstance(value, list) else [value]


@cache
def _loader() -> Callable[..., dict[str, Any]]:
    return loader(readable_contexts)


def _refuse_too_large_a_structure(document: Mapping[str, Any]) -> None:
    from openbadgeslib.ob3._structure_screen import StructureLimitExceeded, screen

    try:
        screen(dict(document), scale=2)
    except StructureLimitExceeded as error:
        raise NotCanonicalizableError("too large a structure") from error


def _guarded(work: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the library returns
    """What `work` returns; its failures by our names."""
    from openbadgeslib.ob3._canon_guard import CanonicalizationGuardUnavailable, CanonicalizationWorkExceeded
    from pyld import jsonld

    try:
        return work()
    except CanonicalizationGuardUnavailable as error:
        raise SigningUnavailableError("the library's guard is not available") from error
    except CanonicalizationWorkExceeded as error:
        raise NotCanonicalizableError("too much work") from error
    except (jsonld.JsonLdError, *FAILURES) as error:
        raise NotCanonicalizableError(type(error).__name__) from error
