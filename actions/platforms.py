"""The platforms of endpoints. Pure."""

from enum import StrEnum


class Platform(StrEnum):
    """A platform as items store it, with the label that pages show."""

    label: str

    def __new__(cls, value: str, label: str) -> "Platform":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    WINDOWS = "windows", "Windows"
    MACOS = "macos", "macOS"
    LINUX = "linux", "Unix/Linux"


CHOICES = [(platform.value, platform.label) for platform in Platform]
CHOICES_OR_EVERY = [("", "Every platform"), *CHOICES]
