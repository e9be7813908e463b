"""The menus as data."""

from dataclasses import dataclass

from core.roles import Permission


@dataclass(frozen=True)
class Entry:
    """One entry. `area` is the URL namespace whose pages all belong to it, `place` the beginning of
    the menu paths of those that do.
    """

    label: str
    url_name: str
    permission: Permission
    icon: str = ""
    area: str = ""
    place: tuple[str, ...] = ()
    counts_pending: bool = False


@dataclass(frozen=True)
class Group:
    """Entries under one heading."""

    label: str
    entries: tuple[Entry, ...]


_TASKS = ("Admin", "Tasks")
MAIN = (Entry("Home", "home", Permission.HOME, icon="home"),)
BELOW_GROUPS = (
    Entry(
        "Policy Events",
        "policy_events:list",
        Permission.ITEMS_VIEW,
        icon="info",
        area="policy_events",
    ),
    Entry("Reports", "reports:contents", Permission.REPORTS_VIEW, icon="chart", area="reports"),
)
ADMIN = (
    Group(
        "Tools",
        (
            Entry(
                "Manage Approvals",
                "approvals:request_list",
                Permission.APPROVALS_VIEW,
                area="approvals",
                counts_pending=True,
            ),
            Entry(
                "Offline Approvals",
                "offline_approvals:list",
                Permission.APPROVALS_VIEW,
                area="offline_approvals",
            ),
            Entry(
                "Mail Queue",
                "mail_queue:outgoing",
                Permission.MAIL_QUEUE_VIEW,
                area="mail_queue",
            ),
            Entry(
                "Policy Tester",
                "policy_tester:event",
                Permission.ITEMS_VIEW,
                area="policy_tester",
            ),
            Entry("Trial Mailbox", "trial:mailbox", Permission.TRIAL_MAILBOX, area="trial"),
        ),
    ),
    Group(
        "Admin",
        (
            Entry("Actions", "actions:list", Permission.ITEMS_VIEW, place=("Admin", "Actions")),
            Entry("Agents", "agents:list", Permission.ITEMS_VIEW, area="agents"),
            Entry(
                "Configuration",
                "configuration",
                Permission.ITEMS_VIEW,
                place=("Admin", "Configuration"),
            ),
            Entry("Filters", "filters:list", Permission.ITEMS_VIEW, place=("Admin", "Filters")),
            Entry("Proposals", "proposals:list", Permission.PROPOSALS_VIEW, area="proposals"),
            Entry("Roles", "roles", Permission.PEOPLE_VIEW, place=("Admin", "Roles")),
            Entry("Tasks", "email_tasks:list", Permission.ITEMS_VIEW, place=_TASKS),
            Entry("Users", "users:list", Permission.PEOPLE_VIEW, place=("Admin", "Users")),
        ),
    ),
)
PERSONAL = (
    Entry("My profile", "profile", Permission.HOME, icon="user"),
    Entry("Keyboard", "keyboard", Permission.HOME, icon="info"),
)
