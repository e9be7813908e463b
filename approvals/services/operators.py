"""Who works at the machine's command line, as records name them."""

import os
import pwd

from core.text import visible


def operator_name() -> str:
    """ "operator root (sudo by sam)": the system's user that this process runs as.

    It is the process's own account, which the environment can't change. SUDO_USER is what sudo says,
    or whoever started the process.
    """
    try:
        name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # in a container, say
        name = f"uid {os.geteuid()}"
    caller = visible(os.environ.get("SUDO_USER", ""), 60)
    return f"operator {name} (sudo by {caller})" if caller else f"operator {name}"
