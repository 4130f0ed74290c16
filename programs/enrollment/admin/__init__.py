"""The desk pages of enrollments and cohorts, and admitting people from a version's page."""
