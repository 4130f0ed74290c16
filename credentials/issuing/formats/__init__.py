"""did:web documents, sealed keys, and the facts of a published credential page."""
