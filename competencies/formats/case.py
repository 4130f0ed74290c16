"""Opens a CASE file of either version: finds the package, decides which version it speaks, hands it to that parser."""

from collections.abc import Iterator, Mapping

from competencies.errors import Fault, FaultCode, PackageRefusedError
from competencies.formats import case_v1p0, case_v1p1
from competencies.formats.json_source import located, tree_of
from competencies.formats.members import empty, step
from competencies.formats.package import Json, Package

VERSIONS = ("1.0", "1.1")
# How deep a package may be wrapped: {"data": [{"CFPackage": {...}}]}.
_WRAPPINGS = 4
_ONLY_IN_1P1 = ("frameworkType", "extensions")


def package_in(content: bytes) -> Package:
    """The package in the file's bytes. Raises PackageRefusedError with every fault, each with line and column."""
    tree, text = tree_of(content)
    try:
        package, at = _the_package(tree)
        dialect = _version_of(package)
        return case_v1p1.parsed(package, at=at) if dialect == "1.1" else case_v1p0.parsed(package, at=at)
    except PackageRefusedError as refusal:
        faults = [located(fault, text) for fault in refusal.faults]
        raise PackageRefusedError(faults, unlisted=refusal.unlisted) from None


def written(package: Package, *, version: str) -> Json:
    """The package as a JSON tree of CASE `version` (1.0 or 1.1)."""
    return case_v1p1.written(package) if version == "1.1" else case_v1p0.written(package)


def _the_package(tree: Json) -> tuple[Mapping[str, Json], str]:
    found = list(_packages(tree, "", _WRAPPINGS))
    if not found:
        raise PackageRefusedError([Fault(FaultCode.NOT_A_PACKAGE, "", {"found": _summary(tree)})])
    if len(found) > 1:
        places = ", ".join(where for _package, where in found[:5])
        raise PackageRefusedError([Fault(FaultCode.SEVERAL_PACKAGES, found[1][1], {"places": places})])
    return found[0]


def _packages(tree: Json, where: str, deep: int) -> Iterator[tuple[Mapping[str, Json], str]]:
    if isinstance(tree, Mapping) and isinstance(tree.get("CFDocument"), Mapping):
        yield tree, where
    elif deep and isinstance(tree, Mapping):
        for name, value in tree.items():
            yield from _packages(value, where + step(name), deep - 1)
    elif deep and isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _packages(value, where + step(index), deep - 1)


def _version_of(package: Mapping[str, Json]) -> str:
    """What the document says, else what its URI and members show; 1.0 when nothing tells."""
    document = package["CFDocument"]
    said = document.get("caseVersion")
    if not empty(said):
        if str(said) not in VERSIONS:
            where = "/CFDocument/caseVersion"
            raise PackageRefusedError([Fault(FaultCode.UNKNOWN_VERSION, where, {"version": str(said)[:40]})])
        return str(said)
    shows = "/v1p1/" in str(document.get("uri")) or any(not empty(document.get(name)) for name in _ONLY_IN_1P1)
    return "1.1" if shows or "extensions" in package else "1.0"


def _summary(tree: Json) -> str:
    if isinstance(tree, Mapping):
        return ", ".join(str(name)[:40] for name in list(tree)[:8])
    return "[…]" if isinstance(tree, list) else str(tree)[:40]
