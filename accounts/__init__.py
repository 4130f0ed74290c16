"""Who: people, organizations, roles, approvals, sharing grants and disclosures, partner clients."""
