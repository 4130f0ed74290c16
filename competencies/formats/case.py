"""Parses a CASE file of either version: finds the package, detects its version, and calls the right parser."""

from collections.abc import Iterator, Mapping

from competencies.errors import FaultCode, PackageFault, PackageRefusedError
from competencies.formats import case_v1p0, case_v1p1
from competencies.formats.json_source import located, tree_of
from competencies.formats.members import is_empty, pointer_step
from competencies.formats.package import Json, Package

VERSIONS = ("1.0", "1.1")
# Some servers wrap the package: {"data": [{"CFPackage": {...}}]}. This is the greatest depth to search.
_MAX_WRAPPINGS = 4
_ONLY_IN_1P1 = ("frameworkType", "extensions")


def package_in(content: bytes, *, keep_first: bool = False) -> Package:
    """The package in the bytes of a file. Raises PackageRefusedError with all faults, with lines and columns.

    With `keep_first`, an object whose identifier another object has before it is left out and no fault.
    """
    tree, text = tree_of(content)
    try:
        package, at = _single_package(tree)
        dialect = _version_of(package)
        parsed = case_v1p1.parsed if dialect == "1.1" else case_v1p0.parsed
        return parsed(package, at=at, keep_first=keep_first)
    except PackageRefusedError as refusal:
        faults = [located(fault, text) for fault in refusal.faults]
        raise PackageRefusedError(faults, unlisted=refusal.unlisted) from None


def written(package: Package, *, version: str) -> Json:
    """The package as a JSON tree in CASE `version` (1.0 or 1.1)."""
    # The callers allow only VERSIONS.
    return case_v1p1.written(package) if version == "1.1" else case_v1p0.written(package)


def _single_package(tree: Json) -> tuple[Mapping[str, Json], str]:
    found = list(_packages(tree, "", _MAX_WRAPPINGS))
    if not found:
        raise PackageRefusedError([PackageFault(FaultCode.NOT_A_PACKAGE, "", {"found": _summary(tree)})])
    # Importing the first one silently would lose the others.
    if len(found) > 1:
        places = ", ".join(where for _package, where in found[:5])
        raise PackageRefusedError([PackageFault(FaultCode.SEVERAL_PACKAGES, found[1][1], {"places": places})])
    return found[0]


def _packages(tree: Json, where: str, depth: int) -> Iterator[tuple[Mapping[str, Json], str]]:
    if isinstance(tree, Mapping) and isinstance(tree.get("CFDocument"), Mapping):
        yield tree, where
    elif depth and isinstance(tree, Mapping):
        for name, value in tree.items():
            yield from _packages(value, where + pointer_step(name), depth - 1)
    elif depth and isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _packages(value, where + pointer_step(index), depth - 1)


def _version_of(package: Mapping[str, Json]) -> str:
    """The version that the document states, otherwise the one that its URI and members suggest; 1.0 by default."""
    document = package["CFDocument"]
    stated_version = document.get("caseVersion")
    if not is_empty(stated_version):
        if str(stated_version) not in VERSIONS:
            where = "/CFDocument/caseVersion"
            raise PackageRefusedError(
                [PackageFault(FaultCode.UNKNOWN_VERSION, where, {"version": str(stated_version)[:40]})]
            )
        return str(stated_version)
    # 1.0 has no member for the version, and many 1.1 packages leave it out.
    looks_like_1p1 = "/v1p1/" in str(document.get("uri")) or any(
        not is_empty(document.get(name)) for name in _ONLY_IN_1P1
    )
    return "1.1" if looks_like_1p1 or "extensions" in package else "1.0"


def _summary(tree: Json) -> str:
    if isinstance(tree, Mapping):
        return ", ".join(str(name)[:40] for name in list(tree)[:8])
    return "[…]" if isinstance(tree, list) else str(tree)[:40]
