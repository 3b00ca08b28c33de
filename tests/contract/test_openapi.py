"""Everything that the OpenAPI document promises, asked by a program that reads nothing else: valid and invalid requests
of every operation, as everybody who may use it. No 5xx, no answer that differs from its description, nothing invalid
accepted, nothing valid called malformed."""

import http.server
import json
import pathlib
import subprocess
import sys
import threading

import pytest

HERE = pathlib.Path(__file__).resolve().parent
METHODS = {"get", "put", "post", "patch", "delete"}

# These stop the company that everybody else asks for, or have the one who asks change nothing more.
STOP = {
    "POST /api/v1/companies/{id}/suspend",
    "DELETE /api/v1/companies/{id}",
    "POST /api/v1/users/{id}/impersonate",
}
# These end the sign-in or the person that asks, or want what works once: nothing can be asked of them again and again.
ONCE = {
    "POST /api/v1/auth/logout",
    "POST /api/v1/me/leave",
    "DELETE /api/v1/me/sign-ins",
    "DELETE /api/v1/me/sign-ins/{id}",
    "POST /api/v1/auth/local/verify",
    "POST /api/v1/auth/token",
    "POST /api/v1/auth/refresh",
}
# For people only, though they need no permission.
PEOPLE = {
    "PATCH /api/v1/me",
    "GET /api/v1/me/preferences",
    "PUT /api/v1/me/preferences",
    "GET /api/v1/me/sign-ins",
}


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            yield f"{method.upper()} {path}", item[method]


def program(kale, document):
    """What the demo's API key may do."""
    permissions = set(kale.ask("GET", "/api/v1/me", kale.api_key)["permissions"]) | {"public", "signed-in"}
    return {
        name
        for name, said in operations(document)
        if said["x-permission"] in permissions and name not in ONCE | PEOPLE
    }


def subscriber(_, document):
    return {name for name, said in operations(document) if said["x-permission"] == "subscriber"}


def run(document, url, folder, wanted, token):
    """Asks these operations of a document; the exit code and what was printed."""
    described = folder / "openapi.json"
    described.write_text(json.dumps(document), encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", HERE / "schemathesis.toml", "run", described]
    command += ["--url", url, "--seed", "1", "--max-examples", "2", "--no-color"]
    command += ["--header", f"Authorization: Bearer {token}"]
    for name, said in operations(document):
        if name in wanted:
            command += ["--include-operation-id", said["operationId"]]
    finished = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=240, check=False)
    return finished.returncode, finished.stdout + finished.stderr


def holds(kale, folder, wanted, token):
    """Every answer is as described, and every operation answered more than a refusal."""
    document = kale.document()
    code, said = run(document, kale.url, folder, wanted, token)
    assert code == 0, said
    assert f"Tested: {len(wanted)}" in said, said
    # Who is refused everywhere finds nothing.
    assert "only 401/403" not in said, said


def test_a_program_finds_what_is_described(kale, tmp_path):
    holds(kale, tmp_path, program(kale, kale.document()), kale.api_key)


def test_a_person_finds_what_is_described(kale, tmp_path):
    document = kale.document()
    every = {name for name, _ in operations(document)}
    installation = {name for name, said in operations(document) if said["x-permission"] == "installation.manage"}
    rest = every - program(kale, document) - subscriber(kale, document) - installation - ONCE
    assert STOP <= installation
    holds(kale, tmp_path, rest, kale.sign_in("retention_admin"))


def test_the_operator_of_the_installation_finds_what_is_described(kale, tmp_path):
    document = kale.document()
    wanted = {name for name, said in operations(document) if said["x-permission"] == "installation.manage"} - STOP
    token = kale.sign_in("kale_admin")
    holds(kale, tmp_path, wanted, token)
    # The last ones: they end the sign-in, and are refused from then on.
    code, said = run(document, kale.url, tmp_path, ONCE, token)
    assert code == 0 and f"Tested: {len(ONCE)}" in said, said


def test_a_subscriber_finds_what_is_described(kale, tmp_path):
    document = kale.document()
    holds(kale, tmp_path, subscriber(kale, document), kale.subscriber())


def test_an_answer_that_is_not_as_described_is_found(kale, tmp_path):
    document = kale.document()
    answer = document["paths"]["/api/v1/permissions"]["get"]["responses"]["200"]["content"]["application/json"]
    answer["schema"] = {"type": "object", "required": ["planted"]}
    code, said = run(document, kale.url, tmp_path, {"GET /api/v1/permissions"}, kale.api_key)
    assert code != 0 and "Response violates schema" in said, said


def test_an_invalid_request_that_is_accepted_is_found(kale, tmp_path):
    document = kale.document()
    limit = next(one for one in document["paths"]["/api/v1/audit"]["get"]["parameters"] if one["name"] == "limit")
    limit["schema"]["maximum"] = 100
    code, said = run(document, kale.url, tmp_path, {"GET /api/v1/audit"}, kale.api_key)
    assert code != 0 and "Schema-violating request accepted" in said, said


def test_a_valid_request_that_is_called_malformed_is_found(kale, tmp_path):
    document = kale.document()
    limit = next(one for one in document["paths"]["/api/v1/audit"]["get"]["parameters"] if one["name"] == "limit")
    limit["schema"]["maximum"] = 300
    code, said = run(document, kale.url, tmp_path, {"GET /api/v1/audit"}, kale.api_key)
    assert code != 0 and "Schema-valid request rejected" in said, said


class Failing(http.server.BaseHTTPRequestHandler):
    """Answers 500, whatever it is asked."""

    def do_GET(self):
        self.send_response(500)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def failing():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Failing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_server_error_is_found(kale, failing, tmp_path):
    document = kale.document()
    code, said = run(document, failing, tmp_path, {"GET /api/v1/permissions"}, kale.api_key)
    assert code != 0 and "Server error" in said, said
