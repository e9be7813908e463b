"""The computer groups and filters that every installation begins with."""

from dataclasses import dataclass
from typing import Any

from items.builtin import add_builtin
from policies.engine import from_settings
from policies.models import ComputerGroup, Filter
from policies.models.computers import Platform

Kind = Filter.Kind

_GROUPS = {
    Platform.WINDOWS: "Windows Computers",
    Platform.MACOS: "macOS Computers",
    Platform.LINUX: "Linux Computers",
}


@dataclass(frozen=True)
class _BuiltIn:
    key: str
    kind: Kind
    platform: Platform
    name: str
    description: str
    settings: dict[str, Any]


_FILTERS = (
    _BuiltIn(
        "windows-installers",
        Kind.FILE_SPECIFICATION,
        Platform.WINDOWS,
        "Installers and Setup Programs",
        "Programs named like an installer, wherever they are.",
        {"names": ["setup*.exe", "*setup.exe", "install*.exe", "*installer.exe", "*.msi"]},
    ),
    _BuiltIn(
        "windows-users-folders",
        Kind.FILE_SPECIFICATION,
        Platform.WINDOWS,
        "Programs in Users' Folders",
        "Anything below C:\\Users: whoever is signed in can put a program there.",
        {"glob": "*:\\Users\\**"},
    ),
    _BuiltIn(
        "windows-shells",
        Kind.FILE_SPECIFICATION,
        Platform.WINDOWS,
        "Windows Shells and Script Hosts",
        "Programs that run whatever they are told to. With administrator rights they open "
        "everything.",
        {
            "names": [
                "cmd.exe",
                "powershell.exe",
                "pwsh.exe",
                "wscript.exe",
                "cscript.exe",
                "mshta.exe",
                "rundll32.exe",
            ]
        },
    ),
    _BuiltIn(
        "windows-microsoft",
        Kind.SIGNED_FILE,
        Platform.WINDOWS,
        "Signed by Microsoft Corporation",
        "Files whose signature names Microsoft Corporation.",
        {"subject": "Microsoft Corporation"},
    ),
    _BuiltIn(
        "windows-explorer",
        Kind.PARENT_PROCESS,
        Platform.WINDOWS,
        "Started from the Desktop",
        "Programs that Windows Explorer starts, as by a double click.",
        {"names": ["explorer.exe"]},
    ),
    _BuiltIn(
        "windows-administrators",
        Kind.USER_CONTEXT,
        Platform.WINDOWS,
        "Local Administrators",
        "Users who are in the computer's group Administrators.",
        {"groups": ["BUILTIN\\Administrators"], "match": "any"},
    ),
    _BuiltIn(
        "macos-users-folders",
        Kind.FILE_SPECIFICATION,
        Platform.MACOS,
        "Applications in Users' Folders",
        "Anything below /Users.",
        {"glob": "/Users/**"},
    ),
    _BuiltIn(
        "macos-administrators",
        Kind.USER_CONTEXT,
        Platform.MACOS,
        "macOS Administrators",
        "Users who are in the group admin.",
        {"groups": ["admin"], "match": "any"},
    ),
    _BuiltIn(
        "linux-packages",
        Kind.FILE_SPECIFICATION,
        Platform.LINUX,
        "Package Managers",
        "Commands that install and remove software.",
        {"names": ["apt", "apt-get", "dpkg", "dnf", "yum", "rpm", "zypper", "snap"]},
    ),
    _BuiltIn(
        "linux-services",
        Kind.ADVANCED_COMMANDLINE,
        Platform.LINUX,
        "Restarting a Service",
        "systemctl restart with one service.",
        {"command": "systemctl", "arguments": ["restart", "*"], "match": "glob"},
    ),
    _BuiltIn(
        "linux-shells",
        Kind.FILE_SPECIFICATION,
        Platform.LINUX,
        "Shells, Editors and Interpreters",
        "Commands from which any other can be run. With root's rights they open everything.",
        {"names": ["sh", "bash", "zsh", "vi", "vim", "nano", "less", "python3", "perl"]},
    ),
    _BuiltIn(
        "linux-sudo-group",
        Kind.USER_CONTEXT,
        Platform.LINUX,
        "Members of sudo",
        "Users who are in the group sudo or wheel.",
        {"groups": ["sudo", "wheel"], "match": "any"},
    ),
)


def add_defaults() -> None:
    """Add what is missing; what is there stays as it is."""
    for platform, name in _GROUPS.items():
        add_builtin(ComputerGroup, platform.value, name=name, platform=platform)
    for filter_ in _FILTERS:
        add_builtin(
            Filter,
            filter_.key,
            name=filter_.name,
            description=filter_.description,
            kind=filter_.kind,
            platform=filter_.platform,
            settings=from_settings(filter_.kind, filter_.settings).to_json(),
        )
