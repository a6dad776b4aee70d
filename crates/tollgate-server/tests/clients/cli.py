"""An API's life, by the AWS CLI."""

import json
import subprocess
import tempfile

import plane


def run(server):
    def aws(command, *arguments, fails=None, **options):
        line = ["aws", "apigateway", command, "--endpoint-url", server.control, "--output", "json"]
        for name, value in options.items():
            value = value if isinstance(value, str) else json.dumps(value)
            line += ["--" + name.replace("_", "-"), value]
        done = subprocess.run([*line, *arguments], capture_output=True, text=True, timeout=120)
        if fails:
            assert done.returncode != 0 and fails in done.stderr, done
            return None
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    api = aws("create-rest-api", name="cli", endpoint_configuration={"types": ["REGIONAL"]})
    id, root = {"rest_api_id": api["id"]}, api["rootResourceId"]
    tea = aws("create-resource", parent_id=root, path_part="tea", **id)
    method = dict(resource_id=tea["id"], http_method="GET", **id)
    aws("put-method", authorization_type="NONE", **method)
    aws("put-integration", type="MOCK",
        request_templates={"application/json": '{"statusCode": 200}'}, **method)
    aws("put-method-response", status_code="200", **method)
    aws("put-integration-response", status_code="200",
        response_templates={"application/json": '{"tea": "$stageVariables.kind"}'}, **method)
    tried = aws("test-invoke-method", path_with_query_string="/tea",
                stage_variables={"kind": "mint"}, **method)
    assert json.loads(tried["body"]) == {"tea": "mint"}, tried
    first = aws("create-deployment", stage_name="prod", variables={"kind": "green"}, **id)

    def served():
        return json.loads(server.call(api["id"], "prod", "GET", "/tea")[2])["tea"]

    assert served() == "green"
    stage = aws("update-stage", stage_name="prod", patch_operations=[
        {"op": "replace", "path": "/variables/kind", "value": "black"},
        {"op": "replace", "path": "/~1tea/GET/logging/loglevel", "value": "INFO"}], **id)
    assert stage["methodSettings"]["~1tea/GET"]["loggingLevel"] == "INFO", stage
    assert served() == "black"
    aws("create-deployment", stage_name="prod", canary_settings={
        "percentTraffic": 100, "stageVariableOverrides": {"kind": "white"}}, **id)
    assert served() == "white"
    aws("update-stage", stage_name="prod", patch_operations=[
        {"op": "remove", "path": "/canarySettings"}], **id)
    assert served() == "black"
    key = aws("create-api-key", "--enabled", name="ada")
    plan = aws("create-usage-plan", name="gold",
               api_stages=[{"apiId": api["id"], "stage": "prod"}])
    aws("create-usage-plan-key", usage_plan_id=plan["id"], key_id=key["id"], key_type="API_KEY")
    pages = aws("get-api-keys", "--include-values", "--page-size", "1")
    assert [one["value"] for one in pages["items"]] == [key["value"]], pages
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        exported = aws("get-export", file.name, stage_name="prod", export_type="oas30",
                       accepts="application/yaml", parameters={"extensions": "integrations"}, **id)
        assert exported["contentDisposition"].endswith(".yaml\""), exported
        again = aws("import-rest-api", body=f"fileb://{file.name}")
    assert again["name"] == "cli"
    aws("update-stage", stage_name="prod", fails="Invalid method setting path: /x", **id,
        patch_operations=[{"op": "replace", "path": "/x", "value": "y"}])
    aws("delete-deployment", deployment_id=first["id"], **id,
        fails="Active stages pointing to this deployment must be moved or deleted")
    for one in (api["id"], again["id"]):
        aws("delete-rest-api", rest_api_id=one)
    aws("get-rest-api", **id, fails="NotFoundException")


with plane.server() as server:
    run(server)
print("the AWS CLI takes an API through its life")
