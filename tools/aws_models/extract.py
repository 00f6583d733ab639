#!/usr/bin/env python3
"""Extracts compact models of AWS services from botocore. See README.md."""

import json
import pathlib

import botocore
from botocore.loaders import Loader

HERE = pathlib.Path(__file__).parent
OUT = HERE.parent.parent / "src/providers/aws/models"
SCALARS = {"string", "integer", "long", "float", "double", "boolean", "timestamp", "blob", "character"}
# Lists of values that AWS adds to every month (types of instances) say nothing for long.
MOST_VALUES = 40


class Extract:
    def __init__(self, service, wanted):
        loader = Loader()
        self.model = loader.load_service_model(service, "service-2")
        self.service, self.wanted = service, wanted
        self.extras = {}
        for kind in ("paginators-1", "waiters-2"):
            try:
                self.extras[kind] = loader.load_service_model(service, kind)
            except Exception:  # a service without them
                self.extras[kind] = {}
        self.shapes = {}

    def reference(self, ref, is_input):
        """Of a member: its shape, and where and how it is on the wire."""
        shape = self.model["shapes"][ref["shape"]]
        out = {}
        if shape["type"] in SCALARS:
            out["type"] = shape["type"]
            values = shape.get("enum", [])
            if is_input and 0 < len(values) <= MOST_VALUES:
                out["enum"] = values
            for name in ("min", "max"):
                if is_input and name in shape:
                    out[name] = shape[name]
        else:
            out["shape"] = ref["shape"]
            self.add(ref["shape"], is_input)
        for key, name in (
            ("locationName", "name"),
            ("queryName", "query"),
            ("location", "location"),
            ("flattened", "flattened"),
            ("xmlAttribute", "attribute"),
            ("idempotencyToken", "token"),
        ):
            value = ref.get(key, shape.get(key) if key == "flattened" else None)
            if value is not None:
                out[name] = value
        format_of = ref.get("timestampFormat", shape.get("timestampFormat"))
        if format_of:
            out["format"] = format_of
        return out

    def add(self, name, is_input):
        if name in self.shapes:
            return
        shape = self.model["shapes"][name]
        out = self.shapes[name] = {"type": shape["type"]}
        if shape["type"] == "structure":
            out["members"] = {
                member: self.reference(ref, is_input) for member, ref in shape.get("members", {}).items()
            }
            for key in ("required", "payload"):
                if shape.get(key):
                    out[key] = shape[key]
        elif shape["type"] == "list":
            out["member"] = self.reference(shape["member"], is_input)
        elif shape["type"] == "map":
            out["key"] = self.reference(shape["key"], is_input)
            out["value"] = self.reference(shape["value"], is_input)
        if shape.get("flattened"):
            out["flattened"] = True

    def operation(self, name):
        described = self.model["operations"][name]
        out = {"method": described["http"]["method"], "uri": described["http"]["requestUri"]}
        for side in ("input", "output"):
            if side in described:
                out[side] = described[side]["shape"]
                if "resultWrapper" in described[side]:
                    out["wrapper"] = described[side]["resultWrapper"]
                self.add(described[side]["shape"], side == "input")
        errors = sorted(error["shape"] for error in described.get("errors", []))
        if errors:
            out["errors"] = errors
        pages = self.extras["paginators-1"].get("pagination", {}).get(name)
        if pages:
            out["pages"] = {key: pages[key] for key in sorted(pages) if key != "non_aggregate_keys"}
        return out

    def waiters(self):
        out = {}
        for name, waiter in sorted(self.extras["waiters-2"].get("waiters", {}).items()):
            if waiter["operation"] in self.wanted:
                out[name] = {key: waiter[key] for key in ("operation", "delay", "maxAttempts")}
                out[name]["acceptors"] = waiter["acceptors"]
        return out

    def document(self):
        meta = self.model["metadata"]
        out = {"source": f"botocore {botocore.__version__}", "service": self.service}
        for key, name in (
            ("apiVersion", "version"),
            ("protocol", "protocol"),
            ("endpointPrefix", "endpoint_prefix"),
            ("signingName", "signing_name"),
            ("targetPrefix", "target_prefix"),
            ("jsonVersion", "json_version"),
            ("xmlNamespace", "namespace"),
        ):
            if key in meta:
                out[name] = meta[key]
        out["operations"] = {name: self.operation(name) for name in sorted(self.wanted)}
        out["waiters"] = self.waiters()
        out["shapes"] = {name: self.shapes[name] for name in sorted(self.shapes)}
        return out


def partitions(services):
    """Which regions there are, and on which host a service is."""
    loader = Loader()
    out = {"source": f"botocore {botocore.__version__}", "partitions": []}
    known = {part["partition"]: part for part in loader.load_data("endpoints")["partitions"]}
    for part in loader.load_data("partitions")["partitions"]:
        if part["id"] not in ("aws", "aws-cn", "aws-us-gov"):
            continue
        described = {
            "id": part["id"],
            "suffix": part["outputs"]["dnsSuffix"],
            "region_pattern": part["regionRegex"],
            "regions": sorted(name for name in part["regions"] if not name.endswith("-global")),
            "global": {},
            "hosts": {},
        }
        for service in services:
            prefix = loader.load_service_model(service, "service-2")["metadata"]["endpointPrefix"]
            told = known[part["id"]]["services"].get(prefix, {})
            ends = told.get("endpoints", {})
            if told.get("isRegionalized") is False:
                end = ends.get(told.get("partitionEndpoint"), {})
                if "hostname" in end:
                    described["global"][service] = {
                        "host": end["hostname"],
                        "region": end.get("credentialScope", {}).get("region", ""),
                    }
                continue
            irregular = {
                region: end["hostname"]
                for region, end in sorted(ends.items())
                if "hostname" in end and region in described["regions"]
                and end["hostname"] != f"{prefix}.{region}.{described['suffix']}"
            }
            if irregular:
                described["hosts"][service] = irregular
        out["partitions"].append(described)
    return out


def write(name, document):
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=True)
    (OUT / name).write_text(text + "\n")


def main():
    OUT.mkdir(exist_ok=True)
    services = json.loads((HERE / "operations.json").read_text())
    for service, wanted in services.items():
        write(f"{service}.model", Extract(service, wanted).document())
    write("partitions.model", partitions(sorted(services)))


if __name__ == "__main__":
    main()
