"""The periodic job of private files."""

from datetime import timedelta

from core.files.sweeping import sweep_orphans
from core.jobs import Lane, Mode, job


@job(name="files.sweep_orphans", lane=Lane.BULK, mode=Mode.LEASED, every=timedelta(days=1))
def sweep_orphaned_files() -> None:
    """Files that no row names."""
    sweep_orphans()
