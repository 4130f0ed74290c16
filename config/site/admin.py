"""Pages of the desk that no single app can open: who may see them is known only here."""

from django.contrib import admin

from accounts.permissions import is_registrar, is_staff
from config.base.jobs.admin import job_admin
from config.base.jobs.models import Job

admin.site.register(Job, job_admin(viewers=is_staff, menders=is_registrar))
