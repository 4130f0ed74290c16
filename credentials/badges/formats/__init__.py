"""Open Badges documents, JSON-LD contexts, Data Integrity proofs, status lists: facts in, bytes out."""
