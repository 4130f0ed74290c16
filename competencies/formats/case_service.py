"""How the CASE service writes each version: strictly, so that every answer is valid under the published schemas.

A file of CASE 1.0 (`case_v1p0`) is written more freely: it keeps what 1.0 has no member for.
"""

from collections.abc import Mapping
from dataclasses import replace

from competencies.formats import case_v1p0, case_v1p1
from competencies.formats.dialect import Dialect

_V1P0 = replace(
    case_v1p0.DIALECT,
    # As in 1.1, the links to package and document are members of single objects only.
    document={**case_v1p0.DOCUMENT, "CFPackageURI": case_v1p1.DOCUMENT["CFPackageURI"]},
    item={**case_v1p0.ITEM, "CFDocumentURI": case_v1p1.ITEM["CFDocumentURI"]},
    edge={**case_v1p0.EDGE, "CFDocumentURI": case_v1p1.EDGE["CFDocumentURI"]},
    definitions=case_v1p1.DIALECT.definitions,
    # The same in both versions, so that an object has one identifier, whichever version is asked.
    guid=case_v1p1.DIALECT.guid,
    annotated=False,
)

# By the version in the path of the service.
SERVED: Mapping[str, Dialect] = {"v1p0": _V1P0, "v1p1": case_v1p1.DIALECT}
