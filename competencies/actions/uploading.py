"""Import of an uploaded CASE file: received, checked with a dry run, confirmed by a person, imported."""

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.db import transaction

from accounts.models import User
from competencies import jobs
from competencies.actions.import_package import import_parsed_package
from competencies.errors import ImportStateError, PackageRefusedError
from competencies.formats import fault_messages as fault_words
from competencies.formats.case import package_in
from competencies.models import CaseImport, Framework, ImportState
from competencies.rules.report import ImportReport
from core import clock
from core.jobs import enqueue

MAX_NAME_LENGTH = 300


@transaction.atomic
def receive_upload(content: bytes, *, file_name: str, publish: bool, by: User, at: datetime) -> CaseImport:
    """Store the file and enqueue its check."""
    row = CaseImport.objects.create(
        # Browsers may send a path. Only its last part is kept.
        file_name=PurePath(file_name).name[:MAX_NAME_LENGTH] or "package.json",
        digest=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content,
        state=ImportState.RECEIVED,
        publish=publish,
        asked_by=by,
        asked_at=at,
    )
    enqueue(jobs.CHECK_CASE_FILE, row.pk)
    return row


def check_upload(import_id: int, *, at: datetime) -> CaseImport:
    """Check a received file with a dry run; afterwards it waits for a person, or is refused with all reasons.

    Repeating the call is harmless: an import in another state is left unchanged.
    """
    return _run_step(import_id, ImportState.RECEIVED, ImportState.CHECKING, at=at, dry_run=True)


@transaction.atomic
def confirm_import(row: CaseImport, *, at: datetime) -> CaseImport:
    """Enqueue the import after a person has seen the result of the check. Raises ImportStateError."""
    locked = _locked_in_state(row.pk, ImportState.CHECKED)
    locked.state = ImportState.CONFIRMED
    locked.asked_at = at
    locked.save(update_fields=["state", "asked_at"])
    enqueue(jobs.IMPORT_CASE_FILE, locked.pk)
    return locked


@transaction.atomic
def cancel_import(row: CaseImport, *, at: datetime) -> CaseImport:
    """Cancel the import after a person has seen the result of the check. Raises ImportStateError."""
    locked = _locked_in_state(row.pk, ImportState.CHECKED)
    return _finish(locked, ImportState.CANCELLED, at)


def run_import(import_id: int, *, at: datetime) -> CaseImport:
    """Import a confirmed file. Repeating the call is harmless."""
    return _run_step(import_id, ImportState.CONFIRMED, ImportState.IMPORTING, at=at, dry_run=False)


@transaction.atomic
def record_import(
    report: ImportReport, *, file_name: str, content: bytes, at: datetime, finished_at: datetime
) -> CaseImport:
    """Record an import that an operator ran from the command line."""
    return CaseImport.objects.create(
        file_name=PurePath(file_name).name[:MAX_NAME_LENGTH],
        digest=hashlib.sha256(content).hexdigest(),
        size=len(content),
        state=ImportState.IMPORTED,
        report=report.as_json(),
        framework=Framework.objects.get(public_id=report.framework_id),
        asked_at=at,
        finished_at=finished_at,
    )


def _run_step(
    import_id: int, start_state: ImportState, running_state: ImportState, *, at: datetime, dry_run: bool
) -> CaseImport:
    """Check or import one file.

    Each progress update is a transaction of its own, so that the page can show it. The import and its final state share
    one transaction: a worker that dies in between repeats both.
    """
    row = CaseImport.objects.get(pk=import_id)
    # The running state is allowed too: the worker of the first attempt may have died.
    if row.state not in {start_state, running_state} or row.content is None:
        return row
    _save_progress(row, running_state, "reading")
    try:
        # A person sees in the check what is left out, and decides.
        package = package_in(bytes(row.content), keep_first=True)
        _save_progress(row, running_state, f"{len(package.items)} CFItems, {len(package.edges)} CFAssociations")
        with transaction.atomic():
            report = import_parsed_package(package, at=at, dry_run=dry_run, publish=row.publish)
            if not dry_run:
                row.framework = Framework.objects.get(public_id=report.framework_id)
                row.report = report.as_json()
                return _finish(row, ImportState.IMPORTED, clock.now())
    except PackageRefusedError as refusal:
        row.report = fault_words.as_json(refusal.faults, refusal.unlisted)
        return _finish(row, ImportState.REFUSED, clock.now())
    row.report = report.as_json()
    row.state = ImportState.CHECKED
    row.phase = ""
    row.save(update_fields=["state", "phase", "report"])
    return row


def _save_progress(row: CaseImport, state: ImportState, phase: str) -> None:
    """Show how far the job is."""
    row.state = state
    row.phase = phase
    row.save(update_fields=["state", "phase"])


def _finish(row: CaseImport, state: ImportState, at: datetime) -> CaseImport:
    """Set a final state and delete the content; its digest stays."""
    row.state = state
    row.phase = ""
    row.finished_at = at
    row.content = None
    row.save(update_fields=["state", "phase", "finished_at", "content", "report", "framework"])
    return row


def _locked_in_state(import_id: int, state: ImportState) -> CaseImport:
    """The import, locked, so that only one of two clicks moves it on. Raises ImportStateError."""
    row = CaseImport.objects.select_for_update().get(pk=import_id)
    if row.state != state:
        raise ImportStateError(row.state)
    return row
