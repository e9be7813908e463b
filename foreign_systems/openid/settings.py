"""What the item of an OpenID Connect provider keeps. Pure."""

from dataclasses import dataclass

from core.settings import Settings


@dataclass(frozen=True)
class OpenIdSettings(Settings):
    """How people sign in by a provider, and what its claims mean here."""

    issuer: str = ""  # https://login.example.com/realms/corp
    enabled: bool = True
    matches_addresses: bool = True  # a verified address of a profile is that person
    creates_people: bool = False  # others get a profile at their first sign-in
    groups_claim: str = "groups"
    roles: tuple[str, ...] = ()  # "group = Role"; empty: the provider says nothing about roles
    manager_claim: str = ""  # user name or email address of the manager; "": it says nothing

    def roles_of(self, groups: object) -> frozenset[str]:
        """The roles that these groups, a claim's value, map to."""
        several = groups if isinstance(groups, list) else [groups]
        given = {each for each in several if isinstance(each, str)}
        pairs = [mapped_role(line) for line in self.roles]
        return frozenset(role for group, role in pairs if group in given)


def mapped_role(line: str) -> tuple[str, str]:
    """("pm-admins", "Administrators") of `pm-admins = Administrators`. Group names may hold a "="."""
    group, _, role = line.rpartition("=")
    return group.strip(), role.strip()
