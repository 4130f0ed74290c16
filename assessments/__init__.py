"""What was shown: rubrics, submissions, judgements, the evidence ledger, mastery."""
