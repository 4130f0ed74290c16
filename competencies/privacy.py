"""The part of competencies in the register of learner tables: empty, because frameworks hold no data of learners."""

from core.privacy import LearnerTable

LEARNER_TABLES: tuple[LearnerTable, ...] = ()
