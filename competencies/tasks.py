"""The jobs of CASE imports.

They are leased, and do not run in the transaction of the queue: a check may take long and shows its progress.
"""

from competencies import actions
from config.base import clock
from config.base.jobs import Lane, Mode, job


@job(name="competencies.check_case_file", lane=Lane.NOW, mode=Mode.LEASED, max_attempts=3)
def check_case_file(import_id: int) -> None:
    """Check an uploaded file with a dry run."""
    actions.check_upload(import_id, at=clock.now())


@job(name="competencies.import_case_file", lane=Lane.BULK, mode=Mode.LEASED, max_attempts=3)
def import_case_file(import_id: int) -> None:
    """Import a confirmed file."""
    actions.run_import(import_id, at=clock.now())
