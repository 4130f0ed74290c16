"""The jobs of CASE imports.

They are leased, and do not run in the transaction of the queue: a check may take long and shows its progress.
"""

from competencies import actions, jobs
from core import clock
from core.jobs import Mode, job


@job(jobs.CHECK_CASE_FILE, mode=Mode.LEASED, max_attempts=3)
def check_case_file(import_id: int) -> None:
    """Check an uploaded file with a dry run."""
    actions.check_upload(import_id, at=clock.now())


@job(jobs.IMPORT_CASE_FILE, mode=Mode.LEASED, max_attempts=3)
def import_case_file(import_id: int) -> None:
    """Import a confirmed file."""
    actions.run_import(import_id, at=clock.now())
