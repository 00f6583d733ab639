#!/usr/bin/env python3
"""What boto3 sees of what we have made, and changes that it makes behind our back.

    witness.py URL seen      lines of what carries our tags
    witness.py URL change    changes what our program has made
    witness.py URL make      makes a VPC by hand, and prints its id
"""

import sys

import boto3

URL, VERB = sys.argv[1], sys.argv[2]
ec2 = boto3.client("ec2", endpoint_url=URL, region_name="eu-central-1",
                   aws_access_key_id="AKIATHEIRS", aws_secret_access_key="theirs")
sqs = boto3.client("sqs", endpoint_url=URL, region_name="eu-central-1",
                   aws_access_key_id="AKIATHEIRS", aws_secret_access_key="theirs")
OURS = [{"Name": "tag-key", "Values": ["provisioning.workspace"]}]


def tags(thing):
    return {tag["Key"]: tag["Value"] for tag in thing.get("Tags", [])}


def named(things, name):
    return next(thing for thing in things if tags(thing).get("Name") == name)


def seen():
    for vpc in ec2.describe_vpcs(Filters=OURS)["Vpcs"]:
        names = ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute="enableDnsHostnames")
        print("vpc", vpc["CidrBlock"], names["EnableDnsHostnames"]["Value"], tags(vpc).get("Name"))
    for subnet in sorted(ec2.describe_subnets(Filters=OURS)["Subnets"], key=lambda one: one["CidrBlock"]):
        print("subnet", subnet["CidrBlock"], subnet["AvailabilityZone"], subnet["MapPublicIpOnLaunch"])
    for gateway in ec2.describe_internet_gateways(Filters=OURS)["InternetGateways"]:
        print("gateway", [one["State"] for one in gateway["Attachments"]])
    for table in ec2.describe_route_tables(Filters=OURS)["RouteTables"]:
        routes = [route["DestinationCidrBlock"] for route in table["Routes"] if route["GatewayId"] != "local"]
        print("table", routes, len(table["Associations"]))
    for group in ec2.describe_security_groups(Filters=OURS)["SecurityGroups"]:
        for rule in sorted(group["IpPermissions"], key=str):
            peers = [one["CidrIp"] for one in rule["IpRanges"]] + [one["CidrIpv6"] for one in rule["Ipv6Ranges"]]
            print("group", group["GroupName"], rule["IpProtocol"], rule.get("FromPort"), sorted(peers))
    for key in ec2.describe_key_pairs(Filters=OURS)["KeyPairs"]:
        print("key", key["KeyName"], key["KeyType"])
    for address in sorted(ec2.describe_addresses(Filters=OURS)["Addresses"], key=lambda one: one.get("InstanceId", "")):
        print("address", address["Domain"], bool(address.get("InstanceId")))
    for gateway in ec2.describe_nat_gateways(Filters=OURS)["NatGateways"]:
        if gateway["State"] != "deleted":
            print("nat", gateway["State"], gateway["ConnectivityType"])
    for volume in ec2.describe_volumes(Filters=OURS)["Volumes"]:
        print("volume", volume["Size"], volume["VolumeType"], [one["Device"] for one in volume["Attachments"]])
    for reservation in ec2.describe_instances(Filters=OURS)["Reservations"]:
        for one in reservation["Instances"]:
            if one["State"]["Name"] != "terminated":
                print("instance", one["InstanceType"], one["State"]["Name"], tags(one).get("Name"))
    for url in sorted(sqs.list_queues().get("QueueUrls", [])):
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        print("queue", url.split("/")[-1], told["VisibilityTimeout"], told.get("ContentBasedDeduplication"),
              "provisioning.token" in sqs.list_queue_tags(QueueUrl=url).get("Tags", {}))


def change():
    url = sqs.get_queue_url(QueueName="dead.fifo")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "7", "VisibilityTimeout": "7"})
    group = next(g for g in ec2.describe_security_groups(Filters=OURS)["SecurityGroups"])
    ec2.authorize_security_group_ingress(
        GroupId=group["GroupId"], IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
    vpc = named(ec2.describe_vpcs(Filters=OURS)["Vpcs"], "backend")
    ec2.modify_vpc_attribute(VpcId=vpc["VpcId"], EnableDnsHostnames={"Value": False})
    ec2.create_tags(Resources=[vpc["VpcId"]], Tags=[{"Key": "Name", "Value": "renamed"}])
    for table in ec2.describe_route_tables(Filters=OURS)["RouteTables"]:
        ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
    for reservation in ec2.describe_instances(Filters=OURS)["Reservations"]:
        ec2.stop_instances(InstanceIds=[one["InstanceId"] for one in reservation["Instances"]
                                        if one["State"]["Name"] == "running"] or ["i-00000000"])


def make():
    print(ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"])


{"seen": seen, "change": change, "make": make}[VERB]()
