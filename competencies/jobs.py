"""The kinds of jobs of competencies; what each does stands in tasks.py."""

from core.jobs import JobKind, Lane

CHECK_CASE_FILE = JobKind("competencies.check_case_file")
IMPORT_CASE_FILE = JobKind("competencies.import_case_file", Lane.BULK)
