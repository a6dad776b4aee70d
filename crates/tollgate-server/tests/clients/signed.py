"""Signatures: verified where keys are configured."""

import http.client

import plane

CONFIG = """
[control.keys.AKIDALICE]
secret = "wonderland"

[control.keys.AKIDBOB]
secret = "builder"
account_id = "000000000042"
"""


def keys(name, secret):
    return {"aws_access_key_id": name, "aws_secret_access_key": secret}


with plane.server(config=CONFIG) as server:
    alice = server.client(**keys("AKIDALICE", "wonderland"))
    bob = server.client(**keys("AKIDBOB", "builder"))
    made = alice.create_rest_api(name="hers")
    assert [api["name"] for api in alice.get_rest_apis()["items"]] == ["hers"]
    # Another account, and another region, see nothing of it.
    assert bob.get_rest_apis()["items"] == []
    elsewhere = server.client(region="eu-west-1", **keys("AKIDALICE", "wonderland"))
    assert elsewhere.get_rest_apis()["items"] == []
    with plane.refused(bob, "NotFoundException", "000000000042:" + made["id"]):
        bob.get_rest_api(restApiId=made["id"])
    with plane.refused(bob, "NotFoundException"):
        bob.delete_rest_api(restApiId=made["id"])

    for client, code in [
        (server.client(**keys("AKIDALICE", "wrong")), "InvalidSignatureException"),
        (server.client(**keys("AKIDNOBODY", "wonderland")), "UnrecognizedClientException"),
    ]:
        with plane.refused(client, code):
            client.get_rest_apis()


    connection = http.client.HTTPConnection(server.control.removeprefix("http://"))
    connection.request("GET", "/restapis")
    answer = connection.getresponse()
    found = answer.status, answer.getheader("x-amzn-ErrorType")
    assert found == (403, "MissingAuthenticationTokenException"), found
    connection.close()
print("signatures are verified where keys are configured")
