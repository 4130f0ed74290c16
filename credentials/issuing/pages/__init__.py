"""Published addresses: credentials, achievements, issuers, status lists; the mail to the holder."""
