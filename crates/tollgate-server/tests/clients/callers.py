"""Callers who sign their requests, in the header and in the query, by botocore."""

import json
import os
import tempfile
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials

import plane

CONFIG = """
[iam_keys.AKIDALICE]
secret = "wonderland"
arn = "arn:aws:iam::123456789012:user/alice"
policies = ["{folder}/alice.json"]

[iam_keys.AKIDMALLORY]
secret = "mallory"
arn = "arn:aws:iam::000000000042:user/mallory"
policies = ["{folder}/alice.json"]
"""

POLICY = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "execute-api:Invoke",
    "Resource": "arn:aws:execute-api:*:*:*/prod/*/pets/*"}]}


def run(server):
    client = server.client()
    api = client.create_rest_api(name="signed")
    id, root = api["id"], api["rootResourceId"]
    for path in ("pets", "admin"):
        parent = client.create_resource(restApiId=id, parentId=root, pathPart=path)["id"]
        child = client.create_resource(restApiId=id, parentId=parent, pathPart="{proxy+}")["id"]
        ids = dict(restApiId=id, resourceId=child, httpMethod="ANY")
        client.put_method(**ids, authorizationType="AWS_IAM")
        client.put_integration(**ids, type="MOCK",
                               requestTemplates={"application/json": '{"statusCode": 200}'})
        client.put_method_response(**ids, statusCode="200")
        client.put_integration_response(**ids, statusCode="200", responseTemplates={
            "application/json": '{"arn": "$context.identity.userArn"}'})
    client.create_deployment(restApiId=id, stageName="prod")

    def call(path, key, secret, verb="GET", body=None, query=False, spoil=lambda request: None):
        base = f"{server.data}/restapis/{id}/prod/_user_request_{path}"
        request = botocore.awsrequest.AWSRequest(verb, base, data=body)
        if key:
            kind = botocore.auth.SigV4QueryAuth if query else botocore.auth.SigV4Auth
            credentials = botocore.credentials.Credentials(key, secret)
            kind(credentials, "execute-api", "us-east-1").add_auth(request)
        spoil(request)
        url = urllib.parse.urlsplit(request.url)
        target = url.path.split("_user_request_", 1)[1] + (f"?{url.query}" if url.query else "")
        status, headers, text = server.call(id, "prod", verb, target, body, dict(request.headers))
        error = {name.lower(): value for name, value in headers.items()}.get("x-amzn-errortype")
        return status, json.loads(text).get("arn"), error

    alice = ("AKIDALICE", "wonderland")
    who = "arn:aws:iam::123456789012:user/alice"
    for query in (False, True):
        assert call("/pets/7?b=2&a=1", *alice, query=query) == (200, who, None)
        assert call("/pets/a%20b/%C3%A4", *alice, query=query) == (200, who, None)
        # What the policy does not allow, and what another account may not.
        status, _, error = call("/admin/7", *alice, query=query)
        assert (status, error) == (403, "AccessDeniedException"), (status, error)
        status, _, error = call("/pets/7", "AKIDMALLORY", "mallory", query=query)
        assert (status, error) == (403, "AccessDeniedException"), (status, error)
        status, _, error = call("/pets/7", "AKIDALICE", "other", query=query)
        assert (status, error) == (403, "InvalidSignatureException"), (status, error)
        status, _, error = call("/pets/7", "AKIDNOBODY", "wonderland", query=query)
        assert (status, error) == (403, "UnrecognizedClientException"), (status, error)

        def other_path(request):
            request.url = request.url.replace("/pets/7", "/pets/8")

        status, _, error = call("/pets/7", *alice, query=query, spoil=other_path)
        assert (status, error) == (403, "InvalidSignatureException"), (status, error)
    assert call("/pets/7", *alice, verb="POST", body=b'{"name": "Rex"}') == (200, who, None)
    status, _, error = call("/pets/7", None, None)
    assert (status, error) == (403, "MissingAuthenticationTokenException"), (status, error)
    print("callers who sign are known, by header and by query")


with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "alice.json"), "w") as out:
        json.dump(POLICY, out)
    with plane.server(config=CONFIG.replace("{folder}", folder)) as server:
        run(server)
