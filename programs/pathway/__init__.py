"""An audit as people read it: the learner's pathway page, and the desk's page of an enrollment."""
