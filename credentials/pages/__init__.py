"""What the world sees of credentials: the documents, their pages, status lists and keys."""
