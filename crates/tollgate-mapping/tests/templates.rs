//! Mapping templates as they were recorded on the service: the data-plane tests of LocalStack that
//! were run against AWS, whose names stand beside the rows.

use std::sync::Arc;

use http::{HeaderValue, Method};
use tollgate_core::{
    ClientRequest, Context, ExtendedRequestId, Moment, PeerCertificate, RequestId, ResourceContext,
    StageContext, StageVariables,
};
use tollgate_mapping::{MappingTemplate, Payload, Rendered, TemplateScope};

fn context() -> Context {
    let stage = StageContext {
        account_id: "123456789012".into(),
        region: "us-east-1".into(),
        api_id: "a1b2c3d4e5".into(),
        deployment_id: "d3p10y".into(),
        stage: "prod".parse().expect("it is a stage name"),
        variables: StageVariables::from_iter([("version", "7"), ("url", "example.com")]),
    };
    let target = "/pets/a%20b?kind=cat&kind=dog"
        .parse()
        .expect("it is a target");
    let mut request = ClientRequest::new(Method::POST, target);
    request
        .headers
        .insert("x-test", HeaderValue::from_static("header"));
    let ids = (RequestId::from_u128(7), ExtendedRequestId::from_bits(0));
    let mut context = Context::new(Arc::new(stage), ids, Moment::default(), request);
    context.identity.source_ip = Some([127, 0, 0, 1].into());
    context.resource = Some(Arc::new(ResourceContext {
        id: "res000".into(),
        path: "/pets/{id}".into(),
    }));
    context
}

fn rendered_in(context: &Context, template: &str, body: &str) -> Rendered {
    let template = MappingTemplate::parse(template).expect("it is a template");
    let payload = Payload::new(body);
    let scope = TemplateScope { context, payload };
    template.render(&scope).expect("it renders")
}

fn rendered(template: &str, body: &str) -> Rendered {
    rendered_in(&context(), template, body)
}

fn text(rendered: &Rendered) -> String {
    String::from_utf8(rendered.text.to_vec()).expect("templates make text")
}

fn render(template: &str, body: &str) -> String {
    text(&rendered(template, body))
}

/// `test_input_body_formatting`
#[test]
fn the_body_is_text() {
    let json = r#"{"some": "value"}"#;
    for (template, body, expected) in [
        ("$input.body", "", "{}"),
        ("$input.body", json, json),
        ("$input.body", "some raw data", "some raw data"),
        ("#set($b = $input.body)$b", "", "{}"),
        (
            "Action=SendMessage&MessageBody=$input.body",
            "",
            "Action=SendMessage&MessageBody={}",
        ),
        ("[$input.body.testAccess]", json, "[]"),
        ("$util.urlEncode($input.body)", "", "%7B%7D"),
        (
            "$util.urlEncode($input.body)",
            json,
            "%7B%22some%22%3A+%22value%22%7D",
        ),
        (
            "$util.urlEncode($input.body)",
            "some raw data",
            "some+raw+data",
        ),
        ("[$util.urlEncode($input.body.testAccess)]", json, "[]"),
    ] {
        assert_eq!(render(template, body), expected, "{template} of {body}");
    }
}

/// `test_input_path_template_formatting`
#[test]
fn values_of_a_path_print_maps_as_java_and_lists_as_json() {
    for (json, expression, expected) in [
        (r#"{"foo":"bar"}"#, "$result", "{foo=bar}"),
        (r#"[{"foo":"bar"}]"#, "$result", r#"[{"foo":"bar"}]"#),
        (r#"{"nested":{"foo":"bar"}}"#, "$result.nested", "{foo=bar}"),
        (
            r#"{"nested":[{"foo":"bar"}]}"#,
            "$result.nested",
            r#"[{"foo":"bar"}]"#,
        ),
        (r#"[{"foo":"bar"}]"#, "$result[0]", "{foo=bar}"),
        (r#"[[{"foo":"bar"}]]"#, "$result[0]", r#"[{"foo":"bar"}]"#),
        (
            r#"{"foo":[{"nested":"bar"}]}"#,
            "$result",
            r#"{foo=[{"nested":"bar"}]}"#,
        ),
        (
            r#"{"bigger":"dict","to":"test","with":"separators"}"#,
            "$result",
            "{bigger=dict, to=test, with=separators}",
        ),
        (r#"{"foo":"bar"}"#, "$result.toString()", "{foo=bar}"),
        (
            r#"{"list":[{"foo":"bar"}]}"#,
            "$result.toString()",
            r#"{list=[{"foo":"bar"}]}"#,
        ),
        ("249.99", "$result", "249.99"),
        ("1", "$result", "1"),
    ] {
        let template = format!("#set($result = $input.path('$.json')){expression}");
        assert_eq!(
            render(&template, &format!(r#"{{"json": {json}}}"#)),
            expected,
            "{json}"
        );
    }
}

/// The null cases of the same test.
#[test]
fn what_is_not_there_is_null_and_empty_at_once() {
    let template = "#set($result = $input.path('$.json'))\
        $result|$result.nested|#if($result == $null)null#end|#if($result == \"\")empty#end";
    for (body, expected) in [
        ("", "||null|empty"),
        (r#"{"json": null}"#, "||null|empty"),
        (r#"{"json": []}"#, "[]|||"),
        ("not json", "||null|empty"),
    ] {
        assert_eq!(render(template, body), expected, "{body}");
    }
}

#[test]
fn json_of_a_path_is_text() {
    let body =
        r#"{"num": 1, "text": "a \"b\"", "list": [1,  {"x": null}], "map": {"b": 1, "a": 2}}"#;
    for (template, expected) in [
        ("$input.json('$.num')", "1"),
        ("$input.json('num')", "1"),
        ("$input.json('$.text')", r#""a \"b\"""#),
        ("$input.json('$.list')", r#"[1,{"x":null}]"#),
        ("$input.json('$.map')", r#"{"b":1,"a":2}"#),
        ("$input.json('$.none')", "\"\""),
        ("$input.json('$.list[5]')", "\"\""),
    ] {
        assert_eq!(render(template, body), expected, "{template}");
    }
    assert_eq!(render("$input.json('$.x')", "not json"), "\"\"");
    assert_eq!(render("$input.json('$')", ""), "{}");
}

/// A user's report: what `$input.path` gives is the document itself.
#[test]
fn changes_of_the_document_are_seen_by_the_next_who_asks() {
    let template = "#set($b = $input.path('$'))#set($b.url = 'x')$input.json('$')";
    assert_eq!(render(template, r#"{"a":1}"#), r#"{"a":1,"url":"x"}"#);
    let template = "#set($l = $input.path('$.l'))#set($x = $l.add(2))$input.json('$.l')";
    assert_eq!(render(template, r#"{"l":[1]}"#), "[1,2]");
}

#[test]
fn parameters_are_found_by_name_and_by_place() {
    for (template, expected) in [
        ("$input.params('kind')", "dog"),
        ("$input.params('x-test')", "header"),
        ("[$input.params('none')]", "[]"),
        ("$input.params().querystring.kind", "dog"),
        ("$input.params().header['x-test']", "header"),
        ("$input.params('querystring')", ""),
        (
            "#foreach($k in $input.params().keySet())$k #end",
            "path querystring header ",
        ),
        (
            "#set($all = $input.params())#foreach($type in $all.keySet())#set($p = $all.get($type))\
             #foreach($name in $p.keySet())$type.$name=$util.escapeJavaScript($p.get($name)) #end#end",
            "querystring.kind=dog header.x-test=header header.X-Forwarded-For=127.0.0.1 \
             header.X-Forwarded-Port=80 header.X-Forwarded-Proto=http \
             header.X-Amzn-Trace-Id=Root=1-00000000-000000000000000000000007 ",
        ),
    ] {
        assert_eq!(render(template, ""), expected, "{template}");
    }
}

#[test]
fn certificates_are_shown_where_there_is_one() {
    for template in [
        "$!context.identity.clientCert.subjectDN",
        "$!context.identity.clientCert",
        "#foreach($k in $context.identity.clientCert.keySet())$k#end",
    ] {
        assert_eq!(render(template, ""), "", "{template}");
    }
    let mut context = context();
    let certificate = PeerCertificate {
        pem: "PEM".into(),
        subject_dn: "CN=client".into(),
        issuer_dn: "CN=issuer".into(),
        serial_number: "1".into(),
        not_before: "May 28 12:30:02 2019 GMT".into(),
        not_after: "Aug  5 09:36:04 2021 GMT".into(),
    };
    context.identity.certificate = Some(Arc::new(certificate));
    for (template, expected) in [
        (
            "#foreach($k in $context.identity.keySet())#if(!$foreach.hasNext)$k#end#end",
            "clientCert",
        ),
        (
            "#set($c = $context.identity.clientCert)#foreach($k in $c.keySet())$k=$c.get($k) #end",
            "clientCertPem=PEM subjectDN=CN=client issuerDN=CN=issuer serialNumber=1 validity= ",
        ),
        (
            "#foreach($d in $context.identity.clientCert.validity.entrySet())$d.key=$d.value #end",
            "notBefore=May 28 12:30:02 2019 GMT notAfter=Aug  5 09:36:04 2021 GMT ",
        ),
        (
            "$context.identity.clientCert.validity.notAfter",
            "Aug  5 09:36:04 2021 GMT",
        ),
        ("[$!context.identity.clientCert.other]", "[]"),
    ] {
        assert_eq!(
            text(&rendered_in(&context, template, "")),
            expected,
            "{template}"
        );
    }
}

/// `test_sqs_amz_json_protocol`
#[test]
fn context_lists_its_keys_and_prints_nothing() {
    let keys = "resourceId,resourcePath,httpMethod,extendedRequestId,requestTime,path,accountId,\
                protocol,requestOverride,stage,domainPrefix,requestTimeEpoch,requestId,identity,\
                domainName,deploymentId,responseOverride,apiId";
    let identity = "cognitoIdentityPoolId,accountId,cognitoIdentityId,caller,sourceIp,\
                    principalOrgId,accessKey,cognitoAuthenticationType,\
                    cognitoAuthenticationProvider,userArn,userAgent,user";
    let listed = |map: &str| {
        let template = format!("#foreach($k in {map}.keySet())$k#if($foreach.hasNext),#end#end");
        render(&template, "")
    };
    assert_eq!(listed("$context"), keys);
    assert_eq!(listed("$context.identity"), identity);
    assert_eq!(
        listed("$context.requestOverride"),
        "path,header,querystring"
    );
    assert_eq!(listed("$context.responseOverride"), "header");
    assert_eq!(listed("$context.authorizer"), "");
    for (template, expected) in [
        (
            "[$context.identity][$context.requestOverride][$context.responseOverride]",
            "[][][]",
        ),
        ("$context.identity.sourceIp", "127.0.0.1"),
        ("[$context.identity.caller]", "[]"),
        (
            "[$context.error.message][$context.authorizer.principalId]",
            "[][]",
        ),
        ("$context.requestId", "00000000-0000-0000-0000-000000000007"),
        ("$context.resourcePath", "/pets/{id}"),
        ("#set($m = $context)$m.stage", "prod"),
    ] {
        assert_eq!(render(template, ""), expected, "{template}");
    }
}

/// `test_apigw_stage_variables`
#[test]
fn stage_variables_are_found_by_name() {
    for (template, expected) in [
        ("$stageVariables.version", "7"),
        ("$stageVariables['version']", "7"),
        ("${stageVariables['version']}", "7"),
        (
            "{\"version\": \"$stageVariables.none\"}",
            "{\"version\": \"\"}",
        ),
        (
            "#foreach($k in $stageVariables.keySet())$k #end",
            "version url ",
        ),
    ] {
        assert_eq!(render(template, ""), expected, "{template}");
    }
}

#[test]
fn util_works_on_text() {
    for (template, expected) in [
        (r#"$util.escapeJavaScript('"a"')"#, r#"\"a\""#),
        ("[$util.escapeJavaScript($none)]", "[]"),
        (
            "#set($o = $util.parseJson('{\"a\":{\"b\":[1,2]}}'))$o.a.b[1] $o.a",
            "2 {b=[1,2]}",
        ),
        ("$util.parseJson('\"x\"')", "x"),
        ("$util.parseJson('true')", "true"),
        (
            "#set($s = $util.base64Encode('hällo'))$s $util.base64Decode($s)",
            "aMOkbGxv hällo",
        ),
        ("$util.urlDecode('a%20b+c')", "a b c"),
        ("[$util.nope('x')]", "[]"),
    ] {
        assert_eq!(render(template, ""), expected, "{template}");
    }
}

/// `test_integration_mock_with_vtl_map_assignation`
#[test]
fn overrides_are_written_in_every_form() {
    for set in [
        "#set($context.requestOverride.querystring.name = 'v')",
        "#set($context.requestOverride.querystring['name'] = 'v')",
        "#set($n = 'name')#set($context.requestOverride.querystring[$n] = 'v')",
        "#set($x = $context.requestOverride.querystring.put('name', 'v'))",
        "#set($context[\"requestOverride\"].querystring[\"name\"] = 'v')",
        "#set($o = $context.requestOverride)#set($o.querystring.name = 'v')",
    ] {
        let rendered = rendered(&format!("{set}ok"), "");
        assert_eq!(rendered.text, "ok", "{set}");
        let overrides = rendered
            .overrides
            .unwrap_or_else(|| panic!("{set} touched them"));
        assert_eq!(
            overrides.request_querystring,
            [("name".into(), "v".into())],
            "{set}"
        );
    }
}

#[test]
fn response_overrides_have_a_status_and_headers_with_several_values() {
    let template = "#set($context.responseOverride.status = 202)\
        #set($context.responseOverride.header.one = 1)\
        #set($context.responseOverride.header.two = ['a', 'b'])";
    let overrides = rendered(template, "").overrides.expect("they were set");
    assert_eq!(
        overrides.response_status.map(|status| status.as_u16()),
        Some(202)
    );
    let headers = [("one", "1"), ("two", "a"), ("two", "b")];
    assert_eq!(
        overrides.response_headers,
        headers.map(|(name, value)| (name.into(), value.into()))
    );
    for status in ["99", "600", "'200'", "2.5", "true"] {
        let template = format!("#set($context.responseOverride.status = {status})");
        let overrides = rendered(&template, "").overrides.expect("it was touched");
        assert_eq!(overrides.response_status, None, "{status}");
    }
    assert!(rendered("$context.stage", "").overrides.is_none());
}

#[test]
fn failures_say_what_went_wrong() {
    for (template, reason) in [
        ("#if($x)", "invalid mapping template"),
        ("$input.json('$.a[name]')", "byte"),
        ("$input.json('$.a.nope()')", "unknown function"),
        ("$util.parseJson('{')", "parseJson"),
        ("$util.base64Decode('%')", "base64Decode"),
        ("$input.body.substring(0, 99)", "unable to transform"),
    ] {
        let failure = MappingTemplate::parse(template).and_then(|template| {
            template.render(&TemplateScope {
                context: &context(),
                payload: Payload::new(r#"{"a":[]}"#),
            })
        });
        let failure = failure.expect_err("it fails").to_string();
        assert!(failure.contains(reason), "{template}: {failure}");
    }
}

#[test]
fn templates_are_trimmed_at_both_ends() {
    assert_eq!(render("\n  $input.body\n\n", "x"), "x");
}
