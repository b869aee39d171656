"""What becomes of the diary plan when a visit is recorded."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.audit import Actor
from portal.care import plans
from portal.care.plans import LONGEST_DAYS, Course


class PlanChoice(StrEnum):
    """What becomes of the diary plan after a visit."""

    KEEP = "keep"
    LONGER = "longer"
    END = "end"


def settle(
    session: Session,
    actor: Actor,
    *,
    course: Course,
    choice: PlanChoice,
    weeks: int,
    recorded_at: datetime | None = None,
) -> None:
    """Keep the plan, ask some `weeks` longer, or stop asking from today on.

    Where the visit stood already since `recorded_at`, the weeks are counted from the plan before
    that, so that a form sent twice makes the diary longer once.
    """
    if choice is PlanChoice.END:
        plans.end_plan(session, actor, course=course)
    elif choice is PlanChoice.LONGER:
        plan = plans.plan_in_force(session, course.episode.id, before=recorded_at)
        ends_on = longer(plan.ends_on if plan else None, course.today, weeks=weeks)
        plans.set_plan(session, actor, course=course, ends_on=ends_on)


def longer(ends_on: date | None, today: date, *, weeks: int) -> date:
    """Return the end of a plan that runs some weeks longer, at most a year from today.

    A plan that is over, or was never made, runs from today.
    """
    start = ends_on if ends_on is not None and ends_on >= today else today
    return min(start + timedelta(weeks=weeks), today + timedelta(days=LONGEST_DAYS))
