"""Keys, preparing, signing, re-issuing, revoking, status lists, notifying holders."""
