"""Every table, imported in one place so that migrations and tests see all of them."""

from portal.accounts import models as accounts
from portal.audit import models as audit
from portal.care import models as care
from portal.clinics import models as clinics
from portal.diary import models as diary
from portal.mail import models as mail
from portal.review import models as review

__all__ = ["accounts", "audit", "care", "clinics", "diary", "mail", "review"]
