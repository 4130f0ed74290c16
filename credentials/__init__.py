"""What we sign and show: credentials, issuer keys, status, transcripts, verification, sharing, partner API."""
