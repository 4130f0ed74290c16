"""Authentication of API clients: OAuth tokens for client credentials, bearer tokens, rate limits."""
