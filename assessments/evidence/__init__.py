"""The evidence ledger: recording and voiding, and its desk page."""
