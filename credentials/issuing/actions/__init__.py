"""Keys, preparing, signing, re-issuing, revoking, status lists, telling the holder."""
