"""This app's part of the register of learner tables: none. Frameworks say what can be shown, never who shows it."""

from config.base.privacy import LearnerTable

LEARNER_TABLES: tuple[LearnerTable, ...] = ()
