"""Which words after a program's name hand it code, another program, or its start-up file. Pure data.

Programs are named without folder, ending and the digits at their end. A pattern is compared with
each later word, and with each two neighbours joined by a blank. Words are cut at `=` and at what
shells cut at, so `--eval=x` is `--eval` and `x`. Where a word is ambiguous, the pattern leaves out
its everyday use.
"""

import re
from typing import Final

SHELLS: Final = frozenset(
    ("sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh", "rbash", "busybox")
)
POWERSHELL: Final = frozenset({"powershell", "pwsh", "powershell_ise"})
PYTHONS: Final = frozenset({"python", "pythonw", "pypy", "py", "ipython", "jython"})
SCRIPTS: Final = frozenset({"perl", "ruby", "node", "nodejs", "php", "lua", "osascript"})
INTERPRETERS: Final = SHELLS | POWERSHELL | PYTHONS | SCRIPTS | {"iex", "invoke-expression"}
DASH: Final = r"[-/\u2013\u2014\u2015]"  # PowerShell takes these for one

# What reads its code from a pipe: only among the options that stand before the script's name.
STANDARD_INPUT: Final = {
    **dict.fromkeys(SHELLS, re.compile(r"-(?=[a-z]*s)[a-z]+|-")),
    **dict.fromkeys(PYTHONS | SCRIPTS, re.compile(r"-")),
}
TAKES_VALUE: Final = frozenset({"-o", "+o", "-O", "+O", "-W", "-X"})  # of those options

_SCRIPT = r"-[a-z0-9]{0,4}e\S*|--(eval|execute|expression)\S*|eval"
_ADDRESS = r"(https?|ftp|file):\S*|[\\/]{2}\S*"
_EDITOR = r"-[cSsu]|-c\S*|--cmd|\+(?!\d*$)\S*"
_GIT_SETTING = (
    r"(core\.(pager|editor|sshcommand|fsmonitor|hookspath|askpass|gitproxy)|sequence\.editor"
    r"|(alias|pager|diff|difftool|merge|mergetool|filter|uploadpack|gpg)\.\S+|include\.path"
    r"|init\.templatedir|credential\.(\S+\.)?helper|remote\.\S+\.(uploadpack|receivepack))"
)
_VARIABLES = (
    r"LD_(PRELOAD|AUDIT|LIBRARY_PATH)|BASH_ENV|PROMPT_COMMAND|PERL5(OPT|LIB|DB)"
    r"|PYTHON(STARTUP|PATH|HOME)|NODE_OPTIONS|RUBYOPT|RUBYLIB|(GIT_|MAN)?PAGER|GIT_SSH(_COMMAND)?"
)
_TABLE: tuple[tuple[str, str], ...] = (
    (" ".join(SHELLS - {"busybox"}), r"-[a-z]*c\S*|--command|--(rcfile|init-file)"),
    ("busybox su runuser", r"-[a-z]*c\S*|--(session-)?command"),
    ("cmd", r"(/[a-z](:\w+)?)*/[ckr]\S*"),
    (" ".join(POWERSHELL), rf"{DASH}(c|co|com|comm|comma|comman|command\w*|cwa)(:\S*)?|-"),
    (" ".join(PYTHONS), r"-(?-i:[a-zA-Z]*c\S*)|--exec|--code-to-run"),
    ("perl", rf"{_SCRIPT}|-(?-i:[mM])\S+|-(?-i:d:)\S*"),
    ("ruby", rf"{_SCRIPT}|-r\S*"),
    ("osascript lua luajit rscript", _SCRIPT),
    ("julia groovy scala elixir erl swift tclsh", _SCRIPT),
    ("node nodejs deno bun", r"-p?e|-p|-r|--(eval|print|require|import|loader)\S*|eval"),
    ("php", r"-(?-i:[rRBE]\S*)|--(run|process-code)\S*"),
    ("awk gawk mawk nawk", r"(\S*[^\w/.-])?(system|getline)|\S*/inet/\S*"),
    ("find", r"-(exec|ok)(dir)?"),
    ("fd fdfind", r"-(?-i:[xX])|--exec(-batch)?"),
    ("env", rf"-[a-z0]*(?-i:S)\S*|--split-string|(?-i:{_VARIABLES})"),
    ("sudo doas", rf"(?-i:{_VARIABLES})"),
    ("xargs parallel", rf"(?:\S*[\\/])?({'|'.join(sorted(SHELLS))})"),
    ("tar bsdtar", r"--(checkpoint-|to-c|rsh-c|info-s|new-v)\S*"),
    ("zip", r"-TT|--unzip-command"),
    (
        "git",
        rf"(-c|config|--[a-z-]+) {_GIT_SETTING}|--(upload-pack|receive-pack|exec-path)|ext::\S*",
    ),
    ("ssh scp sftp", r"(-o)?(proxycommand|localcommand|permitlocalcommand|knownhostscommand)"),
    ("rsync", r"-(?-i:[a-zA-Z]*e\S*)|--rsh|--rsync-path"),
    ("vi vim nvim gvim", _EDITOR),
    ("emacs", r"--?(eval|execute|load|script|funcall)|-[lf]"),
    ("gdb", r"--?(ex|eval-command)"),
    ("tcpdump", r"-z"),
    ("mshta", r"\S+"),
    ("wscript cscript", r"(java|vb)script:\S*|//e:\S*"),
    ("rundll", r"(java|vb)script:\S*"),
    ("regsvr", rf"[-/]i:({_ADDRESS})|(\S*[\\/])?scrobj(\.dll)?"),
    ("msiexec", rf"[-/](i|a|p|j[mu]?|package|update) ?({_ADDRESS})"),
    ("certutil", r"[-/](urlcache|verifyctl|decode(hex)?)"),
    ("bitsadmin", r"[-/](transfer|addfile|setnotifycmdline)"),
    ("forfiles", r"/c"),
    ("schtasks", r"/tr"),
    ("wmic", r"call"),
)
# Every interpreter reads code from these as well.
_DEVICES = r"|/dev/(stdin|fd/\d+)|/proc/self/fd/\d+"
CODE_OPTIONS: Final = {
    program: re.compile(options + (_DEVICES if program in INTERPRETERS else ""), re.IGNORECASE)
    for programs, options in _TABLE
    for program in programs.split()
}
