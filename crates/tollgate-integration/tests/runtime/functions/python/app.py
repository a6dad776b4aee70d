"""What Lambda functions do, for awslambdaric."""

import base64
import os
import socket
import time

handled = 0


def handler(event, context):
    global handled
    handled += 1
    what, argument = event["do"], event.get("with")
    if what == "echo":
        return argument
    if what == "count":
        return {"count": handled, "process": os.getpid()}
    if what == "binary":
        return {"isBase64Encoded": True, "body": base64.b64encode(bytes(range(256))).decode()}
    if what == "tell":
        return {
            "id": context.aws_request_id,
            "name": context.function_name,
            "arn": context.invoked_function_arn,
            "memory": int(context.memory_limit_in_mb),
            "has time": 0 < context.get_remaining_time_in_millis() <= 60_000,
            "client context": context.client_context.custom if context.client_context else None,
            "trace": os.environ.get("_X_AMZN_TRACE_ID"),
        }
    if what == "fail":
        raise ValueError("no luck")
    if what == "exit":
        os._exit(argument)
    if what == "hang":
        time.sleep(600)
    if what == "meet":
        host, port = argument.split(":")
        with socket.create_connection((host, int(port))) as meeting:
            meeting.recv(1)
        return "met"
    if what == "print":
        print("a line of the function")
    return None
