"""Whatever a server says, the SMTP client has an answer for each message and claims no more."""

from hypothesis import given, settings
from hypothesis import strategies as st

from foreign_systems.smtp import Connection, Kind, Server
from foreign_systems.smtp_url import parse
from tests.foreign_systems.scripted_server import CLOSE, RESET, ScriptedServer, close_after
from tests.running_trial import eventually

MESSAGE = b"Subject: x\r\n\r\nhello\r\n"
# Not "body": a server that says 250 before it has read the message can't be told from an honest one.
STEPS = ["greeting", "EHLO", "HELO", "AUTH", "MAIL", "RCPT", "DATA", "end", "RSET"]

codes = st.sampled_from([200, 220, 235, 250, 251, 334, 354, 399, 421, 450, 452, 500, 503, 530, 552])
lines = st.builds(
    "{}{}{}".format, codes, st.sampled_from(" -"), st.text("AUTH PLIN5.3-", max_size=9)
)
texts = st.lists(lines | st.text(max_size=9), min_size=1, max_size=3).map("\n".join)
actions = texts | st.sampled_from([CLOSE, RESET]) | texts.map(close_after)
good = st.sampled_from(
    [
        *("250 ok", "354 go", "250-x\n250 SIZE 100", "250-x\n250 AUTH LOGIN"),
        "250-x\n250 PIPELINING",
    ]
)
scripts = st.dictionaries(st.sampled_from(STEPS), st.lists(actions | good, min_size=1, max_size=3))


@settings(max_examples=100, deadline=None)
@given(scripts, st.booleans())
def test_every_message_gets_an_answer_and_sent_means_that_the_server_had_the_message(
    script, signs_in
):
    with ScriptedServer(script) as it:
        server = Server(
            parse(f"smtp://127.0.0.1:{it.port}"),
            username="alice" if signs_in else None,
            password="hunter2" if signs_in else None,
            timeout=0.1,
            total_timeout=0.3,
        )
        connection = Connection(server)
        for _ in range(2):
            before = len(it.messages)
            answer = connection.deliver("pm@c.example", "dana@a.example", MESSAGE)
            if answer.kind is Kind.SENT:
                eventually(lambda before=before: len(it.messages) > before, within=2)
        connection.close()
