#!/usr/bin/env python3
"""Stands between our program and an emulator of AWS, and holds each request to botocore.

    checker.py PORT EMULATOR_PORT REPORT

Each request is read by the shapes of the operation that it names, validated by botocore, written
again by botocore's serializer and compared, and its signature is made again. What differs is a line
of REPORT, and the request is answered 400; the last line counts the requests of each operation.
"""

import collections
import datetime
import http.client
import http.server
import json
import sys
import threading
import urllib.parse
from unittest import mock

import botocore.session
from botocore import auth, serialize, validate
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.model import ServiceModel

KEYS = {"AKIAOURS": "our+secret/key"}
SESSION = botocore.session.get_session()
LOCK = threading.Lock()
SEEN = collections.Counter()


def model_of(service):
    return ServiceModel(SESSION.get_component("data_loader").load_service_model(service, "service-2"), service)


MODELS = {}


def cached(service):
    with LOCK:
        if service not in MODELS:
            MODELS[service] = model_of(service)
        return MODELS[service]


class Wrong(Exception):
    pass


def scalar(shape, text):
    if shape.type_name == "boolean":
        if text not in ("true", "false"):
            raise Wrong(f"{text!r} is no boolean")
        return text == "true"
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name in ("float", "double"):
        return float(text)
    if shape.type_name == "blob":
        import base64

        return base64.b64decode(text, validate=True)
    return text


class FormReader:
    """The reverse of botocore's serializers of `query` and `ec2`."""

    def __init__(self, fields, is_ec2):
        self.fields, self.is_ec2, self.used = fields, is_ec2, set()

    def name_of(self, shape, default):
        told = shape.serialization
        if self.is_ec2:
            if "queryName" in told:
                return told["queryName"]
            if "name" in told:
                return told["name"][0].upper() + told["name"][1:]
            return default
        return told.get("name", default)

    def has(self, prefix):
        return any(name == prefix or name.startswith(prefix + ".") for name in self.fields)

    def read(self, shape, prefix):
        if shape.type_name == "structure":
            out = {}
            for member, of in shape.members.items():
                name = self.name_of(of, member)
                full = f"{prefix}.{name}" if prefix else name
                if of.type_name == "list" and not self.is_ec2:
                    if self.has(full) or self.has(self.list_prefix(of, full)):
                        out[member] = self.read(of, full)
                elif self.has(full):
                    out[member] = self.read(of, full)
            return out
        if shape.type_name == "list":
            start = prefix if self.is_ec2 else self.list_prefix(shape, prefix)
            if prefix in self.fields and self.fields[prefix] == "":
                self.used.add(prefix)
                return []
            out = []
            while self.has(f"{start}.{len(out) + 1}"):
                out.append(self.read(shape.member, f"{start}.{len(out) + 1}"))
            return out
        if shape.type_name == "map":
            middle = "" if shape.serialization.get("flattened") else ".entry"
            key = shape.key.serialization.get("name", "key")
            value = shape.value.serialization.get("name", "value")
            out = {}
            while self.has(f"{prefix}{middle}.{len(out) + 1}"):
                at = f"{prefix}{middle}.{len(out) + 1}"
                self.used.add(f"{at}.{key}")
                out[self.fields[f"{at}.{key}"]] = self.read(shape.value, f"{at}.{value}")
            return out
        self.used.add(prefix)
        return scalar(shape, self.fields[prefix])

    def list_prefix(self, shape, prefix):
        own = shape.member.serialization.get("name")
        if shape.serialization.get("flattened"):
            return ".".join(prefix.split(".")[:-1] + [own]) if own else prefix
        return f"{prefix}.{own or 'member'}"


def parameters_of(model, operation, body):
    shape = operation.input_shape
    if model.metadata["protocol"] == "json":
        return json.loads(body or "{}")
    pairs = urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Wrong("a name occurs twice")
    if fields.pop("Version") != model.api_version:
        raise Wrong("another version of the API")
    fields.pop("Action")
    reader = FormReader(fields, model.metadata["protocol"] == "ec2")
    out = reader.read(shape, "") if shape is not None else {}
    unknown = set(fields) - reader.used
    if unknown:
        raise Wrong(f"fields that the operation has not: {sorted(unknown)}")
    return out


def check_serialized(model, operation, parameters, handler, body):
    told = serialize.create_serializer(model.metadata["protocol"], False)
    made = told.serialize_to_request(parameters, operation)
    if model.metadata["protocol"] == "json":
        if json.loads(made["body"]) != json.loads(body or "{}"):
            raise Wrong(f"the body is {body!r}, and botocore sends {made['body']!r}")
    else:
        sent = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        botocore_sends = {key: str(value) for key, value in made["body"].items()}
        if sent != botocore_sends:
            raise Wrong(f"the form is {sent}, and botocore sends {botocore_sends}")
    for name in ("Content-Type", "X-Amz-Target"):
        if made["headers"].get(name) != handler.headers.get(name):
            raise Wrong(f"{name} is {handler.headers.get(name)}, not {made['headers'].get(name)}")


def check_signature(handler, body, service, region):
    told = handler.headers["Authorization"]
    key_id = told.split("Credential=")[1].split("/")[0]
    signed = told.split("SignedHeaders=")[1].split(",")[0].split(";")
    headers = {name: handler.headers[name] for name in signed if name not in ("host", "x-amz-date")}
    url = f"http://{handler.headers['Host']}{handler.path}"
    request = AWSRequest(handler.command, url, headers, body)
    moment = datetime.datetime.strptime(handler.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    with mock.patch.object(auth, "get_current_datetime", lambda *a, **k: moment):
        auth.SigV4Auth(Credentials(key_id, KEYS[key_id]), service, region).add_auth(request)
    if request.headers["Authorization"] != told:
        raise Wrong(f"the signature {told} is not {request.headers['Authorization']}")


def check(handler, body):
    scope = handler.headers["Authorization"].split("Credential=")[1].split(",")[0].split("/")
    region, service = scope[2], scope[3]
    model = cached(service)
    if "X-Amz-Target" in handler.headers:
        name = handler.headers["X-Amz-Target"].split(".")[-1]
    else:
        name = dict(urllib.parse.parse_qsl(body.decode()))["Action"]
    operation = model.operation_model(name)
    with LOCK:
        SEEN[f"{service}.{name}"] += 1
        check_signature(handler, body, service, region)
    parameters = parameters_of(model, operation, body)
    if operation.input_shape is not None:
        report = validate.ParamValidator().validate(parameters, operation.input_shape)
        if report.has_errors():
            raise Wrong(report.generate_report())
    check_serialized(model, operation, parameters, handler, body)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "content-length", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/checker":
            return self.answer(200, [], json.dumps(SEEN).encode())
        try:
            check(self, body)
        except Exception as wrong:  # whatever it is, the request is not as it should be
            with LOCK, open(sys.argv[3], "a") as report:
                report.write(f"{type(wrong).__name__}: {wrong}: {body[:300]!r}\n")
            return self.answer(400, [], b"<Response><Errors><Error><Code>Checker</Code></Error></Errors></Response>")
        to = http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]), timeout=60)
        to.request(self.command, self.path, body, dict(self.headers.items()))
        told = to.getresponse()
        return self.answer(told.status, told.getheaders(), told.read())

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any


if __name__ == "__main__":
    open(sys.argv[3], "w").close()
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
