"""Somebody who uses the console over HTTP, as a browser without scripts would."""

import html
import json
import re
import smtplib
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.cookiejar import CookieJar

from tests.running_trial import RunningTrial, eventually


@dataclass
class Visitor:
    """Cookies, and the status of the newest answer."""

    trial: RunningTrial
    status: int = 0
    cookies: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str) -> str:
        return self._open(urllib.request.Request(self.trial.url + path))

    def post(self, path: str, **fields: str) -> str:
        """Send a form; its CSRF token is taken from the page at `path` or the cookie."""
        page = self.get(path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        data = {"csrfmiddlewaretoken": found[1] if found else "", **fields}
        body = urllib.parse.urlencode(data).encode()
        headers = {"Referer": self.trial.url + path, "Origin": self.trial.url}
        return self._open(urllib.request.Request(self.trial.url + path, body, headers))

    def sign_in(self) -> "Visitor":
        self.post("/sign-in/", login="admin", password=self.trial.password)
        assert "Manage Approvals" in self.get("/")
        return self

    def _open(self, request: urllib.request.Request) -> str:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        try:
            with opener.open(request, timeout=20) as answer:
                self.status = answer.status
                return str(answer.read().decode())
        except urllib.error.HTTPError as refused:
            self.status = refused.code
            return refused.read().decode()


@dataclass(frozen=True)
class Received:
    """What an approver finds in his mailbox: where to reply, and the decision link."""

    reply_to: str
    link: str
    subject: str


def mail_about(visitor: Visitor, recipient: str, number: str, subject: str) -> Received:
    """The mail with `subject` about `number` (PM-1), once it has come, from its source."""

    def look() -> str:
        listed = visitor.get(f"/trial-mailbox/?to={recipient}")
        lines = re.findall(
            r'href="([^"]*m=[^"]+)"[^>]*>(?:<b>.*?</b>).*?<span[^>]*>(.*?)</span>', listed
        )
        for address, words in lines:
            if f"[{number}] {subject}" in html.unescape(words).replace("\xa0", " "):
                source = visitor.get(re.sub("part=[a-z]+", "part=source", html.unescape(address)))
                return html.unescape(source)
        return ""

    source = eventually(look, what=f"{subject} for {recipient}")
    plain = re.sub(r"<wbr>|=\n", "", source)
    reply_to = re.search(r"reply\+[a-z2-7]{26}@pm\.example\.com", plain)
    link = re.search(r"/d/[a-z2-7]{26}", plain)
    return Received(
        reply_to[0] if reply_to else "", link[0] if link else "", f"[{number}] {subject}"
    )


def reply_over_smtp(
    trial: RunningTrial, sender: str, received: Received, text: str, *, signed_in: bool = True
) -> None:
    """Send a reply as the approver's mail program does, to the trial's mail server."""
    message = EmailMessage()
    message["From"], message["To"] = sender, received.reply_to
    message["Subject"] = f"Re: {received.subject}"
    message.set_content(text)
    running = json.loads((trial.folder / "running.json").read_text())
    secrets = json.loads((trial.folder / "secrets.json").read_text())
    with smtplib.SMTP("127.0.0.1", int(running["TRIAL_MAIL_PORT"]), timeout=10) as server:
        if signed_in:
            server.login("trial", secrets["TRIAL_MAIL_PASSWORD"])
        server.send_message(message, sender, [received.reply_to])
