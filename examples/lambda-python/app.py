"""A Lambda function, as it would be deployed."""

import json
import os


def handler(event, context):
    if "httpMethod" in event:
        # A proxy integration: the event is the whole request, the answer a whole response.
        text = greeting(event["pathParameters"]["name"])
        print(f"greeted for request {event['requestContext']['requestId']}")
        return {
            "statusCode": 200,
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps({"text": text, "function": context.function_name}),
        }
    # A custom integration: the event is what the request template makes.
    return {"text": greeting(event["who"])}


def greeting(name):
    if not name:
        raise ValueError("nobody to greet")
    return f"{os.environ['WORD']}, {name}"
