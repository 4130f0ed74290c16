"""Making and replacing transcripts, and printing them."""
