"""Answers, held against botocore's service model: which members there are, and of which types."""

import json
import numbers

# Operations that were called and answered, by name.
called = set()

# Operations of grade C: nobody must call them.
RARE = {
    "GetModelTemplate",
    "CreateDomainNameAccessAssociation",
    "GetDomainNameAccessAssociations",
    "DeleteDomainNameAccessAssociation",
    "RejectDomainNameAccessAssociation",
    *(f"{verb}VpcLink" for verb in ("Create", "Get", "Update", "Delete")),
    "GetVpcLinks",
    "GenerateClientCertificate",
    *(f"{verb}ClientCertificate" for verb in ("Get", "Update", "Delete")),
    "GetClientCertificates",
}


def watch(client):
    """Looks at every answer of a client."""
    model = client.meta.service_model
    client.meta.events.register(
        "before-parse.apigateway",
        lambda operation_model, response_dict, **_: look(operation_model, response_dict),
    )
    return model


def look(operation, response):
    status, body = response["status_code"], response["body"]
    if status >= 300:
        return
    called.add(operation.name)
    shape = operation.output_shape
    expected = operation.http.get("responseCode", 200)
    assert status == expected, f"{operation.name}: status {status}, the model has {expected}"
    if shape is None or not shape.members:
        assert not body, f"{operation.name}: a body where none is expected: {body!r}"
        return
    if "payload" in shape.serialization:
        return
    value = json.loads(body) if body else {}
    check(value, shape, operation.name)


def check(value, shape, at):
    kind = shape.type_name
    if kind == "structure":
        expect(value, dict, at)
        names = {member.serialization.get("name", name): (name, member)
                 for name, member in shape.members.items()}
        for name, one in value.items():
            assert name in names, f"{at}: no member {name}"
            assert one is not None, f"{at}.{name} is null"
            check(one, names[name][1], f"{at}.{name}")
    elif kind == "list":
        expect(value, list, at)
        for place, one in enumerate(value):
            check(one, shape.member, f"{at}[{place}]")
    elif kind == "map":
        expect(value, dict, at)
        for key, one in value.items():
            # A template without text is null (recorded).
            if one is not None:
                check(one, shape.value, f"{at}.{key}")
    elif kind == "string":
        expect(value, str, at)
        assert not shape.enum or value in shape.enum, f"{at}: {value!r} is none of {shape.enum}"
    elif kind == "boolean":
        expect(value, bool, at)
    elif kind in ("integer", "long"):
        assert isinstance(value, int) and not isinstance(value, bool), f"{at}: {value!r}"
    elif kind in ("double", "float", "timestamp"):
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        assert is_number, f"{at}: {value!r} is no number"
    elif kind != "blob":
        raise AssertionError(f"{at}: a {kind}")


def expect(value, kind, at):
    assert isinstance(value, kind), f"{at}: {value!r} is no {kind.__name__}"


def assert_all_called(client, but=()):
    """All operations that matter were called."""
    all_there_are = set(client.meta.service_model.operation_names)
    missing = all_there_are - called - RARE - set(but)
    assert not missing, f"never answered: {sorted(missing)}"
    print(f"{len(called)} of {len(all_there_are)} operations answered as the service model says")
