"""How codes stand in an address."""

from datetime import date

from tenancy.areas import HIGHEST


class PlaceConverter:
    """A 15-digit place code."""

    regex = "[1-9][0-9]{14}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        if not 0 < value < HIGHEST:
            raise ValueError(value)
        return f"{value:015d}"


class NumberConverter:
    """A ticket number, `350505001-2611-48207315`."""

    regex = "[0-9]{9}-[0-9]{4}-[0-9]{8}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ProjectConverter:
    """A project's number, `P350505001-2611-482073`."""

    regex = "P[0-9]{9}-[0-9]{4}-[0-9]{6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class VisitConverter(ProjectConverter):
    """A joint visit's number, `V350505001-2611-482073`."""

    regex = "V[0-9]{9}-[0-9]{4}-[0-9]{6}"


class FindingConverter(ProjectConverter):
    """A finding's number, `F350505001-2611-482073`."""

    regex = "F[0-9]{9}-[0-9]{4}-[0-9]{6}"


class MeetingConverter:
    """A meeting's number, `M350505001-2611-482073`."""

    regex = "M[0-9]{9}-[0-9]{4}-[0-9]{6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PaperConverter(MeetingConverter):
    """The code by which everybody verifies a paper of a joint visit, `7hk2mpx4w9qdnt`."""

    regex = "[2-9a-hjkmnp-z]{14}"


class MonthConverter:
    """A month, `2026-11`, as its first day."""

    regex = "2[0-9]{3}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return date(int(value[:4]), int(value[5:]), 1)

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"
