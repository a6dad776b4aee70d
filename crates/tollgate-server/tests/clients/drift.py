"""What was written reads back equal, defaults included: after create, update and re-read.

Each row is one kind of thing: how it is made, read and removed, and what its members are changed to.
"""

import json

import plane

ROLE = "arn:aws:iam::123456789012:role/r"
LAMBDA = ("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
          "arn:aws:lambda:us-east-1:123456789012:function:f/invocations")
POOL = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a"


class Row:
    """One kind of thing, by the names of its operations and of its ids."""

    def __init__(self, create, read, update, delete, of=None, key=None, given=None, changes=()):
        self.create, self.read, self.update, self.delete = create, read, update, delete
        self.of, self.key, self.given, self.changes = of or {}, key or {}, given or {}, changes


def same(expected, found, at):
    """All that was written is there; what is there besides are defaults."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            assert name in found, f"{at}: {name} is gone from {found}"
            same(value, found[name], f"{at}.{name}")
    else:
        assert expected == found, f"{at}: written {expected!r}, read {found!r}"


def plain(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def follow(client, row):
    """Makes, reads, changes, reads and removes one."""
    call = lambda operation, /, **more: plain(getattr(client, operation)(**more))
    made = call(row.create, **row.of, **row.given)
    key = {**row.of, **{argument: made.get(member, row.given.get(member))
                        for argument, member in row.key.items()}}
    read = call(row.read, **key) if row.read else made
    written = {name: value for name, value in row.given.items() if name in made}
    lost = set(row.given) - set(made) - set(row.key) - WRITE_ONLY
    assert not lost, f"{row.create}: {lost} is not shown by {made}"
    same(written, made, row.create)
    unlike = {name for name in {*made, *read} if made.get(name) != read.get(name)} - SHOWN_APART
    assert not unlike, f"{row.read}: {unlike} differ: {made} {read}"
    for path, value, expected in row.changes:
        before = read
        changed = call(row.update, **key, patchOperations=[
            {"op": "replace", "path": path, "value": value}])
        read = call(row.read, **key) if row.read else changed
        same(expected, read, f"{row.update} {path}")
        moved = {name for name in {*before, *read} if before.get(name) != read.get(name)}
        assert moved <= {*expected, "lastUpdatedDate"}, f"{row.update} {path}: {moved} moved too"
        unlike = {name for name in {*changed, *read} if changed.get(name) != read.get(name)}
        assert not unlike - SHOWN_APART, f"{row.update} {path}: {changed} {read}"
        if row.read:
            assert call(row.read, **key) == read
    getattr(client, row.delete)(**key)


# Members that a creation takes and does not show, or shows under another name.
WRITE_ONLY = {"documentationVersion", "integrationHttpMethod", "generateDistinctId", "keyType", "keyId"}
# Members that single answers show and others do not.
SHOWN_APART = {"tags", "value", "status", "statusMessage"}


def trusting(audience):
    """Whose tokens an authorizer takes."""
    claim = {"claimName": "tenant", "format": "SINGLE_STRING", "required": True,
             "expectedValues": ["acme"]}
    issuer = {"issuer": "https://id.example.com", "audiences": [audience],
              "additionalClaims": [claim]}
    return {"issuers": [issuer], "defaultAlgorithms": ["RS256", "ES256"]}


def run(client):
    api = client.create_rest_api(name="drift")
    id, root = api["id"], api["rootResourceId"]
    of = dict(restApiId=id)
    resource = client.create_resource(restApiId=id, parentId=root, pathPart="a")["id"]
    of_method = dict(restApiId=id, resourceId=resource, httpMethod="POST")
    of_get = dict(of_method, httpMethod="GET")
    client.put_method(**of_get, authorizationType="NONE")
    client.put_integration(**of_get, type="MOCK",
                           requestTemplates={"application/json": '{"statusCode": 200}'})
    client.put_method_response(**of_get, statusCode="200")
    validator = client.create_request_validator(restApiId=id, name="v")["id"]
    authorizer = client.create_authorizer(
        restApiId=id, name="z", type="TOKEN", authorizerUri=LAMBDA,
        identitySource="method.request.header.Authorization")["id"]
    for name in ("first", "second"):
        client.create_deployment(restApiId=id, description=name)
    first, second = sorted(one["id"] for one in client.get_deployments(restApiId=id)["items"])
    # While all methods have an integration.
    follow(client, Row(
        "create_deployment", "get_deployment", "update_deployment", "delete_deployment", of=of,
        key={"deploymentId": "id"}, given=dict(description="d"),
        changes=[("/description", "e", {"description": "e"})]))
    client.put_method(**of_method, authorizationType="NONE")
    mapped = client.create_rest_api(name="mapped")["id"]
    client.create_domain_name(domainName="m.example.com")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
         "Resource": f"arn:aws:execute-api:us-east-1:123456789012:{id}/*"}]})

    rows = [
        Row("create_rest_api", "get_rest_api", "update_rest_api", "delete_rest_api",
            key={"restApiId": "id"},
            given=dict(name="a", description="d", version="1", binaryMediaTypes=["image/png"],
                       minimumCompressionSize=0, apiKeySource="AUTHORIZER",
                       endpointConfiguration={"types": ["REGIONAL"], "ipAddressType": "ipv4"},
                       tags={"a": "b"}, disableExecuteApiEndpoint=True,
                       securityPolicy="TLS_1_2", endpointAccessMode="STRICT"),
            changes=[
                ("/name", "b", {"name": "b"}),
                ("/description", "e", {"description": "e"}),
                ("/minimumCompressionSize", "7", {"minimumCompressionSize": 7}),
                ("/apiKeySource", "HEADER", {"apiKeySource": "HEADER"}),
                ("/disableExecuteApiEndpoint", "false", {"disableExecuteApiEndpoint": False}),
                ("/endpointConfiguration/ipAddressType", "dualstack", {"endpointConfiguration": {
                    "types": ["REGIONAL"], "ipAddressType": "dualstack"}}),
                ("/endpointAccessMode", "BASIC", {"endpointAccessMode": "BASIC"}),
                ("/policy", policy, {"policy": policy.replace('"', '\\"').replace("/", "\\/")}),
            ]),
        Row("create_resource", "get_resource", "update_resource", "delete_resource",
            of=of, key={"resourceId": "id"}, given=dict(parentId=root, pathPart="b"),
            changes=[("/pathPart", "c", {"pathPart": "c", "path": "/c"}),
                     ("/parentId", resource, {"parentId": resource, "path": "/a/c"})]),
        Row("put_method", "get_method", "update_method", "delete_method",
            of=dict(restApiId=id, resourceId=resource), key={"httpMethod": "httpMethod"},
            given=dict(httpMethod="PUT", authorizationType="CUSTOM", authorizerId=authorizer,
                       apiKeyRequired=True, operationName="o", requestValidatorId=validator,
                       requestParameters={"method.request.header.a": True},
                       requestModels={"application/json": "Empty"}),
            changes=[
                ("/apiKeyRequired", "false", {"apiKeyRequired": False}),
                ("/operationName", "p", {"operationName": "p"}),
                ("/requestParameters/method.request.header.a", "false",
                 {"requestParameters": {"method.request.header.a": False}}),
                ("/requestModels/application~1json", "Error",
                 {"requestModels": {"application/json": "Error"}}),
            ]),
        Row("put_integration", "get_integration", "update_integration", "delete_integration",
            of=of_method,
            given=dict(type="HTTP", integrationHttpMethod="POST", uri="http://localhost/a",
                       connectionType="INTERNET", credentials=ROLE,
                       requestParameters={"integration.request.header.a": "'b'"},
                       requestTemplates={"application/json": "$input.body"},
                       passthroughBehavior="NEVER", cacheNamespace="n",
                       cacheKeyParameters=["integration.request.header.a"],
                       contentHandling="CONVERT_TO_TEXT", timeoutInMillis=1000,
                       tlsConfig={"insecureSkipVerification": True}),
            changes=[
                ("/uri", "http://localhost/b", {"uri": "http://localhost/b"}),
                ("/httpMethod", "PUT", {"httpMethod": "PUT"}),
                ("/timeoutInMillis", "2000", {"timeoutInMillis": 2000}),
                ("/passthroughBehavior", "WHEN_NO_TEMPLATES",
                 {"passthroughBehavior": "WHEN_NO_TEMPLATES"}),
                ("/contentHandling", "CONVERT_TO_BINARY", {"contentHandling": "CONVERT_TO_BINARY"}),
                ("/cacheNamespace", "m", {"cacheNamespace": "m"}),
                ("/tlsConfig/insecureSkipVerification", "false",
                 {"tlsConfig": {"insecureSkipVerification": False}}),
                ("/requestParameters/integration.request.header.a", "'c'",
                 {"requestParameters": {"integration.request.header.a": "'c'"}}),
            ]),
        Row("put_method_response", "get_method_response", "update_method_response",
            "delete_method_response", of=of_method, key={"statusCode": "statusCode"},
            given=dict(statusCode="404", responseParameters={"method.response.header.a": True},
                       responseModels={"application/json": "Error"}),
            changes=[("/responseModels/application~1json", "Empty",
                      {"responseModels": {"application/json": "Empty"}})]),
        Row("put_integration_response", "get_integration_response",
            "update_integration_response", "delete_integration_response", of=of_get,
            key={"statusCode": "statusCode"},
            given=dict(statusCode="200", selectionPattern="2..", contentHandling="CONVERT_TO_TEXT",
                       responseTemplates={"application/json": "{}"}),
            changes=[("/selectionPattern", "3..", {"selectionPattern": "3.."})]),
        Row("create_model", "get_model", "update_model", "delete_model", of=of,
            key={"modelName": "name"},
            given=dict(name="M", description="d", contentType="application/json",
                       schema='{ "type" : "array", "items": {"type": "string"} }'),
            changes=[("/description", "e", {"description": "e"}),
                     ("/schema", '{"properties": {"a": {}}}',
                      {"schema": '{"properties": {"a": {}}}'})]),
        Row("create_request_validator", "get_request_validator", "update_request_validator",
            "delete_request_validator", of=of, key={"requestValidatorId": "id"},
            given=dict(name="w", validateRequestBody=True, validateRequestParameters=True),
            changes=[("/name", "x", {"name": "x"}),
                     ("/validateRequestBody", "false", {"validateRequestBody": False})]),
        Row("create_authorizer", "get_authorizer", "update_authorizer", "delete_authorizer",
            of=of, key={"authorizerId": "id"},
            given=dict(name="y", type="REQUEST", authType="custom", authorizerUri=LAMBDA,
                       authorizerCredentials=ROLE, identitySource="method.request.header.a",
                       authorizerResultTtlInSeconds=60),
            changes=[("/name", "x", {"name": "x"}),
                     ("/authorizerResultTtlInSeconds", "0", {"authorizerResultTtlInSeconds": 0}),
                     ("/identitySource", "method.request.querystring.b",
                      {"identitySource": "method.request.querystring.b"})]),
        Row("create_authorizer", "get_authorizer", "update_authorizer", "delete_authorizer",
            of=of, key={"authorizerId": "id"},
            given=dict(name="p", type="COGNITO_USER_POOLS", providerARNs=[POOL],
                       identitySource="method.request.header.Authorization")),
        Row("create_authorizer", "get_authorizer", "update_authorizer", "delete_authorizer",
            of=of, key={"authorizerId": "id"},
            given=dict(name="j", type="JWT", identitySource="method.request.header.Authorization",
                       jwtConfiguration=trusting("pets")),
            changes=[("/name", "k", {"name": "k"}),
                     ("/jwtConfiguration", json.dumps(trusting("orders")),
                      {"jwtConfiguration": trusting("orders")})]),
        Row("create_stage", "get_stage", "update_stage", "delete_stage", of=of,
            key={"stageName": "stageName"},
            given=dict(stageName="s", deploymentId=first, description="d",
                       variables={"a": "1"}, cacheClusterEnabled=True, cacheClusterSize="0.5",
                       canarySettings={"percentTraffic": 5.0, "deploymentId": second,
                                       "stageVariableOverrides": {"a": "2"},
                                       "useStageCache": True},
                       tracingEnabled=True, tags={"a": "b"}),
            changes=[
                ("/description", "e", {"description": "e"}),
                ("/deploymentId", second, {"deploymentId": second}),
                ("/variables/a", "3", {"variables": {"a": "3"}}),
                ("/cacheClusterSize", "1.6", {"cacheClusterSize": "1.6"}),
                ("/tracingEnabled", "false", {"tracingEnabled": False}),
                ("/canarySettings/percentTraffic", "7.5", {"canarySettings": {
                    "percentTraffic": 7.5, "deploymentId": second,
                    "stageVariableOverrides": {"a": "2"}, "useStageCache": True}}),
                ("/accessLogSettings/destinationArn",
                 "arn:aws:logs:us-east-1:123456789012:log-group:g",
                 {"accessLogSettings": {
                     "destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:g"}}),
                ("/*/*/throttling/rateLimit", "-1",
                 {"methodSettings": {"*/*": {"throttlingRateLimit": -1.0}}}),
                ("/*/*/throttling/burstLimit", "-1",
                 {"methodSettings": {"*/*": {"throttlingBurstLimit": -1}}}),
                ("/*/*/logging/loglevel", "ERROR",
                 {"methodSettings": {"*/*": {"loggingLevel": "ERROR"}}}),
                ("/a/GET/caching/ttlInSeconds", "5",
                 {"methodSettings": {"a/GET": {"cacheTtlInSeconds": 5}}}),
            ]),
        Row("put_gateway_response", "get_gateway_response", "update_gateway_response",
            "delete_gateway_response", of=of, key={"responseType": "responseType"},
            given=dict(responseType="THROTTLED", statusCode="503",
                       responseParameters={"gatewayresponse.header.a": "'b'"},
                       responseTemplates={"application/json": "{}"}),
            changes=[("/statusCode", "502", {"statusCode": "502"})]),
        Row("create_documentation_part", "get_documentation_part", "update_documentation_part",
            "delete_documentation_part", of=of, key={"documentationPartId": "id"},
            given=dict(location={"type": "METHOD", "path": "/a", "method": "GET"},
                       properties='{ "description":"d" }'),
            changes=[("/properties", "{}", {"properties": "{}"})]),
        Row("create_api_key", "get_api_key", "update_api_key", "delete_api_key",
            key={"apiKey": "id"},
            given=dict(name="k", description="d", enabled=True, value="v" * 20,
                       customerId="c", tags={"a": "b"}),
            changes=[("/name", "l", {"name": "l"}), ("/enabled", "false", {"enabled": False}),
                     ("/customerId", "e", {"customerId": "e"})]),
        Row("create_usage_plan", "get_usage_plan", "update_usage_plan", "delete_usage_plan",
            key={"usagePlanId": "id"},
            given=dict(name="g", description="d", throttle={"burstLimit": 2, "rateLimit": 1.5},
                       quota={"limit": 9, "offset": 1, "period": "WEEK"}, tags={"a": "b"}),
            changes=[("/name", "h", {"name": "h"}),
                     ("/quota/limit", "8", {"quota": {"limit": 8, "offset": 1, "period": "WEEK"}}),
                     ("/throttle/rateLimit", "2.5",
                      {"throttle": {"burstLimit": 2, "rateLimit": 2.5}})]),
        Row("create_domain_name", "get_domain_name", "update_domain_name", "delete_domain_name",
            key={"domainName": "domainName"},
            given=dict(domainName="d.example.com", endpointConfiguration={"types": ["REGIONAL"]},
                       regionalCertificateArn="arn:aws:acm:us-east-1:123456789012:certificate/a",
                       securityPolicy="TLS_1_2", tags={"a": "b"},
                       mutualTlsAuthentication={"truststoreUri": "s3://b/k"}),
            changes=[("/mutualTlsAuthentication/truststoreUri", "s3://b/l",
                      {"mutualTlsAuthentication": {"truststoreUri": "s3://b/l"}})]),
        Row("create_documentation_version", "get_documentation_version",
            "update_documentation_version", "delete_documentation_version", of=of,
            key={"documentationVersion": "version"},
            given=dict(documentationVersion="1", description="d"),
            changes=[("/description", "e", {"description": "e"})]),
        Row("create_base_path_mapping", "get_base_path_mapping", "update_base_path_mapping",
            "delete_base_path_mapping", of=dict(domainName="m.example.com"),
            key={"basePath": "basePath"}, given=dict(basePath="v1", restApiId=id),
            changes=[("/restapiId", mapped, {"restApiId": mapped})]),
        Row("generate_client_certificate", "get_client_certificate", "update_client_certificate",
            "delete_client_certificate", key={"clientCertificateId": "clientCertificateId"},
            given=dict(description="d", tags={"a": "b"}),
            changes=[("/description", "e", {"description": "e"})]),
        Row("create_vpc_link", "get_vpc_link", "update_vpc_link", "delete_vpc_link",
            key={"vpcLinkId": "id"},
            given=dict(name="l", description="d", tags={"a": "b"}, targetArns=[
                "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a/0123"]),
            changes=[("/name", "m", {"name": "m"})]),
    ]
    for row in rows:
        follow(client, row)
    print(f"{len(rows) + 1} kinds of things, {sum(len(row.changes) for row in rows) + 1} changes: "
          "what was written reads back equal")
    client.delete_rest_api(restApiId=id)


with plane.server() as server:
    run(server.client())
