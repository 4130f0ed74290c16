"""The desk pages of issuers, keys, credentials and awards without a credential."""

from credentials.issuing.admin import credentials, issuers, keys, unsigned

__all__ = ["credentials", "issuers", "keys", "unsigned"]
