"""The built-in computer groups and filters."""

from dataclasses import dataclass

from actions.platforms import Platform
from items.builtin import add_builtin
from policies.engine.filters import (
    AdvancedCommandline,
    FileSpecification,
    FilterSettings,
    ParentProcess,
    SignedFile,
    UserContext,
)
from policies.models import ComputerGroup, Filter

_GROUPS = {
    Platform.WINDOWS: "Windows Computers",
    Platform.MACOS: "macOS Computers",
    Platform.LINUX: "Linux Computers",
}


@dataclass(frozen=True)
class _BuiltIn:
    key: str
    platform: Platform
    name: str
    description: str
    settings: FilterSettings


_FILTERS = (
    _BuiltIn(
        "windows-installers",
        Platform.WINDOWS,
        "Installers and Setup Programs",
        "Programs named like an installer, in any folder.",
        FileSpecification(
            names=("setup*.exe", "*setup.exe", "install*.exe", "*installer.exe", "*.msi")
        ),
    ),
    _BuiltIn(
        "windows-users-folders",
        Platform.WINDOWS,
        "Programs in Users' Folders",
        "Anything below C:\\Users, where any signed-in user can put programs.",
        FileSpecification(glob="*:\\Users\\**"),
    ),
    _BuiltIn(
        "windows-shells",
        Platform.WINDOWS,
        "Windows Shells and Script Hosts",
        "Programs that run any command. With administrator rights they give full control.",
        FileSpecification(
            names=(
                "cmd.exe",
                "powershell.exe",
                "pwsh.exe",
                "wscript.exe",
                "cscript.exe",
                "mshta.exe",
                "rundll32.exe",
            )
        ),
    ),
    _BuiltIn(
        "windows-microsoft",
        Platform.WINDOWS,
        "Signed by Microsoft Corporation",
        "Files whose signature names Microsoft Corporation.",
        SignedFile(subject="Microsoft Corporation"),
    ),
    _BuiltIn(
        "windows-explorer",
        Platform.WINDOWS,
        "Started from the Desktop",
        "Programs started by Windows Explorer, for example by a double-click.",
        ParentProcess(names=("explorer.exe",)),
    ),
    _BuiltIn(
        "windows-administrators",
        Platform.WINDOWS,
        "Local Administrators",
        "Members of the computer's Administrators group.",
        UserContext(groups=("BUILTIN\\Administrators",), match="any"),
    ),
    _BuiltIn(
        "macos-users-folders",
        Platform.MACOS,
        "Applications in Users' Folders",
        "Anything below /Users.",
        FileSpecification(glob="/Users/**"),
    ),
    _BuiltIn(
        "macos-administrators",
        Platform.MACOS,
        "macOS Administrators",
        "Members of the admin group.",
        UserContext(groups=("admin",), match="any"),
    ),
    _BuiltIn(
        "linux-packages",
        Platform.LINUX,
        "Package Managers",
        "Commands that install or remove software.",
        FileSpecification(names=("apt", "apt-get", "dpkg", "dnf", "yum", "rpm", "zypper", "snap")),
    ),
    _BuiltIn(
        "linux-services",
        Platform.LINUX,
        "Restarting a Service",
        "systemctl restart for one service.",
        AdvancedCommandline(command="systemctl", arguments=("restart", "*"), match="glob"),
    ),
    _BuiltIn(
        "linux-shells",
        Platform.LINUX,
        "Shells, Editors and Interpreters",
        "Programs that can run any other command. With root rights they give full control.",
        FileSpecification(
            names=("sh", "bash", "zsh", "vi", "vim", "nano", "less", "python3", "perl")
        ),
    ),
    _BuiltIn(
        "linux-sudo-group",
        Platform.LINUX,
        "Members of sudo",
        "Members of the sudo or wheel group.",
        UserContext(groups=("sudo", "wheel"), match="any"),
    ),
)


def add_defaults() -> None:
    """Add what is missing; what exists stays unchanged."""
    for platform, name in _GROUPS.items():
        add_builtin(ComputerGroup, platform.value, name=name, platform=platform)
    for filter_ in _FILTERS:
        add_builtin(
            Filter,
            filter_.key,
            name=filter_.name,
            description=filter_.description,
            kind=filter_.settings.kind,
            platform=filter_.platform,
            settings=filter_.settings.to_json(),
        )
