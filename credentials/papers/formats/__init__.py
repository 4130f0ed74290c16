"""HTML to tagged PDF, the certificate, QR codes."""
