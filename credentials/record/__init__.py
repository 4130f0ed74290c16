"""The learner's own page of documents: certificates and transcripts to read, print and share."""
