"""A server with a store of its own, and clients that look at every answer."""

import contextlib
import http.client
import http.server
import json
import os
import re
import signal
import subprocess
import tempfile
import threading

import boto3
import botocore.config

import shapes

TOLLGATE = os.environ["TOLLGATE"]
CONFIG = botocore.config.Config(retries={"total_max_attempts": 1})


class Server:
    """`tollgate serve --data`, on free ports, until the block ends."""

    def __init__(self, folder, config="", arguments=(), environment=None):
        self.folder = folder
        file = os.path.join(folder, "tollgate.toml")
        with open(file, "w") as out:
            out.write(config)
        command = [TOLLGATE, "serve", "--data", os.path.join(folder, "data"), "--config", file]
        command += ["--listen", "127.0.0.1:0", "--no-request-log", *arguments]
        if "--control" not in arguments:
            command += ["--control", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self.data = self.control = None
        while not (self.data and self.control):
            line = self.process.stdout.readline()
            assert line, "the server ended"
            if found := re.search(r"at (http://[^/]+)", line):
                if line.startswith("control plane"):
                    self.control = found[1]
                else:
                    self.data = self.data or found[1]

    def client(self, region="us-east-1", checked=True, **keys):
        """boto3's client, whose answers are held against botocore's service model."""
        session = boto3.session.Session()
        client = session.client(
            "apigateway", endpoint_url=self.control, region_name=region, config=CONFIG, **keys
        )
        if checked:
            shapes.watch(client)
        return client

    def call(self, api, stage, verb, path, body=None, headers=None):
        """A request to a deployed stage: status, headers and body."""
        host = self.data.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=60)
        with contextlib.closing(connection):
            target = f"/restapis/{api}/{stage}/_user_request_{path}"
            connection.request(verb, target, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, "the server did not end well"
        self.process.stdout.close()


@contextlib.contextmanager
def server(**options):
    with tempfile.TemporaryDirectory() as folder:
        running = Server(folder, **options)
        try:
            yield running
        except BaseException:
            running.process.kill()
            running.process.wait()
            raise
        running.stop()


def policy(event):
    """What a Lambda authorizer answers: whoever says `let-me-in` may."""
    effect = "Allow" if event["authorizationToken"] == "let-me-in" else "Deny"
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "ada", "policyDocument": document, "context": {"rank": "first"}}


class Backend(http.server.BaseHTTPRequestHandler):
    """An HTTP endpoint, and AWS Lambda's `Invoke`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer({"path": self.path, "verb": self.command})

    def do_POST(self):
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if re.fullmatch(r"/2015-03-31/functions/[^/]+/invocations", self.path):
            event = json.loads(sent)
            if "authorizationToken" in event:
                return self.answer(policy(event))
            said = json.dumps({"from": "lambda", "path": event["path"]})
            self.answer({"statusCode": 200, "headers": {"x-from": "lambda"}, "body": said})
        else:
            self.answer({"path": self.path, "verb": self.command, "body": sent.decode()})

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def backend():
    """Its address."""
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        running.server_close()


@contextlib.contextmanager
def refused(client, code, text=""):
    """Expects an error of a kind, and a text in its message."""
    try:
        yield
    except client.exceptions.ClientError as error:
        found = error.response["Error"]
        assert found["Code"] == code and text in found["Message"], found
    else:
        raise AssertionError(f"expected {code} {text}")


def replace(**values):
    """Patch operations: `/a/b` is written `a__b`."""
    return [
        {"op": "replace", "path": "/" + path.replace("__", "/"), "value": value}
        for path, value in values.items()
    ]
