"""The signed document itself: Open Badges 3.0, its lint, proofs and status lists as bytes."""
