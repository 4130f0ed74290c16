"""The desk pages of issuers, keys, credentials and awards without a credential."""
