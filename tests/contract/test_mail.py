"""Mails reach people through a real mail server, once, and nobody learns from them who has an account."""

import contextlib
import email
import email.policy
import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from aiosmtpd.controller import Controller

from conftest import BINARY

ADA = "ada@globex.example"


class Mailbox:
    """What a mail server took, and what it answers."""

    def __init__(self):
        self.letters = []
        self.answer = "250 taken"

    async def handle_DATA(self, server, session, envelope):
        if self.answer.startswith("250"):
            letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.letters.append((envelope.rcpt_tos, letter))
        return self.answer

    def wait(self, count):
        until = time.monotonic() + 60
        while len(self.letters) < count and time.monotonic() < until:
            time.sleep(0.05)
        assert len(self.letters) == count, [to for to, _ in self.letters]
        return self.letters[-1][1]


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server with a database of its own beside the demo's, and a mail server."""

    def __init__(self, folder, mongodb_uri):
        self.smtp_port, self.port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        address, options = mongodb_uri.split("/?")
        self.environment = os.environ | {
            "KALE_MONGODB_URI": f"{address}/mail_of_contract?{options}",
            "KALE_DATA_DIR": str(folder / "data"),
            "KALE_LISTEN": f"127.0.0.1:{self.port}",
            # The same address asks again and again.
            "KALE_REQUESTS_PER_SECOND": "1000000",
            "KALE_SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "KALE_MAIL_FROM": "Kale <kale@globex.example>",
        }
        self.mailbox = Mailbox()
        self.smtp = None

    def take_mail(self):
        self.smtp = Controller(self.mailbox, hostname="127.0.0.1", port=self.smtp_port)
        self.smtp.start()

    def take_no_mail(self):
        self.smtp.stop()

    def admin(self, *arguments):
        command = [BINARY, "admin", *arguments]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=True, timeout=120
        ).stdout

    def ask(self, method, path, body=None, token=None):
        """Status and answer."""
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or "null")


@pytest.fixture(scope="module")
def server(kale, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mail")
    server = Server(folder, kale.mongodb_uri)
    made = server.admin("create-company", "--name=Globex", "--slug=globex", f"--email={ADA}", "--person=Ada Okafor")
    server.take_mail()
    with open(folder / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen([BINARY, "all"], env=server.environment, stdout=log, stderr=log)
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    urllib.request.urlopen(f"{server.url}/readyz", timeout=5).close()
                    break
                except OSError:
                    assert time.monotonic() < until, (folder / "log").read_text(encoding="utf-8")
                    time.sleep(0.1)
            status, signed_in = server.ask("POST", "/auth/local/verify", {"token": token_of(made)})
            assert status == 200, signed_in
            server.token = signed_in["access_token"]
            server.log = folder / "log"
            yield server
        finally:
            process.terminate()
            process.wait(timeout=60)
            with contextlib.suppress(RuntimeError, AssertionError):
                server.smtp.stop()


def token_of(text):
    """The token at the end of the one link of a text."""
    links = set(re.findall(r"https?://\S+/sign-in/(?:link|invitation)/([\w-]+)", text))
    assert len(links) == 1, text
    return links.pop()


def parts(letter):
    return {part.get_content_type(): part.get_content() for part in letter.walk() if not part.is_multipart()}


def test_a_sign_in_link_comes_by_mail_and_works_for_who_asked(server):
    before = len(server.mailbox.letters)
    status, asked = server.ask("POST", "/auth/local/link", {"email": ADA})
    letter = server.mailbox.wait(before + 1)

    assert status == 202, asked
    assert server.mailbox.letters[-1][0] == [ADA]
    assert letter["from"] == "Kale <kale@globex.example>" and letter["message-id"]
    both = parts(letter)
    assert set(both) == {"text/plain", "text/html"}
    token = token_of(both["text/plain"])
    assert token in both["text/html"]
    elsewhere = server.ask("POST", "/auth/local/verify", {"token": token})
    assert elsewhere[1]["code"] == "sign-in-link-other-browser", elsewhere
    used = {"token": token, "nonce": asked["nonce"]}
    assert server.ask("POST", "/auth/local/verify", used)[0] == 200
    assert server.ask("POST", "/auth/local/verify", used)[0] == 401


def test_an_unknown_address_is_answered_alike_and_gets_no_mail(server):
    before = len(server.mailbox.letters)
    unknown = server.ask("POST", "/auth/local/link", {"email": "nobody@globex.example"})
    known = server.ask("POST", "/auth/local/link", {"email": ADA})
    server.mailbox.wait(before + 1)

    assert unknown[0] == known[0] == 202
    assert unknown[1].keys() == known[1].keys()
    assert [to for to, _ in server.mailbox.letters[before:]] == [[ADA]]


def test_an_invitation_comes_by_mail_and_lets_in(server):
    before = len(server.mailbox.letters)
    wish = {"email": "nora@globex.example", "name": "Nora Voss", "role": "retention_expert"}
    status, invited = server.ask("POST", "/users", wish, server.token)
    letter = server.mailbox.wait(before + 1)

    assert status == 201, invited
    text = parts(letter)["text/plain"]
    assert "Ada Okafor" in text and "Globex" in text, text
    status, joined = server.ask("POST", f"/invitations/{token_of(text)}/accept", {})
    assert status == 200 and joined["user"]["status"] == "active", joined


def test_a_mail_waits_for_a_server_that_is_away_and_then_comes_once(server):
    before = len(server.mailbox.letters)
    server.take_no_mail()
    assert server.ask("POST", "/auth/local/link", {"email": ADA})[0] == 202
    time.sleep(3)
    assert len(server.mailbox.letters) == before
    server.take_mail()
    server.mailbox.wait(before + 1)
    time.sleep(2)
    assert len(server.mailbox.letters) == before + 1


def test_a_refused_mail_is_given_up_and_says_no_address(server):
    server.mailbox.answer = "550 no such user omar@globex.example"
    try:
        wish = {"email": "omar@globex.example", "name": "Omar", "role": "retention_expert"}
        assert server.ask("POST", "/users", wish, server.token)[0] == 201
        until = time.monotonic() + 60
        dead = []
        while not dead and time.monotonic() < until:
            found = server.ask("GET", "/jobs?filter%5Bkind%5D=mail&filter%5Bstate%5D=dead", token=server.token)
            dead = found[1]["data"]
            time.sleep(0.1)
    finally:
        server.mailbox.answer = "250 taken"
    assert len(dead) == 1 and "550" in dead[0]["last_error"], dead
    assert "omar" not in json.dumps(dead)
    printed = server.admin("invitation-link", "--company=globex", "--email=omar@globex.example")
    assert server.ask("POST", f"/invitations/{token_of(printed)}/accept", {})[0] == 200


def test_the_log_holds_no_address_and_no_link(server):
    said = server.log.read_text(encoding="utf-8").splitlines()
    # On the console alone, beside the log, a server without a Kale admin prints the link that makes one.
    log = "\n".join(line for line in said if line.startswith("{"))
    assert "ready" in log
    assert "globex.example" not in log.replace("kale@globex.example", "") and "/sign-in/" not in log
