#!/usr/bin/env python3
"""Requests and their signatures by botocore, for the tests of our own. See README.md."""

import datetime
import json
import pathlib
from unittest import mock

from botocore import __version__, auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

OUT = pathlib.Path(__file__).parent.parent.parent / "src/providers/aws/sigv4_vectors.json"
NOW = datetime.datetime(2026, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)
KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
JSON = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.CreateQueue"}

CASES = [
    ("post form", "ec2", "POST", "https://ec2.eu-central-1.amazonaws.com/", FORM, "Action=DescribeVpcs&Version=2016-11-15"),
    ("post json", "sqs", "POST", "https://sqs.us-east-1.amazonaws.com/", JSON, '{"QueueName":"a"}'),
    ("port", "ec2", "POST", "http://127.0.0.1:5000/", FORM, "Action=DescribeVpcs"),
    ("standard port", "ec2", "GET", "https://ec2.eu-central-1.amazonaws.com:443/", {}, ""),
    ("no path", "ec2", "GET", "https://ec2.eu-central-1.amazonaws.com", {}, ""),
    ("query in disorder", "ec2", "GET", "https://example.amazonaws.com/?b=2&a=1&B=0&a=0&c", {}, ""),
    ("query of spaces and signs", "ec2", "GET", "https://example.amazonaws.com/?a%20b=c%2Bd%2F%3D&e=%7E-_.", {}, ""),
    ("unicode in the query", "ec2", "GET", "https://example.amazonaws.com/?%C3%A4=%E2%82%AC", {}, ""),
    ("path of segments", "lambda", "GET", "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/a:b", {}, ""),
    ("encoded path", "lambda", "GET", "https://lambda.us-east-1.amazonaws.com/a%20b/%2Fc/%C3%A4", {}, ""),
    ("dots and slashes", "lambda", "GET", "https://lambda.us-east-1.amazonaws.com/a/./b/../c//d/", {}, ""),
    ("tilde and star", "lambda", "GET", "https://lambda.us-east-1.amazonaws.com/~a/*b/(c)", {}, ""),
    ("header of blanks", "ec2", "POST", "https://ec2.us-east-1.amazonaws.com/", {"X-Amz-Meta": "  a   b  c "}, "x"),
    ("unicode body", "ec2", "POST", "https://ec2.us-east-1.amazonaws.com/", FORM, "a=ä€"),
    ("s3 object", "s3", "GET", "https://b.s3.eu-central-1.amazonaws.com/a//b/../c%20d%2Be", {}, ""),
    ("s3 query", "s3", "PUT", "https://b.s3.eu-central-1.amazonaws.com/?tagging", {}, "<Tagging/>"),
    ("s3 list", "s3", "GET", "https://b.s3.eu-central-1.amazonaws.com/?list-type=2&prefix=a%2F", {}, ""),
]


def sign(case, token):
    name, service, method, url, headers, body = case
    keys = Credentials(*KEYS, token or None)
    request = AWSRequest(method, url, dict(headers), body.encode())
    kind = auth.S3SigV4Auth if service == "s3" else auth.SigV4Auth
    # What an S3 client decides for a request that is not streamed.
    request.context.update(client_config=None, has_streaming_input=False, payload_signing_enabled=True)
    with mock.patch.object(auth, "get_current_datetime", lambda *a, **k: NOW.replace(tzinfo=None)):
        kind(keys, service, "eu-central-1").add_auth(request)
    return {
        "name": name, "service": service, "method": method, "url": url, "headers": headers,
        "body": body, "token": token, "signed": {
            key: request.headers[key]
            for key in ("Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-SHA256")
            if key in request.headers
        },
    }


def main():
    cases = [sign(case, "") for case in CASES] + [sign(case, "a/session+token==") for case in CASES]
    out = {
        "source": f"botocore {__version__}", "key_id": KEYS[0], "secret_key": KEYS[1],
        "region": "eu-central-1", "time": int(NOW.timestamp()), "cases": cases,
    }
    OUT.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
