"""Who studies what: enrolling one or many, the dated events of an enrollment, cohorts."""
