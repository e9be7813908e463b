"""The families of foreign systems, and where they stand in the menus."""

from core.roles import ADMINISTRATORS, AUDITORS, Access
from foreign_systems.forms import CredentialForm, SmtpServerForm
from foreign_systems.models import Credential, ForeignSystem
from foreign_systems.views import SmtpTest
from items.family import Column, Family, Kind, each, register
from items.trail import place

CONFIGURATION = ("Admin", "Configuration")
place(CONFIGURATION, "configuration")
place((*CONFIGURATION, "Foreign Systems"), "foreign_systems")


def trouble_of(system: ForeignSystem) -> str:
    circuit = getattr(system, "circuit", None)
    return circuit.reason if circuit and circuit.next_probe_at else ""


SMTP_SERVERS = register(
    Family(
        model=ForeignSystem,
        namespace="smtp_servers",
        path="configuration/foreign-systems/smtp-server/",
        noun="SMTP server",
        plural="SMTP servers",
        trail=(*CONFIGURATION, "Foreign Systems", "SMTP Server"),
        about="Where approval e-mails and reports leave.",
        access=Access(),
        kinds=(Kind(ForeignSystem.Kind.SMTP, "SMTP Server", SmtpServerForm),),
        create_title="Create SMTP Server",
        columns=(
            Column("Base URL", lambda s: str(s.settings.get("base_url", "")), code=True),
            Column(
                "State",
                lambda s: "Takes no mail" if trouble_of(s) else "No trouble known",
                tone=lambda s: "failed" if trouble_of(s) else "active",
            ),
        ),
        search=("name", "description", "settings__base_url"),
        searched="Name, description, address",
        hints=each(trouble_of),
        fetch=lambda rows: rows.select_related("circuit"),
        sensitive=True,
        detail_template="foreign_systems/smtp_server_detail.html",
        more_pages=(("<uuid:item_id>/test/", SmtpTest, "test"),),
        page_context=lambda system: {"trouble": trouble_of(system)},
    )
)

CREDENTIALS = register(
    Family(
        model=Credential,
        namespace="credentials",
        path="configuration/credentials/",
        noun="credential",
        plural="credentials",
        trail=(*CONFIGURATION, "Credentials"),
        about="Account names and secrets that foreign systems sign in with. "
        "Secrets are stored encrypted and never shown.",
        kinds=(Kind("", "Credential", CredentialForm),),
        create_title="Create Credential",
        columns=(
            Column("Account", lambda credential: credential.account_name, sort="account_name"),
        ),
        search=("name", "description", "account_name"),
        searched="Name, description, account",
        access=Access(view=frozenset({ADMINISTRATORS, AUDITORS})),
        sensitive=True,
        may_duplicate=False,  # the secret would have to be entered anyway
        list_template="foreign_systems/configuration_list.html",
    )
)
