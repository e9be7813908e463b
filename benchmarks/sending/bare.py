"""The least that sending takes: smtplib on kept connections, and messages that are ready.

python -m benchmarks.sending.bare PORT CONNECTIONS MESSAGE_FILE; a line with a number: sends so many.
"""

import smtplib
import sys
from itertools import count
from pathlib import Path
from threading import Thread

port, connections = int(sys.argv[1]), int(sys.argv[2])
message = Path(sys.argv[3]).read_bytes()
servers = [smtplib.SMTP("127.0.0.1", port) for _ in range(connections)]


def send(server: smtplib.SMTP, numbers: "count[int]", until: int) -> None:
    while (number := next(numbers)) < until:
        server.sendmail("pm@pm.example.com", [f"{number}@example.com"], message)


for line in sys.stdin:
    numbers = count()
    threads = [Thread(target=send, args=(each, numbers, int(line))) for each in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(flush=True)
