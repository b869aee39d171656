"""Words that the review's pages share: moments, the patient's own words, flags."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal import clock
from portal.care.models import Side
from portal.diary.flags import CALL, short_label
from portal.diary.regions import BY_KEY
from portal.review.brief_facts import ActRow, FlagRow, SiteRow
from portal.review.brief_shown import FlagShown, SettledShown
from portal.web.jinja import clock_time, day, day_short, lower_first
from portal.web.languages import gettext as _
from portal.web.languages import ngettext

LONGEST = 140
HOUR = timedelta(hours=1)
AS_HOURS = 12 * HOUR


@dataclass(frozen=True, slots=True)
class Clocks:
    """The moment of a page, and the clocks on the wall at the clinic and at the patient's."""

    now: datetime
    clinic_zone: str
    patient_zone: str

    def clinic_date(self, at: datetime) -> date:
        """The date of a moment at the clinic."""
        return clock.local(at, self.clinic_zone).date()

    def patient_date(self, at: datetime) -> date:
        """The date of a moment where the patient is."""
        return clock.local(at, self.patient_zone).date()

    def moment(self, at: datetime) -> str:
        """A moment by the clinic's clock: today at 10:41, or 2 November, 10:36."""
        local = clock.local(at, self.clinic_zone)
        if local.date() == self.clinic_date(self.now):
            return _("today at %(time)s", time=clock_time(local))
        return _("%(day)s, %(time)s", day=day(local.date()), time=clock_time(local))

    def patient_moment(self, at: datetime) -> str:
        """A moment by the patient's own clock: 7 Nov, 19:42."""
        local = clock.local(at, self.patient_zone)
        return _("%(day)s, %(time)s", day=short_day(local.date()), time=clock_time(local))

    def age(self, at: datetime) -> str:
        """How long ago a moment was, as people say it: 3 hours ago, yesterday, 2 days ago.

        Days are those of the clinic's calendar, so that last evening is yesterday in the morning.
        """
        gone = self.now - at
        days = (self.clinic_date(self.now) - self.clinic_date(at)).days
        if gone < HOUR:
            return _("less than an hour ago")
        if days == 0 or gone < AS_HOURS:
            return ngettext("%(num)s hour ago", "%(num)s hours ago", gone // HOUR)
        if days == 1:
            return _("yesterday")
        return ngettext("%(num)s day ago", "%(num)s days ago", days)


def shortened(words: str, longest: int = LONGEST) -> str:
    """Words cut at a space where they are long; the entries page has all of them."""
    plain = " ".join(words.split())
    if len(plain) <= longest:
        return plain
    return plain[:longest].rsplit(" ", 1)[0].rstrip(",;:.") + " …"


def short_day(on: date) -> str:
    """A day such as 7 Nov that no line break tears apart."""
    return day_short(on).replace(" ", "\N{NO-BREAK SPACE}")


def quoted(words: str) -> str:
    """The patient's own words, marked as such."""
    return _("“%(words)s”", words=words)


def place_words(region: str) -> str:
    """A place in the middle of a sentence: left low back."""
    return lower_first(place_label(region))


def place_label(region: str) -> str:
    """A place by itself: Left low back."""
    return BY_KEY[region].label if region in BY_KEY else region


def site_words(site: SiteRow, *, with_grasp: bool = False) -> str:
    """A place that was needled: Gluteus medius (left), and how firmly it held if asked for."""
    said = _("%(place)s (%(side)s)", place=site.place, side=_side(site.side))
    if with_grasp and site.grasp is not None:
        return _("%(site)s, grasp %(n)s of 3", site=said, n=site.grasp)
    return said


def _side(side: str) -> str:
    words = {
        Side.LEFT.value: _("left"),
        Side.RIGHT.value: _("right"),
        Side.BOTH.value: _("both sides"),
        Side.MIDLINE.value: _("midline"),
    }
    return words.get(side, side)


def how_words(how: str) -> str:
    """What was done about a flag, as staff choose it."""
    words = {
        "spoke-at-visit": _("Spoke at the visit"),
        "called": _("Called"),
        "no-answer": _("Called, no answer"),
        "sent-to-doctor": _("Sent to a doctor"),
    }
    return words.get(how, how)


def act_words(act: ActRow, clocks: Clocks, *, longest: int = LONGEST) -> str:
    """What somebody did about a flag, and when."""
    said = _(
        "%(how)s %(moment)s (%(name)s)",
        how=how_words(act.how),
        moment=clocks.moment(act.at),
        name=act.practitioner,
    )
    return _with_note(said, act, longest)


def _with_note(said: str, act: ActRow, longest: int = LONGEST) -> str:
    """What was done with the note behind it, ended as a sentence."""
    words = f"{said}: {shortened(act.note, longest)}" if act.note else said
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def settled_shown(flag: FlagRow, clocks: Clocks) -> SettledShown:
    """Say which flag or call was settled, when, by whom and how; and the tries before."""
    *tries, last = flag.acts
    said = _(
        "acknowledged %(moment)s, %(name)s, %(how)s",
        moment=clocks.moment(last.at),
        name=last.practitioner,
        how=lower_first(how_words(last.how)),
    )
    ended = _with_note(said, last)
    flagged = _("%(flag)s, %(day)s", flag=short_label(flag.code), day=short_day(flag.about_on))
    return SettledShown(
        flagged[:1].upper() + flagged[1:],
        " ".join([ended[:1].upper() + ended[1:], *(act_words(act, clocks) for act in tries)]),
    )


def flag_shown(flag: FlagRow, clocks: Clocks) -> FlagShown:
    """Say what a flag is, what the patient wrote, and what was done."""
    is_call = flag.code == CALL
    asked = _("Asked for a call (not urgent)")
    title = _("Not yet acknowledged: %(flag)s", flag=short_label(flag.code))
    return FlagShown(
        id=flag.id,
        title=asked if is_call else title,
        name=asked if is_call else _capital(short_label(flag.code)),
        short=short_label(flag.code),
        moment=clocks.patient_moment(flag.raised_at),
        written=_("Written %(moment)s", moment=clocks.patient_moment(flag.raised_at)),
        age=clocks.age(flag.raised_at),
        quote=shortened(flag.note),
        status=" ".join(_status(flag, clocks)),
        done=" ".join(_done(flag, clocks)),
        is_call=is_call,
    )


def _status(flag: FlagRow, clocks: Clocks) -> list[str]:
    said = [] if flag.code == CALL else [_("Advice shown.")]
    if flag.opened_at is not None:
        said.append(_("First opened %(moment)s.", moment=clocks.moment(flag.opened_at)))
    return [*said, *_done(flag, clocks)]


def _done(flag: FlagRow, clocks: Clocks) -> list[str]:
    """What became of a flag: unticked later, and each try of the clinic."""
    unticked = [_("Later unticked by the patient.")] if flag.unticked_at is not None else []
    return [*unticked, *(act_words(act, clocks) for act in flag.acts)]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
