"""The report of an import, with counts per type. Imported and skipped rows always add up to the rows of the source."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Tally:
    """The counts of one type. `retired` rows are no longer in the source; `revised` is a part of `updated`."""

    source: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    retired: int = 0
    revised: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def imported(self) -> int:
        """How many rows of the source are in the database now."""
        return self.created + self.updated + self.unchanged

    @property
    def complete(self) -> bool:
        """Whether every row of the source was imported or skipped."""
        return self.imported + sum(self.skipped.values()) == self.source


@dataclass(frozen=True)
class LeftOut:
    """An object that was not imported, because its identifier stands at `first` already: both places in the file."""

    kind: str
    where: str
    first: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """The whole result. `retired_in_use` names the retired competencies to which programs or evidence refer.

    `older_than` is the date of change of the framework here, if the file was changed before it. `left_out` are the
    objects whose identifier another object of the file has.
    """

    framework_id: str
    title: str
    source_identifier: str
    version: str
    dry_run: bool
    tallies: Mapping[str, Tally]
    namesake_of: str = ""
    kept_statements: int = 0
    retired_in_use: tuple[str, ...] = ()
    changed_at: str = ""
    older_than: str = ""
    left_out: tuple[LeftOut, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the import changed any row."""
        return any(tally.created or tally.updated or tally.retired for tally in self.tallies.values())

    def as_json(self) -> dict[str, Any]:
        """The report as it is stored and printed."""
        return {
            "framework": self.framework_id,
            "title": self.title,
            "source_identifier": self.source_identifier,
            "case_version": self.version,
            "dry_run": self.dry_run,
            "changed": self.changed,
            "namesake_of": self.namesake_of,
            "kept_statements": self.kept_statements,
            "retired_in_use": list(self.retired_in_use),
            "changed_at": self.changed_at,
            "older_than": self.older_than,
            "left_out": [asdict(each) for each in self.left_out],
            "types": {
                kind: {
                    "source": tally.source,
                    "created": tally.created,
                    "updated": tally.updated,
                    "unchanged": tally.unchanged,
                    "retired": tally.retired,
                    "revised": tally.revised,
                    "skipped": dict(tally.skipped),
                }
                for kind, tally in self.tallies.items()
            },
        }
