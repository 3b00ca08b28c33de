"""The server under test: one demo in a folder of its own, for the whole run."""

import json
import os
import pathlib
import subprocess
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("KALE_BIN", ROOT / "target/debug/kale")


class Kale:
    """A running demo."""

    def __init__(self, ready):
        self.url = ready["url"]
        self.api_key = ready["api_key"]
        self.mongodb_uri = ready["mongodb_uri"]
        self._links = ready["sign_in"]

    def ask(self, method, path, token=None, body=None):
        """One call of the API; the answer's JSON."""
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def sign_in(self, role):
        """The access token of the demo's person in that role; once, since a link works once."""
        token = self._links[role].rsplit("/", 1)[1]
        return self.ask("POST", "/api/v1/auth/local/verify", body={"token": token})["access_token"]

    def subscriber(self):
        """The token of a subscriber for the demo's live workflow."""
        workflows = self.ask("GET", "/api/v1/workflows?filter%5Bstate%5D=live", self.api_key)
        customers = self.ask("GET", "/api/v1/customers?limit=1", self.api_key)
        wanted = {
            "customer": {"id": customers["data"][0]["id"]},
            "workflow": workflows["data"][0]["id"],
            "trigger": workflows["data"][0]["trigger"],
            "mode": "test",
        }
        return self.ask("POST", "/api/v1/viewer/tokens", self.api_key, wanted)["token"]

    def document(self):
        """Its OpenAPI document."""
        return self.ask("GET", "/openapi.json")


@pytest.fixture(scope="session")
def kale(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kale")
    command = [BINARY, "demo", "--json", "--data-dir", folder / "data", "--listen", "127.0.0.1:0"]
    # The limit of requests has a test of its own.
    environment = os.environ | {"KALE_REQUESTS_PER_SECOND": "1000000"}
    with open(folder / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment, text=True)
        try:
            ready = process.stdout.readline()
            assert ready, (folder / "log").read_text(encoding="utf-8")
            yield Kale(json.loads(ready))
        finally:
            process.terminate()
            process.communicate(timeout=60)
