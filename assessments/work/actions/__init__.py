"""Opening assessments, submitting work and files, judging, erasing content."""
