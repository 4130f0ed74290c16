"""What is signed and how: Open Badges 3.0, did:web, Bitstring Status List, Data Integrity."""
