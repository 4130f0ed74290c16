"""Writing policies and where they apply; recomputing stored mastery."""
