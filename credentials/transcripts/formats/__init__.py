"""A transcript's facts as JSON, as PDF, and the schema of that JSON."""
