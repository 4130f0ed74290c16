"""Writing drafts, publishing and retiring versions, freezing achievements."""
