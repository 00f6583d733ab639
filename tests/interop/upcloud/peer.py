"""The vendor's SDK against the sandbox: reads what is there, changes it, or finds nothing."""

import sys

import upcloud_api
from upcloud_api.api import API

endpoint, token, what = sys.argv[1:]
API.api_root = endpoint
manager = upcloud_api.CloudManager(token=token)
checks = 0


def check(seen, wanted, name):
    global checks
    checks += 1
    if seen != wanted:
        sys.exit(f"{name}: {seen!r}, not {wanted!r}")


def own_networks():
    return [network for network in manager.get_networks() if network.type == "private"]


def floating():
    return [ip for ip in manager.get_ips() if getattr(ip, "floating", None) == "yes"]


if what == "nothing":
    check(manager.get_servers(), [], "servers")
    check(manager.get_storages(), [], "storages")
    check(own_networks(), [], "networks")
    check(manager.api.get_request("/router")["routers"]["router"], [], "routers")
    check(floating(), [], "floating addresses")
    check(manager.get_loadbalancers(), [], "load balancers")
    basic = upcloud_api.CloudManager("anybody", token)
    check(basic.get_account()["account"]["username"], "sandbox", "a name and a password")
    print(f"{checks} checks")
    sys.exit(0)

(server,) = manager.get_servers(populate=True)
(network,) = own_networks()
(data,) = [one for one in manager.get_storages() if one.title in ("data", "other data")]

if what == "changes":
    manager.modify_server(server.uuid, title="changed")
    manager.api.put_request(f"/network/{network.uuid}", {"network": {"name": "changed"}})
    manager.modify_storage(data.uuid, title="other data", size=10)
    sys.exit(0)

check(server.title, "web", "title")
check(server.hostname, "web.example.com", "hostname")
check(server.plan, "1xCPU-1GB", "plan")
check(server.state, "started", "state")
check(server.firewall, "on", "firewall")
check(server.metadata, "yes", "metadata")
check(len(server.storage_devices), 2, "storages")
check(server.storage_devices[1].uuid, data.uuid, "the attached storage")
check(len(server.networking["interfaces"]["interface"]), 3, "interfaces")
labels = {label["key"]: label["value"] for label in server.labels["label"]}
check(labels["role"], "web", "the label")
check("provisioning.token" in labels, True, "our labels")
rules = server.get_firewall_rules()
check([rule.action for rule in rules], ["accept", "drop"], "rules")
check(rules[0].destination_port_start, "443", "the port")
check(network.name, "backend", "network")
check(network.ip_networks[0].address, "10.0.0.0/24", "range")
check(bool(network.router), True, "router")
check(data.size, 10, "size")
check(len(floating()), 1, "floating addresses")
check(floating()[0].server, server.uuid, "where the address leads")
print(f"{checks} checks")
