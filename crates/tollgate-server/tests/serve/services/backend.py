"""AWS services for the tests: moto's server, with what the document of the tests names.

Writes one line of JSON that says where it is and whose keys it knows, and serves until its standard
input is closed. From that line on moto checks signatures and permissions.
"""

import json
import logging
import sys

import boto3
from moto import settings
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"
ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://{host}:{port}"


def client(service):
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="setup",
        aws_secret_access_key="setup",
    )


client("dynamodb").create_table(
    TableName="pets",
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)
queue = client("sqs").create_queue(QueueName="orders")["QueueUrl"]
client("s3").create_bucket(Bucket="pictures", CreateBucketConfiguration={"LocationConstraint": REGION})
topic = client("sns").create_topic(Name="news")["TopicArn"]
client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
client("ssm").put_parameter(Name="color", Value="green", Type="String")

iam = client("iam")
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="gateway", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
iam.put_role_policy(RoleName="gateway", PolicyName="all", PolicyDocument=json.dumps(ALLOW_ALL))
machine = client("stepfunctions").create_state_machine(
    name="greet",
    definition=json.dumps({"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}}),
    roleArn=role,
)["stateMachineArn"]
iam.create_user(UserName="tollgate")
iam.put_user_policy(UserName="tollgate", PolicyName="all", PolicyDocument=json.dumps(ALLOW_ALL))
key = iam.create_access_key(UserName="tollgate")["AccessKey"]

settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
print(
    json.dumps(
        {
            "endpoint": endpoint,
            "access_key_id": key["AccessKeyId"],
            "secret_access_key": key["SecretAccessKey"],
            "queue": queue,
            "topic": topic,
            "machine": machine,
            "role": role,
        }
    ),
    flush=True,
)
sys.stdin.read()
server.stop()
