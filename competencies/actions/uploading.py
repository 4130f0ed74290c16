"""A file from the desk on its way in: received, checked by a dry run, confirmed by a person, taken in."""

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.db import transaction

from accounts.models import User
from competencies import jobs
from competencies.actions.import_package import take_in
from competencies.errors import ImportStateError, PackageRefusedError
from competencies.formats import fault_words
from competencies.formats.case import package_in
from competencies.models import CaseImport, Framework, ImportState
from competencies.rules.report import ImportReport
from config.base import clock
from config.base.jobs import enqueue

LONGEST_NAME = 300


@transaction.atomic
def receive_upload(content: bytes, *, file_name: str, publish: bool, by: User, at: datetime) -> CaseImport:
    """Keep the file and promise its check."""
    row = CaseImport.objects.create(
        file_name=PurePath(file_name).name[:LONGEST_NAME] or "package.json",
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
    """Read the file and try it out, rolled back: then it waits for a person, or is refused with every reason.

    Repeating it is harmless; what has moved on is left alone.
    """
    return _work_on(import_id, ImportState.RECEIVED, ImportState.CHECKING, at=at, dry_run=True)


@transaction.atomic
def confirm_import(row: CaseImport, *, at: datetime) -> CaseImport:
    """A person has seen the check: promise the import. Raises ImportStateError."""
    locked = _locked(row.pk, ImportState.CHECKED)
    locked.state = ImportState.CONFIRMED
    locked.asked_at = at
    locked.save(update_fields=["state", "asked_at"])
    enqueue(jobs.IMPORT_CASE_FILE, locked.pk)
    return locked


@transaction.atomic
def cancel_import(row: CaseImport, *, at: datetime) -> CaseImport:
    """A person has seen the check and wants none of it. Raises ImportStateError."""
    locked = _locked(row.pk, ImportState.CHECKED)
    return _finish(locked, ImportState.CANCELLED, at)


def run_import(import_id: int, *, at: datetime) -> CaseImport:
    """Take in a confirmed file. Repeating it is harmless."""
    return _work_on(import_id, ImportState.CONFIRMED, ImportState.IMPORTING, at=at, dry_run=False)


@transaction.atomic
def record_import(
    report: ImportReport, *, file_name: str, content: bytes, at: datetime, finished_at: datetime
) -> CaseImport:
    """Write down an import that an operator ran from the command line."""
    return CaseImport.objects.create(
        file_name=PurePath(file_name).name[:LONGEST_NAME],
        digest=hashlib.sha256(content).hexdigest(),
        size=len(content),
        state=ImportState.IMPORTED,
        report=report.as_json(),
        framework=Framework.objects.get(public_id=report.framework_id),
        asked_at=at,
        finished_at=finished_at,
    )


def _work_on(import_id: int, begins: ImportState, meanwhile: ImportState, *, at: datetime, dry_run: bool) -> CaseImport:
    """Each step is a transaction of its own, so that the page can show how far it is."""
    row = CaseImport.objects.get(pk=import_id)
    if row.state not in {begins, meanwhile} or row.content is None:
        return row
    _show(row, meanwhile, "reading")
    try:
        package = package_in(bytes(row.content))
        _show(row, meanwhile, f"{len(package.items)} CFItems, {len(package.edges)} CFAssociations")
        with transaction.atomic():
            report = take_in(package, at=at, dry_run=dry_run, publish=row.publish)
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


def _show(row: CaseImport, state: ImportState, phase: str) -> None:
    row.state = state
    row.phase = phase
    row.save(update_fields=["state", "phase"])


def _finish(row: CaseImport, state: ImportState, at: datetime) -> CaseImport:
    """The end; the bytes are let go, their digest stays."""
    row.state = state
    row.phase = ""
    row.finished_at = at
    row.content = None
    row.save(update_fields=["state", "phase", "finished_at", "content", "report", "framework"])
    return row


def _locked(import_id: int, state: ImportState) -> CaseImport:
    row = CaseImport.objects.select_for_update().get(pk=import_id)
    if row.state != state:
        raise ImportStateError(row.state)
    return row
