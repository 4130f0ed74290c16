"""What can be shown: frameworks, competencies and their revisions, associations, proficiency scales, CASE."""
