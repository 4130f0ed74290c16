"""From a met audit to an award that explains itself: progress, grounds, granting, records, replay."""
