"""The shape of the register of learner tables (invariant 20): what is kept of a person, why, how long, and how it ends.

Every app that has such tables lists them as `LEARNER_TABLES` in its `privacy.py`; tests/contracts/test_register.py
walks the foreign keys and asks for a row for each. Export and erasure read the same rows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import reduce
from importlib import import_module
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils.module_loading import module_has_submodule


class Retention(Enum):
    """How long a row stays."""

    RECORD = "as long as the learner's record"
    LEGAL_DUTY = "as long as the law asks for proof of study"
    ACCOUNT = "as long as the account"
    SHORT = "until it has served, days at most"


class Erasure(Enum):
    """What erasing a person's content does to a row."""

    KEPT = "kept: it holds no personal text, or the law asks for it"
    BLANKED = "the named columns are overwritten"
    DELETED = "the row is deleted"


@dataclass(frozen=True)
class LearnerTable:
    """One table with rows about learners.

    `path` leads from the table to Learner as the ORM says it ("learner", "grant__learner"), empty for Learner itself;
    where no foreign key leads there (rows of an account, say) it runs backwards: "user__learner". A table that other
    tables of the register point at, with no way back, has `named_by` instead: those models, each with its column.

    `blanks` maps columns to what they are overwritten with: in a text `{pk}` stands for the row's key, and a dot in a
    column's name leads into JSON.
    """

    model: str
    purpose: str
    retention: Retention
    erasure: Erasure
    path: str = "learner"
    exported: tuple[str, ...] = ()
    withheld: str = ""
    blanks: Mapping[str, object] = field(default_factory=dict)
    kept_because: str = ""
    append_only: bool = False
    named_by: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """A row of the register that leaves a question open is a mistake."""
        answers = {
            "says what is exported, or why nothing is": bool(self.exported) != bool(self.withheld),
            "names columns to blank exactly when it blanks": bool(self.blanks) == (self.erasure is Erasure.BLANKED),
            "says why it is kept exactly when it is": bool(self.kept_because) == (self.erasure is Erasure.KEPT),
            "keeps what may never change": not self.append_only or self.erasure is Erasure.KEPT,
        }
        for sentence, holds in answers.items():
            if not holds:
                raise ValueError(f"The register's row for {self.model}: it {sentence}.")

    @property
    def table(self) -> type[Model]:
        """The model; raises LookupError when there is none of that name."""
        return apps.get_model(self.model)

    def rows_of(self, learner_ids: Collection[int]) -> QuerySet[Any]:
        """The rows about these learners."""
        rows = self.table._base_manager.all()
        if not self.named_by:
            return rows.filter(**{f"{self.path or 'pk'}__in": learner_ids})
        naming = [(row_of(model).rows_of(learner_ids), column) for model, column in self.named_by.items()]
        named = [Q(pk__in=namers.values(column)) for namers, column in naming]
        return rows.filter(reduce(or_, named))


def learner_tables() -> list[LearnerTable]:
    """The register: the rows of every installed app, in the order of apps."""
    found: list[LearnerTable] = []
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "privacy"):
            found += getattr(import_module(f"{config.name}.privacy"), "LEARNER_TABLES", ())
    return found


def row_of(model: str) -> LearnerTable:
    """The register's row for a model, by its label; raises LookupError when there is none."""
    for row in learner_tables():
        if row.model == model:
            return row
    raise LookupError(model)
