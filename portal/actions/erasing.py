"""Erases all words about a person that no law keeps, in every app, by the register of learner tables."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.actions.locked_learner import locked_learner
from accounts.models import Learner
from assessments.work.actions.erasing import erase_content
from core.files import storage
from core.privacy import Erasure, Retention, learner_tables

WORDS = {"content": None}
"""How the register blanks a side row of words: its table allows nothing else, and notes when."""


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """How many texts and files are gone; 0 and 0 when that was done before."""

    texts: int
    files: int


@transaction.atomic
def erase_words_about(learner: Learner, *, at: datetime | None = None) -> ErasedPerson:
    """Erase what a person wrote and what was said of them; ids, dates, levels and digests stay, so decisions too.

    Work under way is withdrawn. Files go once this is committed. Papers keep their names until their retention ends.
    """
    person = locked_learner(learner, at=at)
    erased = erase_content(learner, at=person.at)
    texts = erased.texts
    for table in learner_tables():
        if table.erasure is Erasure.BLANKED and table.retention is Retention.RECORD and table.blanks == WORDS:
            texts += table.rows_of(person.records).filter(erased_at=None).update(content=None, erased_at=person.at)
    for key in erased.files:
        transaction.on_commit(partial(storage.forget, key))
    return ErasedPerson(texts, len(erased.files))
