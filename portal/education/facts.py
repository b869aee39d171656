"""What the public pages say about the clinic: plain values that the application hands over."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """The numbers a reader calls for help in the clinic's part of the world."""

    code: str
    emergency: str
    health_line_name: str
    health_line: str
    crisis_line_name: str
    crisis_line: str

    @property
    def paper(self) -> str:
        """The sheet that printers of this region hold: letter in Canada and the USA, else A4."""
        return "letter" if self.code.partition("-")[0] in {"CA", "US"} else "a4"

    @property
    def emergency_href(self) -> str:
        """The emergency number as a link."""
        return tel(self.emergency)

    @property
    def health_line_href(self) -> str:
        """The health line as a link."""
        return tel(self.health_line)

    @property
    def crisis_line_href(self) -> str:
        """The crisis line as a link."""
        return tel(self.crisis_line)


@dataclass(frozen=True, slots=True)
class PractitionerFacts:
    """A practitioner as a public register would show them: no title beyond the profession."""

    name: str
    profession: str
    college: str
    registration_number: str
    rostered_for_needling: bool
    ims_training: str = ""
    register_url: str = ""


@dataclass(frozen=True, slots=True)
class ClinicFacts:
    """The public clinic; empty words mean that the clinic has not said.

    `rhythm` completes "Your diary is read …"; `signed` tells whether a practitioner of this
    clinic has checked the help advice.
    """

    name: str
    city: str
    address: str
    phone: str
    hours: str
    rhythm: str
    region: RegionFacts
    practitioners: tuple[PractitionerFacts, ...] = ()
    fees: str = ""
    signed: bool = False

    @property
    def phone_href(self) -> str:
        """The clinic's phone as a link."""
        return tel(self.phone)


def tel(number: str) -> str:
    """A telephone link's target: digits and a leading plus only."""
    plus = "+" if number.strip().startswith("+") else ""
    return f"tel:{plus}{''.join(mark for mark in number if mark.isdigit())}"


NO_CLINIC = ClinicFacts(
    name="the clinic",
    city="",
    address="",
    phone="",
    hours="",
    rhythm="",
    region=RegionFacts(
        code="CA-ON",
        emergency="911",
        health_line_name="Health811",
        health_line="811",
        crisis_line_name="Suicide Crisis Helpline",
        crisis_line="9-8-8",
    ),
)
"""What pages say while no clinic is set up: nothing but whom to call in an emergency."""

PLACES = (
    "clinic",
    "phone",
    "hours",
    "emergency",
    "health_line",
    "health_line_name",
    "crisis_line",
)


def words_of(clinic: ClinicFacts) -> tuple[dict[str, str], dict[str, str]]:
    """What stands in a page for `[[clinic]]`, `[[phone]]` and the rest, and their links if any."""
    region = clinic.region
    words = {
        "clinic": clinic.name,
        "phone": clinic.phone or "its number",
        "hours": clinic.hours or "in opening hours",
        "emergency": region.emergency,
        "health_line": region.health_line,
        "health_line_name": region.health_line_name,
        "crisis_line": region.crisis_line,
    }
    links = {
        "phone": clinic.phone_href if clinic.phone else "",
        "emergency": region.emergency_href,
        "health_line": region.health_line_href,
        "crisis_line": region.crisis_line_href,
    }
    return words, links
