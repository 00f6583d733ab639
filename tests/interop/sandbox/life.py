"""A life of each type in a sandbox, with the vendor's own SDK.  Usage: life.py ENDPOINT TOKEN READ_ONLY_TOKEN"""
import sys

from hcloud import APIException, Client
from hcloud.firewalls import FirewallResource, FirewallResourceLabelSelector, FirewallRule
from hcloud.images import Image
from hcloud.locations import Location
from hcloud.networks import NetworkRoute, NetworkSubnet
from hcloud.server_types import ServerType
from hcloud.servers import ServerCreatePublicNetwork

endpoint, token, reader = sys.argv[1:]
client = Client(token=token, api_endpoint=endpoint, poll_interval=0.05)
passed = 0


def check(what, wanted, got):
    global passed
    if wanted != got:
        sys.exit(f"python: {what}: wanted {wanted!r}, got {got!r}")
    passed += 1


def refused(what, code, call):
    global passed
    try:
        call()
    except APIException as error:
        if error.code != code:
            sys.exit(f"python: {what}: wanted {code}, got {error.code}: {error.message}")
        passed += 1
        return error
    sys.exit(f"python: {what}: was not refused")


def wait(*actions):
    for action in actions:
        action.wait_until_finished(max_retries=400)


fsn1 = client.locations.get_by_name("fsn1")
check("location", "eu-central", fsn1.network_zone)
small = client.server_types.get_by_name("cx23")
check("server type", (2, "x86"), (small.cores, small.architecture))
debian = client.images.get_by_name_and_architecture("debian-12", "arm")
check("image of an architecture", "arm", debian.architecture)
check("prices", "EUR", client.request(method="GET", url="/pricing")["pricing"]["currency"])
check("isos", True, len(client.isos.get_all()) > 0)

# ssh keys
PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrLZsXsyQ1IPB3hbd6NTDUEM1Hj6WpYAK5fHLXAMvCb test"
key = client.ssh_keys.create(name="key", public_key=PUBLIC, labels={"a": "b"})
error = refused("a key twice", "uniqueness_error",
                lambda: client.ssh_keys.create(name="other", public_key=PUBLIC))
check("details of uniqueness", "public_key", error.details["fields"][0]["name"])
check("key by fingerprint", key.id, client.ssh_keys.get_by_fingerprint(key.fingerprint).id)
key = key.update(name="key2", labels={})
check("renamed key", ("key2", {}), (key.name, key.labels))

# networks
network = client.networks.create(name="net", ip_range="10.0.0.0/16")
wait(network.add_subnet(NetworkSubnet(ip_range="10.0.1.0/24", network_zone="eu-central", type="cloud")))
wait(network.add_route(NetworkRoute(destination="192.168.9.0/24", gateway="10.0.1.5")))
network.reload()
check("subnet", ("10.0.1.0/24", "10.0.0.1"), (network.subnets[0].ip_range, network.subnets[0].gateway))
check("route", "10.0.1.5", network.routes[0].gateway)
wait(network.delete_route(network.routes[0]))
refused("overlap", "networks_overlap",
        lambda: network.add_subnet(NetworkSubnet(ip_range="10.0.1.0/25", network_zone="eu-central", type="cloud")))

# firewalls
rule = FirewallRule(direction="in", protocol="tcp", port="80-85", source_ips=["0.0.0.0/0", "2001:DB8::/32"])
firewall = client.firewalls.create(name="wall", rules=[rule], labels={}).firewall
check("canonical rule", "2001:db8::/32", firewall.rules[0].source_ips[1])
refused("a rule with host bits", "invalid_input",
        lambda: firewall.set_rules([FirewallRule(direction="in", protocol="tcp", port="80",
                                                 source_ips=["10.0.0.1/8"])]))

# placement groups, primary and floating ips, volumes
group = client.placement_groups.create(name="spread", type="spread").placement_group
fixed = client.primary_ips.create(type="ipv4", name="fixed", location=fsn1, assignee_type="server",
                                  auto_delete=False).primary_ip
check("primary ip without assignee", None, fixed.assignee_id)
volume = client.volumes.create(size=10, name="data", location=fsn1, format="ext4", labels={"disk": "1"})
wait(volume.action)
volume = volume.volume

# servers
made = client.servers.create(
    name="web", server_type=small, image=Image(name="debian-12"), ssh_keys=[key], location=fsn1,
    volumes=[volume], networks=[network], firewalls=[firewall], placement_group=group,
    labels={"role": "web"}, user_data="#cloud-config\n",
    public_net=ServerCreatePublicNetwork(ipv4=fixed, enable_ipv6=True))
server = made.server
check("password with keys", None, made.root_password)
check("fresh server", ("initializing", True), (server.status, server.locked))
refused("locked", "locked", lambda: server.power_off())
wait(made.action, *made.next_actions)
server.reload()
check("running", ("running", False), (server.status, server.locked))
check("its parts", ([volume.id], group.id, fixed.id),
      ([v.id for v in server.volumes], server.placement_group.id, server.public_net.primary_ipv4.id))
check("private address", "10.0.1.1", server.private_net[0].ip)
volume.reload()
check("attached", server.id, volume.server.id)
refused("a volume that is attached", "service_error", volume.delete)
check("by label", [server.id], [s.id for s in client.servers.get_all(label_selector="role in (web,db),!x")])
check("by name", server.id, client.servers.get_by_name("web").id)
refused("name twice", "uniqueness_error",
        lambda: client.servers.create(name="web", server_type=small, image=Image(name="debian-12")))
refused("unknown image", "invalid_input",
        lambda: client.servers.create(name="web2", server_type=small, image=Image(name="plan9")))
server = server.update(name="web.example", labels={"role": "db"})
check("renamed server", "web.example", server.name)

wait(server.shutdown())
while client.servers.get_by_id(server.id).status != "off":
    pass
refused("a smaller disk", "invalid_server_type",
        lambda: client.servers.change_type(server, ServerType(name="cax11"), upgrade_disk=True))
wait(server.change_type(ServerType(name="cx33"), upgrade_disk=True))
server.reload()
check("larger", ("cx33", 80), (server.server_type.name, server.primary_disk_size))
wait(server.power_off())
wait(server.remove_from_placement_group())
wait(server.add_to_placement_group(group))
wait(server.power_on())
wait(server.reboot())
wait(server.reset())
rebuilt = server.rebuild(Image(name="ubuntu-24.04"))
wait(rebuilt.action)
server.reload()
check("rebuilt", "ubuntu-24.04", server.image.name)
wait(server.detach_from_network(network))
wait(server.attach_to_network(network, ip="10.0.1.77", alias_ips=["10.0.1.78"]))
wait(server.change_alias_ips(network, ["10.0.1.80", "10.0.1.81"]))
server.reload()
check("aliases", ("10.0.1.77", ["10.0.1.80", "10.0.1.81"]),
      (server.private_net[0].ip, server.private_net[0].alias_ips))
refused("subnet with members", "service_error", lambda: network.delete_subnet(network.subnets[0]))
wait(server.enable_backup())
wait(server.change_protection(delete=True, rebuild=True))
refused("protected", "protected", server.delete)
wait(server.change_protection(delete=False, rebuild=False))
snapshot = server.create_image(description="snap", labels={"k": "v"})
wait(snapshot.action)
check("snapshot", "available", client.images.get_by_id(snapshot.image.id).status)
client.images.delete(snapshot.image)
wait(server.enable_rescue().action, server.disable_rescue(), server.reset_password().action)
wait(server.attach_iso(client.isos.get_all()[0]))
wait(server.detach_iso())
wait(server.change_dns_ptr(fixed.ip, "web.example.org"))
check("dns", "web.example.org", client.primary_ips.get_by_id(fixed.id).dns_ptr[0]["dns_ptr"])

# volumes: resize, detach
wait(volume.resize(20))
volume.reload()
check("resized", 20, volume.size)
wait(volume.detach())
wait(volume.change_protection(delete=True))
refused("protected volume", "protected", volume.delete)
wait(volume.change_protection(delete=False))

# firewalls: by label, removal
wait(*firewall.apply_to_resources([FirewallResource(
    type="label_selector", label_selector=FirewallResourceLabelSelector(selector="role=db"))]))
refused("a firewall in use", "resource_in_use", firewall.delete)
firewall.reload()
wait(*firewall.remove_from_resources([FirewallResource(type=r.type, server=r.server,
                                                       label_selector=r.label_selector)
                                      for r in firewall.applied_to]))

# floating ips
floating = client.floating_ips.create(type="ipv4", home_location=Location(name="nbg1"), name="f",
                                      description="d").floating_ip
wait(floating.assign(server))
floating.reload()
check("floating", server.id, floating.server.id)
refused("assigned floating ip", "must_be_unassigned", floating.delete)
wait(floating.unassign())
floating = floating.update(description="new", labels={"x": "y"})
check("floating changed", ("new", {"x": "y"}), (floating.description, floating.labels))
floating.delete()

# primary ips: only of a stopped server
refused("ip of a running server", "server_not_stopped", fixed.unassign)
wait(server.power_off())
wait(fixed.unassign())
wait(fixed.assign(server.id, "server"))
refused("assigned primary ip", "must_be_unassigned", fixed.delete)

# the end of all
wait(server.delete())
refused("gone", "not_found", lambda: client.servers.get_by_id(server.id))
refused("deleted twice", "not_found", lambda: client.servers.delete(server))
fixed.reload()
check("kept primary ip", None, fixed.assignee_id)
fixed.delete()
volume.delete()
firewall.delete()
network.delete()
group.delete()
key.delete()
check("addresses that went with the server", 0, len(client.primary_ips.get_all()))

# pages, other tokens
for number in range(50):
    client.placement_groups.create(name=f"g{number:02}", type="spread")
check("pages", 50, len(client.placement_groups.get_all()))
page = client.placement_groups.get_list(page=2, per_page=20)
check("second page", (20, 3), (len(page.placement_groups), page.meta.pagination.last_page))
refused("one more than may be", "resource_limit_exceeded",
        lambda: client.placement_groups.create(name="more", type="spread"))
for group in client.placement_groups.get_all():
    group.delete()
readers = Client(token=reader, api_endpoint=endpoint)
check("reading", [], readers.servers.get_all())
refused("writing with a token for reading", "token_readonly",
        lambda: readers.networks.create(name="n", ip_range="10.0.0.0/8"))
refused("a token that is none", "unauthorized",
        lambda: Client(token="x", api_endpoint=endpoint).servers.get_all())
print(f"python: {passed} checks passed")
