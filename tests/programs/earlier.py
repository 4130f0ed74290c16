"""Program versions as they were published before authors were asked about sharing: content `cairn-program@1`."""

from typing import Any

from django.db import connection, transaction

from core.text.canonical import digest
from programs.models import ProgramVersion
from tests.guards import guards_asleep

SILENT = ("exclusive", "credit_table", "share_caps", "min_pieces", "max_listed", "excludes", "met_by", "scale")


def as_published_before(version: ProgramVersion) -> ProgramVersion:
    """Write the content of a published version as `cairn-program@1` had it, and its rows without what came later."""
    content = {**(version.content or {}), "format": "cairn-program@1"}
    del content["programs_met_by"]
    content["tree"] = _silent(content["tree"])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table that waits for a check cannot be altered
    with transaction.atomic(), guards_asleep(["programs_programversion", "programs_requirement"]):
        ProgramVersion.objects.filter(pk=version.pk).update(content=content, digest=digest(content))
        version.requirements.update(sharing="", met_by="")
    version.refresh_from_db()
    return version


def _silent(node: dict[str, Any]) -> dict[str, Any]:
    members = {name: value for name, value in node.items() if name not in SILENT}
    if "children" in node:
        members["children"] = [_silent(child) for child in node["children"]]
    return members
