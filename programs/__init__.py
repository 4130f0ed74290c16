"""Where it leads: programs, versions, requirement trees, enrollments, the audit, achievements, awards."""
