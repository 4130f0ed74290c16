"""How partners' programs come in: tokens for client credentials, and who a token belongs to."""
