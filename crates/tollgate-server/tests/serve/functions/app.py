"""A function behind a proxy integration, for awslambdaric."""

import base64
import json
import os
import time


def handler(event, context):
    what = event["pathParameters"]["what"]
    if what == "tell":
        told = {
            "verb": event["httpMethod"],
            "path": event["path"],
            "stage": event["requestContext"]["stage"],
            "colors": event["multiValueQueryStringParameters"]["color"],
            "body": event["body"],
            "table": os.environ["TABLE"],
            "name": context.function_name,
        }
        return {"statusCode": 201, "headers": {"X-Told": "all"}, "body": json.dumps(told)}
    if what == "turn":
        body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else b"no bytes"
        headers = {"Content-Type": "image/png"}
        body = base64.b64encode(body[::-1]).decode()
        return {"headers": headers, "body": body, "isBase64Encoded": True}
    if what == "malformed":
        return {"statusCode": 200, "cookies": []}
    if what == "exit":
        os._exit(3)
    if what == "hang":
        time.sleep(600)
    raise ValueError("no luck")
