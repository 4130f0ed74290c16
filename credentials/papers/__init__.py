"""Credentials on paper: the PDF press, the certificate, words and codes that documents share."""
