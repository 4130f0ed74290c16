"""Pages of the desk that no single app can open: who may see them is known only here."""

from django.contrib import admin

from accounts.admin.learners import LearnerAdmin
from accounts.permissions import mends_jobs, works_everywhere
from core.jobs.admin import job_admin
from core.jobs.models import Job
from portal.actions.linking import link_persons, part_persons

admin.site.register(Job, job_admin(viewers=works_everywhere, menders=mends_jobs))

# The verbs stand on a page of accounts; what they change reaches into the apps above.
LearnerAdmin.join = staticmethod(link_persons)
LearnerAdmin.separate = staticmethod(part_persons)
