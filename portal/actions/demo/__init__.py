"""The demo's institution, told as it lived: everything comes about through the actions that people use, with `at=`.

What `manage.py seed_demo` makes, in this order, each step once:

1. `people`: Lakeside College with an evening school, a partner, two registrars, five assessors, an advisor, and a
   registrar and an assessor of the evening school alone; the issuer that signs for it, with a key.
2. `catalog`: the framework of 24 competencies, four mastery policies, 23 open assessments with their rubrics, and six
   published programs: WCD, DCP and SAT (micro-credentials of 10 credits) stack into CDDC (certificate of 30), that into
   DADDC (diploma of 60); RMR is a refresher that is valid for three months. Rule grants all but the diploma.
3. `learners`: 60 people (content/people.toml) whose lives (`lives`, pure) are replayed act by act (`replaying`), one
   transaction a person and in strictly increasing `at=`, so that what follows from an act, an award say, comes in
   order. One diploma was granted by a registrar, others wait; one award was rescinded, one has lapsed. The first four
   stand one judged piece (ADC.T3 by assessment S4) before SAT, and so before CDDC and DADDC.
4. `papers`: of three of them what was signed had a history: one credential was taken back, one was replaced in a new
   name, and two share an official transcript with the partner. These happen at the seeding, as signing does.

All other instants lie before the demo's first day (`days`), that of the first seeding: later runs find the same days.
A step that is done is left alone, so a run after a kill goes on where the last one ended and changes no row.
"""

from portal.actions.demo import content
from portal.actions.demo.accounts import accounts_made_as
from portal.actions.demo.catalog import Catalog, seed_catalog
from portal.actions.demo.days import Days, first_day
from portal.actions.demo.framework import seed_framework
from portal.actions.demo.issuer import seed_issuer
from portal.actions.demo.learners import SignIn, seed_learner, sign_ins
from portal.actions.demo.papers import seed_papers
from portal.actions.demo.partners import seed_partner
from portal.actions.demo.people import STAFF, give_passwords, seed_staff

__all__ = [
    "STAFF",
    "Catalog",
    "Days",
    "SignIn",
    "accounts_made_as",
    "content",
    "first_day",
    "give_passwords",
    "seed_catalog",
    "seed_framework",
    "seed_issuer",
    "seed_learner",
    "seed_papers",
    "seed_partner",
    "seed_staff",
    "sign_ins",
]
