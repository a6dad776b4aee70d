"""An API's life, by boto3, with requests to what is deployed in between."""

import datetime
import json

import plane

PETS = '{"$schema":"http://json-schema.org/draft-04/schema#","type":"object","properties":{"name":{"type":"string"}},"required":["name"]}'


def run(server, backend):
    client = server.client()
    api = client.create_rest_api(name="pets", description="all of them", tags={"team": "zoo"})
    assert api["tags"] == {"team": "zoo"}
    id, root = api["id"], api["rootResourceId"]
    assert client.get_rest_api(restApiId=id)["name"] == "pets"
    assert id in [one["id"] for one in client.get_rest_apis()["items"]]

    def resource(parent, part):
        made = client.create_resource(restApiId=id, parentId=parent, pathPart=part)
        return made["id"]

    def ids(resource, verb):
        return dict(restApiId=id, resourceId=resource, httpMethod=verb)

    pets = resource(root, "pets")
    pet = resource(pets, "{id}")
    echo = resource(root, "echo")
    function = resource(root, "function")
    spare = resource(root, "spare")
    read = client.get_resource(restApiId=id, resourceId=pet)
    assert read["path"] == "/pets/{id}", read
    moved = client.update_resource(
        restApiId=id, resourceId=spare, patchOperations=plane.replace(pathPart="other")
    )
    assert moved["path"] == "/other", moved

    # A model and a validator guard what is posted.
    client.create_model(restApiId=id, name="Pet", contentType="application/json", schema=PETS)
    assert client.get_model(restApiId=id, modelName="Pet")["schema"] == PETS
    client.get_model(restApiId=id, modelName="Pet", flatten=True)
    client.update_model(
        restApiId=id, modelName="Pet", patchOperations=plane.replace(description="a pet")
    )
    assert {one["name"] for one in client.get_models(restApiId=id)["items"]} == {
        "Empty", "Error", "Pet"}
    validator = client.create_request_validator(
        restApiId=id, name="all", validateRequestBody=True)["id"]
    client.update_request_validator(
        restApiId=id, requestValidatorId=validator,
        patchOperations=plane.replace(validateRequestParameters="true"))
    read = client.get_request_validator(restApiId=id, requestValidatorId=validator)
    assert read["validateRequestParameters"] and read["validateRequestBody"], read
    assert len(client.get_request_validators(restApiId=id)["items"]) == 1

    # MOCK, with mapping templates both ways.
    client.put_method(**ids(pet, "GET"), authorizationType="NONE",
                      requestParameters={"method.request.path.id": True})
    client.put_integration(
        **ids(pet, "GET"), type="MOCK",
        requestTemplates={"application/json": '{"statusCode": 200}'})
    client.put_method_response(
        **ids(pet, "GET"), statusCode="200",
        responseParameters={"method.response.header.x-stage": False},
        responseModels={"application/json": "Pet"})
    client.put_integration_response(
        **ids(pet, "GET"), statusCode="200",
        responseParameters={"method.response.header.x-stage": "stageVariables.name"},
        responseTemplates={"application/json": '{"id": "$input.params(\'id\')", "v": 1}'})
    client.get_method_response(**ids(pet, "GET"), statusCode="200")
    client.get_integration_response(**ids(pet, "GET"), statusCode="200")

    # HTTP_PROXY.
    client.put_method(**ids(pets, "POST"), authorizationType="NONE", apiKeyRequired=False)
    client.update_method(**ids(pets, "POST"), patchOperations=[
        {"op": "replace", "path": "/requestValidatorId", "value": validator},
        {"op": "add", "path": "/requestModels/application~1json", "value": "Pet"},
        {"op": "replace", "path": "/operationName", "value": "PostPet"}])
    method = client.get_method(**ids(pets, "POST"))
    assert method["requestModels"] == {"application/json": "Pet"}, method
    client.put_integration(**ids(pets, "POST"), type="HTTP_PROXY",
                           integrationHttpMethod="POST", uri=backend + "/pets")
    client.put_method(**ids(echo, "GET"), authorizationType="NONE", apiKeyRequired=True)
    client.put_integration(**ids(echo, "GET"), type="HTTP_PROXY",
                           integrationHttpMethod="GET", uri=backend + "/wrong")
    changed = client.update_integration(
        **ids(echo, "GET"), patchOperations=plane.replace(uri=backend + "/echo"))
    assert changed["uri"] == backend + "/echo"
    assert client.get_integration(**ids(echo, "GET"))["timeoutInMillis"] == 29000

    # Lambda, behind a Lambda authorizer.
    def uri(name):
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
        return ("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
                f"{arn}/invocations")

    authorizer = client.create_authorizer(
        restApiId=id, name="who", type="TOKEN", authorizerUri=uri("who"),
        identitySource="method.request.header.Authorization")["id"]
    client.put_method(**ids(function, "ANY"), authorizationType="CUSTOM", authorizerId=authorizer)
    client.put_integration(**ids(function, "ANY"), type="AWS_PROXY", integrationHttpMethod="POST",
                           uri=uri("pets"))

    # Undeployed, it can be tried all the same.
    tried = client.test_invoke_method(**ids(pet, "GET"), pathWithQueryString="/pets/7",
                                      stageVariables={"name": "test"})
    assert tried["status"] == 200 and json.loads(tried["body"])["id"] == "7", tried
    assert "Successfully completed execution" in tried["log"], tried["log"]
    assert tried["headers"]["x-stage"] == "test", tried

    first = client.create_deployment(
        restApiId=id, stageName="prod", description="the first", stageDescription="for all",
        variables={"name": "prod"})["id"]
    status, headers, body = server.call(id, "prod", "GET", "/pets/7")
    assert (status, json.loads(body), headers["x-stage"]) == (200, {"id": "7", "v": 1}, "prod")
    status, _, body = server.call(id, "prod", "POST", "/pets", '{"name": "Rex"}',
                                  {"Content-Type": "application/json"})
    assert (status, json.loads(body)["body"]) == (200, '{"name": "Rex"}'), body
    status, _, body = server.call(id, "prod", "POST", "/pets", "{}",
                                  {"Content-Type": "application/json"})
    assert (status, json.loads(body)) == (400, {"message": "Invalid request body"}), body
    for token, expected in ((None, 401), ("nobody", 403), ("let-me-in", 200)):
        headers = {"Authorization": token} if token else {}
        status, _, body = server.call(id, "prod", "GET", "/function", headers=headers)
        assert status == expected, (token, status, body)
    assert json.loads(body)["from"] == "lambda", body
    client.flush_stage_authorizers_cache(restApiId=id, stageName="prod")

    # A stage variable, and settings of a method, take effect at once.
    client.update_stage(restApiId=id, stageName="prod", patchOperations=[
        {"op": "replace", "path": "/variables/name", "value": "changed"},
        {"op": "replace", "path": "/*/*/throttling/rateLimit", "value": "1000"},
        {"op": "replace", "path": "/*/*/throttling/burstLimit", "value": "500"}])
    assert server.call(id, "prod", "GET", "/pets/7")[1]["x-stage"] == "changed"
    stage = client.get_stage(restApiId=id, stageName="prod")
    assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == 1000.0, stage
    assert stage["deploymentId"] == first

    # An edit of the draft does not, before it is deployed: here as a canary, to 30 of 100.
    client.update_integration_response(
        **ids(pet, "GET"), statusCode="200",
        patchOperations=[{
            "op": "replace", "path": "/responseTemplates/application~1json",
            "value": '{"id": "$input.params(\'id\')", "v": 2}'}])
    assert version(server, id) == 1
    second = client.create_deployment(
        restApiId=id, stageName="prod",
        canarySettings={"percentTraffic": 30.0, "stageVariableOverrides": {"name": "canary"}})["id"]
    found = [version(server, id) for _ in range(300)]
    assert 45 <= found.count(2) <= 140, found.count(2)
    assert client.get_stage(restApiId=id, stageName="prod")["deploymentId"] == first

    # Promoted, and rolled back.
    client.update_stage(restApiId=id, stageName="prod", patchOperations=[
        {"op": "replace", "path": "/canarySettings/percentTraffic", "value": "0.0"},
        {"op": "copy", "path": "/variables", "from": "/canarySettings/stageVariableOverrides"},
        {"op": "copy", "path": "/deploymentId", "from": "/canarySettings/deploymentId"}])
    client.update_stage(restApiId=id, stageName="prod", patchOperations=[
        {"op": "remove", "path": "/canarySettings"}])
    assert {version(server, id) for _ in range(50)} == {2}
    assert server.call(id, "prod", "GET", "/pets/7")[1]["x-stage"] == "canary"
    client.update_stage(restApiId=id, stageName="prod",
                        patchOperations=plane.replace(deploymentId=first))
    assert {version(server, id) for _ in range(50)} == {1}
    client.update_stage(restApiId=id, stageName="prod",
                        patchOperations=plane.replace(deploymentId=second))
    with plane.refused(client, "BadRequestException", "Active stages pointing to this deployment"):
        client.delete_deployment(restApiId=id, deploymentId=second)
    read = client.get_deployment(restApiId=id, deploymentId=second, embed=["apisummary"])
    assert read["apiSummary"]["/pets/{id}"]["GET"]["authorizationType"] == "NONE", read
    client.update_deployment(restApiId=id, deploymentId=first,
                             patchOperations=plane.replace(description="old"))
    assert len(client.get_deployments(restApiId=id)["items"]) == 2
    client.delete_deployment(restApiId=id, deploymentId=first)
    keys_and_plans(server, client, id)

    # Out as a document, and in again.
    client.create_stage(restApiId=id, stageName="beta", deploymentId=second,
                        variables={"name": "beta"}, tags={"kind": "test"})
    assert len(client.get_stages(restApiId=id)["item"]) == 2
    for kind in ("oas30", "swagger"):
        for accepts in ("application/json", "application/yaml"):
            exported = client.get_export(
                restApiId=id, stageName="beta", exportType=kind, accepts=accepts,
                parameters={"extensions": "apigateway"})
            document = exported["body"].read()
            assert exported["contentType"] == "application/octet-stream", exported
            again = client.import_rest_api(body=document)
            put_back = client.put_rest_api(
                restApiId=again["id"], mode="overwrite", body=document)
            assert put_back["id"] == again["id"]
            client.create_deployment(restApiId=again["id"], stageName="copy",
                                     variables={"name": "copy"})
            assert server.call(again["id"], "copy", "GET", "/pets/7")[1]["x-stage"] == "copy"
            client.delete_rest_api(restApiId=again["id"])

    # All of it goes.
    client.delete_stage(restApiId=id, stageName="beta")
    client.delete_integration_response(**ids(pet, "GET"), statusCode="200")
    changed = client.update_method_response(
        **ids(pet, "GET"), statusCode="200",
        patchOperations=[{"op": "remove", "path": "/responseModels/application~1json"}])
    assert "responseModels" not in changed, changed
    client.delete_method_response(**ids(pet, "GET"), statusCode="200")
    client.delete_integration(**ids(pet, "GET"))
    client.delete_method(**ids(pet, "GET"))
    client.delete_method(**ids(pets, "POST"))
    client.delete_model(restApiId=id, modelName="Pet")
    client.delete_request_validator(restApiId=id, requestValidatorId=validator)
    client.delete_resource(restApiId=id, resourceId=pets)
    left = {one["path"] for one in client.get_resources(restApiId=id)["items"]}
    assert left == {"/", "/echo", "/function", "/other"}, left
    client.delete_rest_api(restApiId=id)
    with plane.refused(client, "NotFoundException", id):
        client.get_rest_api(restApiId=id)
    assert server.call(id, "prod", "GET", "/pets/7")[0] == 403


def version(server, id):
    status, _, body = server.call(id, "prod", "GET", "/pets/7")
    assert status == 200, body
    return json.loads(body)["v"]


def keys_and_plans(server, client, id):
    """A usage plan lets a key in, counts, and refuses past its quota."""

    def called(value):
        headers = {"x-api-key": value} if value else {}
        return server.call(id, "prod", "GET", "/echo", headers=headers)[0]

    key = client.create_api_key(name="ada", enabled=True)
    assert len(key["value"]) == 40
    assert called(key["value"]) == called(None) == 403
    plan = client.create_usage_plan(
        name="gold", apiStages=[{"apiId": id, "stage": "prod"}],
        quota={"limit": 3, "period": "DAY"}, throttle={"rateLimit": 100.0, "burstLimit": 100})["id"]
    client.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    assert [called(key["value"]) for _ in range(4)] == [200, 200, 200, 429]

    today = datetime.datetime.now(datetime.timezone.utc).date()
    days = dict(startDate=str(today - datetime.timedelta(days=1)), endDate=str(today))
    usage = client.get_usage(usagePlanId=plan, **days)
    assert usage["items"][key["id"]][-1] == [3, 0], usage
    client.update_usage(usagePlanId=plan, keyId=key["id"],
                        patchOperations=plane.replace(remaining="1"))
    assert [called(key["value"]) for _ in range(2)] == [200, 429]
    client.update_api_key(apiKey=key["id"], patchOperations=plane.replace(enabled="false"))
    assert called(key["value"]) == 403
    assert "value" not in client.get_api_key(apiKey=key["id"])
    assert client.get_api_key(apiKey=key["id"], includeValue=True)["value"] == key["value"]
    assert client.get_usage_plan_key(usagePlanId=plan, keyId=key["id"])["name"] == "ada"
    assert len(client.get_usage_plan_keys(usagePlanId=plan)["items"]) == 1
    assert [one["id"] for one in client.get_usage_plans(keyId=key["id"])["items"]] == [plan]
    assert client.get_api_keys(nameQuery="ad")["items"][0]["id"] == key["id"]
    client.delete_usage_plan_key(usagePlanId=plan, keyId=key["id"])
    client.update_usage_plan(usagePlanId=plan, patchOperations=[
        {"op": "remove", "path": "/apiStages", "value": f"{id}:prod"}])
    assert client.get_usage_plan(usagePlanId=plan)["apiStages"] == []
    client.delete_usage_plan(usagePlanId=plan)
    client.delete_api_key(apiKey=key["id"])
