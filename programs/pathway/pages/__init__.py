"""The learner's pathway: what is mastered, what is closest, what comes next."""
