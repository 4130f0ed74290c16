"""Files and standards of the learner's half: facts in, bytes out, and back."""
