// A life of the main types in a sandbox, with the vendor's Go SDK. Usage: life ENDPOINT TOKEN
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
)

var passed int

func must[T any](value T, response *hcloud.Response, err error) T {
	if err != nil {
		fmt.Println("go:", err)
		os.Exit(1)
	}
	passed++
	return value
}

func check(what string, ok bool) {
	if !ok {
		fmt.Println("go: not as it should be:", what)
		os.Exit(1)
	}
	passed++
}

func refused(what string, code hcloud.ErrorCode, err error) {
	check(fmt.Sprintf("%s is refused with %s, not %v", what, code, err), hcloud.IsError(err, code))
}

func main() {
	ctx := context.Background()
	client := hcloud.NewClient(hcloud.WithEndpoint(os.Args[1]), hcloud.WithToken(os.Args[2]),
		hcloud.WithPollOpts(hcloud.PollOpts{BackoffFunc: hcloud.ConstantBackoff(50 * time.Millisecond)}))
	wait := func(actions ...*hcloud.Action) {
		if err := client.Action.WaitFor(ctx, actions...); err != nil {
			fmt.Println("go: waiting:", err)
			os.Exit(1)
		}
		passed++
	}
	location := must(client.Location.GetByName(ctx, "fsn1"))
	kind := must(client.ServerType.GetByName(ctx, "cx23"))
	image := must(client.Image.GetByNameAndArchitecture(ctx, "debian-12", hcloud.ArchitectureX86))
	check("an image", image != nil && image.Architecture == hcloud.ArchitectureX86)
	check("places of a type", len(kind.Locations) == 3)
	must(client.Pricing.Get(ctx))

	_, range16, _ := net.ParseCIDR("10.0.0.0/16")
	_, range24, _ := net.ParseCIDR("10.0.1.0/24")
	network := must(client.Network.Create(ctx, hcloud.NetworkCreateOpts{Name: "net", IPRange: range16}))
	wait(must(client.Network.AddSubnet(ctx, network, hcloud.NetworkAddSubnetOpts{Subnet: hcloud.NetworkSubnet{
		Type: hcloud.NetworkSubnetTypeCloud, IPRange: range24, NetworkZone: hcloud.NetworkZoneEUCentral}})))
	_, all, _ := net.ParseCIDR("0.0.0.0/0")
	wall := must(client.Firewall.Create(ctx, hcloud.FirewallCreateOpts{Name: "wall", Rules: []hcloud.FirewallRule{{
		Direction: hcloud.FirewallRuleDirectionIn, Protocol: hcloud.FirewallRuleProtocolTCP,
		Port: hcloud.Ptr("443"), SourceIPs: []net.IPNet{*all}}}})).Firewall
	group := must(client.PlacementGroup.Create(ctx, hcloud.PlacementGroupCreateOpts{
		Name: "spread", Type: hcloud.PlacementGroupTypeSpread})).PlacementGroup
	key := must(client.SSHKey.Create(ctx, hcloud.SSHKeyCreateOpts{Name: "key",
		PublicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrLZsXsyQ1IPB3hbd6NTDUEM1Hj6WpYAK5fHLXAMvCb t"}))
	address := must(client.PrimaryIP.Create(ctx, hcloud.PrimaryIPCreateOpts{Name: "fixed",
		Type: hcloud.PrimaryIPTypeIPv4, AssigneeType: "server", Location: location.Name})).PrimaryIP

	made := must(client.Server.Create(ctx, hcloud.ServerCreateOpts{Name: "web", ServerType: kind, Image: image,
		Location: location, Networks: []*hcloud.Network{network}, PlacementGroup: group,
		SSHKeys:   []*hcloud.SSHKey{key},
		Firewalls: []*hcloud.ServerCreateFirewall{{Firewall: *wall}}, Labels: map[string]string{"role": "web"},
		PublicNet: &hcloud.ServerCreatePublicNet{EnableIPv4: true, EnableIPv6: true, IPv4: address}}))
	wait(append(made.NextActions, made.Action)...)
	server := must(client.Server.GetByID(ctx, made.Server.ID))
	check("a running server", server.Status == hcloud.ServerStatusRunning && !server.Locked)
	check("its address", server.PublicNet.IPv4.IP.Equal(address.IP))
	check("its network", len(server.PrivateNet) == 1 && server.PrivateNet[0].IP.String() == "10.0.1.1")
	volume := must(client.Volume.Create(ctx, hcloud.VolumeCreateOpts{Name: "data", Size: 10, Server: server,
		Format: hcloud.Ptr("xfs")}))
	wait(append(volume.NextActions, volume.Action)...)
	servers, err := client.Server.AllWithOpts(ctx, hcloud.ServerListOpts{
		ListOpts: hcloud.ListOpts{LabelSelector: "role=web"}})
	check("a server by its label", err == nil && len(servers) == 1 && len(servers[0].Volumes) == 1)
	_, err = client.Volume.Delete(ctx, volume.Volume)
	refused("deleting an attached volume", hcloud.ErrorCodeServiceError, err)
	_, _, err = client.Server.Create(ctx, hcloud.ServerCreateOpts{Name: "web", ServerType: kind, Image: image})
	refused("a name twice", hcloud.ErrorCodeUniquenessError, err)
	_, err = client.Firewall.Delete(ctx, wall)
	refused("a firewall in use", hcloud.ErrorCodeResourceInUse, err)

	wait(must(client.Volume.Resize(ctx, volume.Volume, 20)))
	wait(must(client.Volume.Detach(ctx, volume.Volume)))
	wait(must(client.Server.Poweroff(ctx, server)))
	larger := must(client.ServerType.GetByName(ctx, "cx33"))
	wait(must(client.Server.ChangeType(ctx, server, hcloud.ServerChangeTypeOpts{ServerType: larger, UpgradeDisk: true})))
	wait(must(client.Server.DetachFromNetwork(ctx, server, hcloud.ServerDetachFromNetworkOpts{Network: network})))
	floating := must(client.FloatingIP.Create(ctx, hcloud.FloatingIPCreateOpts{Type: hcloud.FloatingIPTypeIPv6,
		HomeLocation: location})).FloatingIP
	wait(must(client.FloatingIP.Assign(ctx, floating, server)))
	wait(must(client.FloatingIP.Unassign(ctx, floating)))
	removed, _, err := client.Server.DeleteWithResult(ctx, server)
	check("deleting the server", err == nil)
	wait(removed.Action)
	gone := must(client.Server.GetByID(ctx, server.ID))
	check("a server that is gone", gone == nil)
	for what, err := range map[string]error{
		"volume": only(client.Volume.Delete(ctx, volume.Volume)), "wall": only(client.Firewall.Delete(ctx, wall)),
		"network": only(client.Network.Delete(ctx, network)), "key": only(client.SSHKey.Delete(ctx, key)),
		"group": only(client.PlacementGroup.Delete(ctx, group)), "floating": only(client.FloatingIP.Delete(ctx, floating)),
		"address": only(client.PrimaryIP.Delete(ctx, address)),
	} {
		check(fmt.Sprintf("deleting the %s: %v", what, err), err == nil)
	}
	fmt.Printf("go: %d checks passed\n", passed)
}

func only(_ *hcloud.Response, err error) error { return err }
