"""Pure text: canonical JSON, letters that may be kept and printed, strict reading of JSON, faults with a place."""
