"""Signed requests by botocore against a server that verifies them.

    botocore_client.py HOST:PORT

The server answers 200 with the request's method, target and body, or 403. Exits 1 if any answer is
not the expected one.
"""

import http.client
import json
import sys

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ADDRESS = sys.argv[1]
ALICE = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
WRONG = Credentials("AKIDEXAMPLE", "not/the/secret")
UNKNOWN = Credentials("AKIDUNKNOWN", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SESSION = Credentials("ASIAEXAMPLE", "sessionSecretEXAMPLE", "to/ken+EXAMPLE==")
WRONG_SESSION = Credentials("ASIAEXAMPLE", "sessionSecretEXAMPLE", "another/token==")

JSON = {"Content-Type": "application/json"}
DOCUMENT = json.dumps({"name": "Rex", "note": "\u1234"})


def header(credentials):
    return SigV4Auth(credentials, "execute-api", "us-east-1")


def query(credentials):
    return SigV4QueryAuth(credentials, "execute-api", "us-east-1", expires=60)


# name, signer, method, target, headers, body, expected status
CASES = [
    ("plain", header(ALICE), "GET", "/prod/pets", {}, "", 200),
    ("root", header(ALICE), "GET", "/", {}, "", 200),
    ("query", header(ALICE), "GET", "/prod/pets?b=2&a=1&A=3&a-b=4", {}, "", 200),
    ("encoded query", header(ALICE), "GET", "/prod/pets?q=a%20b%26c%3Dd%2Fe~f&%C3%A9=%E1%88%B4", {}, "", 200),
    ("repeated keys", header(ALICE), "GET", "/prod/pets?a=2&a=1&b=&a=10", {}, "", 200),
    ("no value", header(ALICE), "GET", "/prod/pets?flag", {}, "", 200),
    ("UTF-8 path", header(ALICE), "GET", "/prod/%E1%88%B4/%C3%A9", {}, "", 200),
    ("encoded slash", header(ALICE), "GET", "/prod/a%2Fb", {}, "", 200),
    ("encoded blank", header(ALICE), "GET", "/prod/a%20b", {}, "", 200),
    ("reserved characters", header(ALICE), "GET", "/prod/@connections/a=b:c,d;e+f!", {}, "", 200),
    ("trailing slash", header(ALICE), "GET", "/prod/pets/", {}, "", 200),
    ("two slashes", header(ALICE), "GET", "/prod//pets", {}, "", 200),
    ("JSON body", header(ALICE), "POST", "/prod/pets", JSON, DOCUMENT, 200),
    ("blanks in a header", header(ALICE), "GET", "/prod/pets", {"X-Note": "a   b  c"}, "", 200),
    ("session", header(SESSION), "GET", "/prod/pets?a=1", {}, "", 200),
    ("presigned", query(ALICE), "GET", "/prod/pets?b=2&a=1%202", {}, "", 200),
    ("presigned UTF-8 path", query(ALICE), "GET", "/prod/%E1%88%B4/a%2Fb", {}, "", 200),
    ("presigned session", query(SESSION), "GET", "/prod/pets", {}, "", 200),
    ("wrong secret", header(WRONG), "GET", "/prod/pets", {}, "", 403),
    ("unknown key", header(UNKNOWN), "GET", "/prod/pets", {}, "", 403),
    ("wrong session", header(WRONG_SESSION), "GET", "/prod/pets", {}, "", 403),
    ("presigned wrong secret", query(WRONG), "GET", "/prod/pets", {}, "", 403),
]


def send(signer, method, target, headers, body):
    """The status and the body of the answer, and what the body should be."""
    url = f"http://{ADDRESS}{target}"
    request = AWSRequest(method=method, url=url, headers=headers, data=body.encode())
    signer.add_auth(request)
    signed = request.prepare()
    target = signed.url.removeprefix(f"http://{ADDRESS}")
    connection = http.client.HTTPConnection(ADDRESS, timeout=10)
    connection.request(method, target, body.encode() or None, dict(signed.headers))
    response = connection.getresponse()
    return response.status, response.read().decode(), f"{method} {target}\n{body}"


failed = 0
for name, signer, *request, expected in CASES:
    status, answer, echo = send(signer, *request)
    if status != expected or (status == 200 and answer != echo):
        failed += 1
        print(f"{name}: {status} instead of {expected}: {answer}")
print(f"{len(CASES) - failed} of {len(CASES)} requests by botocore answered as expected")
sys.exit(1 if failed else 0)
