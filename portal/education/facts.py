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
    def emergency_href(self) -> str:
        return tel(self.emergency)

    @property
    def health_line_href(self) -> str:
        return tel(self.health_line)

    @property
    def crisis_line_href(self) -> str:
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
        return tel(self.phone)


def tel(number: str) -> str:
    """A telephone link's target: digits and a leading plus only."""
    plus = "+" if number.strip().startswith("+") else ""
    return f"tel:{plus}{''.join(mark for mark in number if mark.isdigit())}"
