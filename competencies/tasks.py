"""The jobs of imports: ids in, one call each. Leased: a check may take long, and shows how far it is meanwhile."""

from competencies import actions, jobs
from config.base import clock
from config.base.jobs import Mode, job


@job(jobs.CHECK_CASE_FILE, mode=Mode.LEASED, max_attempts=3)
def check_case_file(import_id: int) -> None:
    """Try an uploaded file out."""
    actions.check_upload(import_id, at=clock.now())


@job(jobs.IMPORT_CASE_FILE, mode=Mode.LEASED, max_attempts=3)
def import_case_file(import_id: int) -> None:
    """Take a confirmed file in."""
    actions.run_import(import_id, at=clock.now())
