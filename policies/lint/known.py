"""What lint knows of each platform: programs that run others, and folders that users can write to."""

from dataclasses import dataclass

from actions.platforms import Platform


@dataclass(frozen=True)
class Known:
    """`interpreters` run any command that is in their arguments; `editors` start a shell by a key,
    whatever they were started with.
    """

    interpreters: tuple[str, ...]
    editors: tuple[str, ...]
    folder: str  # where the system's own programs are
    signer: str  # of these
    writable: tuple[str, ...]  # folders below which users can put programs
    users_own: str  # one such


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


KNOWN: dict[str, Known] = {
    Platform.WINDOWS: Known(
        interpreters=_names(
            "cmd.exe powershell.exe pwsh.exe wscript.exe cscript.exe mshta.exe rundll32.exe "
            "regsvr32.exe bash.exe wsl.exe python.exe node.exe perl.exe java.exe"
        ),
        editors=_names("notepad.exe notepad++.exe code.exe vim.exe regedit.exe"),
        folder="C:\\Windows\\System32",
        signer="Microsoft Windows",
        writable=("C:\\Users", "C:\\Temp", "C:\\Windows\\Temp", "C:\\ProgramData"),
        users_own="C:\\Users\\q7x\\Downloads",
    ),
    Platform.MACOS: Known(
        interpreters=_names("sh bash dash zsh ksh osascript python3 perl ruby node Terminal"),
        editors=_names("vi vim nvim nano emacs less more man"),
        folder="/usr/bin",
        signer="Software Signing",
        writable=("/Users", "/tmp", "/private/tmp", "/private/var/tmp"),  # noqa: S108
        users_own="/Users/q7x/Downloads",
    ),
    Platform.LINUX: Known(
        interpreters=_names(
            "sh bash dash zsh ksh fish python3 python perl ruby node lua php env find xargs awk gawk "
            "tar rsync ssh nohup nice timeout watch gdb"
        ),
        editors=_names("vi vim nvim nano emacs ed less more man journalctl"),
        folder="/usr/bin",
        signer="",
        writable=("/home", "/tmp", "/var/tmp", "/dev/shm", "/run/user"),  # noqa: S108
        users_own="/home/q7x",
    ),
}
