"""Documents as PDF: rendering, the certificate, and the words that certificates and transcripts share."""
