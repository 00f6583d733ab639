#include "providers/aws/surface.hpp"

#include "net/http/url.hpp"
#include "providers/aws/types.hpp"
#include "providers/rest/wire.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace providers::aws {
namespace {

std::string vpc_set(std::string_view items, std::string_view next = "") {
    return "<DescribeVpcsResponse><vpcSet>" + std::string(items) + "</vpcSet>" +
           (next.empty() ? "" : "<nextToken>" + std::string(next) + "</nextToken>") +
           "</DescribeVpcsResponse>";
}
constexpr const char* kVpc =
    "<item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock><state>available</state><tagSet>"
    "<item><key>aws:x</key><value>y</value></item><item><key>old</key><value>1</value></item>"
    "</tagSet></item>";
constexpr const char* kAttribute =
    "<DescribeVpcAttributeResponse><enableDnsSupport><value>true</value></enableDnsSupport>"
    "<enableDnsHostnames><value>false</value></enableDnsHostnames></DescribeVpcAttributeResponse>";

class AwsSurface : public ::testing::Test {
protected:
    AwsSurface()
        : surface_(Endpoints("eu-central-1"),
                   {.id = "AKIA", .secret = base::SecretText("s"), .session = {}},
                   service_objects(), clock_) {}

    void answer(std::string body) { answers_.emplace_back(std::move(body)); }
    void refuse(std::string code) {
        auto told = std::make_shared<rest::ApiError>();
        told->code = code;
        told->status = code.ends_with("NotFound") || code == "QueueDoesNotExist" ? 404 : 400;
        told->is_without_effect = true;
        answers_.emplace_back(base::Error(base::Code::InvalidArgument, code).with_detail(told));
    }

    static net::QueryFields fields_of(std::string_view body) {
        return body.starts_with("{") ? net::QueryFields() : net::parse_query(body).value();
    }

    base::Result<rest::Answer> call(std::string method, std::string path, json::Value body = {}) {
        rest::Call call;
        call.method = std::move(method);
        call.path = std::move(path);
        call.body = std::move(body);
        return surface_.send(call,
                             [this](const net::Request& request,
                                    const rest::Sign& sign) -> base::Result<net::Response> {
                                 EXPECT_TRUE(sign(request).find("Authorization"));
                                 EXPECT_EQ(request.target, endpoint_);
                                 std::string sent;
                                 // JSON is as it is.
                                 if (request.body.starts_with("{")) sent = request.body;
                                 for (const auto& [name, value] : fields_of(request.body)) {
                                     if (name == "Version") continue;
                                     sent += (sent.empty() ? "" : " ") + name + "=" + value;
                                 }
                                 sent_.push_back(std::move(sent));
                                 if (answers_.empty())
                                     return base::Error(base::Code::Unavailable, "lost");
                                 auto next = std::move(answers_.front());
                                 answers_.pop_front();
                                 if (!next.ok()) return std::move(next).error();
                                 return net::Response{
                                     .status = 200, .headers = {}, .body = std::move(*next)};
                             });
    }

    base::FakeClock clock_;
    Surface surface_;
    std::string endpoint_ = "https://ec2.eu-central-1.amazonaws.com/";
    std::deque<base::Result<std::string>> answers_;
    std::vector<std::string> sent_;
};

TEST_F(AwsSurface, ALookIsADescribeAndWhatElseItTakes) {
    answer(vpc_set(kVpc));
    answer(kAttribute);
    answer(kAttribute);
    const auto shown = call("GET", "/ec2/vpc/vpc-1");
    ASSERT_TRUE(shown.ok()) << shown.error().text();
    EXPECT_EQ(sent_[0], "Action=DescribeVpcs VpcId.1=vpc-1");
    EXPECT_EQ(sent_[1], "Action=DescribeVpcAttribute VpcId=vpc-1 Attribute=enableDnsSupport");
    EXPECT_EQ(shown->body.string_or("CidrBlock", ""), "10.0.0.0/16");
    EXPECT_TRUE(*shown->body.find("EnableDnsSupport", "Value")->as_bool());
    // AWS's own tags are not the user's.
    EXPECT_EQ(shown->body.find("Tags")->as_array()->size(), 1U);
}

TEST_F(AwsSurface, WhatIsNotThereIsAbsent) {
    refuse("InvalidVpcID.NotFound");
    EXPECT_TRUE(rest::is_absent(call("GET", "/ec2/vpc/vpc-1").error()));
    answer(vpc_set(""));
    EXPECT_TRUE(rest::is_absent(call("GET", "/ec2/vpc/vpc-1").error()));
    // One that is refused, or lost, is not.
    refuse("UnauthorizedOperation");
    EXPECT_FALSE(rest::is_absent(call("GET", "/ec2/vpc/vpc-1").error()));
    EXPECT_FALSE(rest::is_absent(call("GET", "/ec2/vpc/vpc-1").error()));
    answer("<html>");
    EXPECT_EQ(call("GET", "/ec2/vpc/vpc-1").error().code(), base::Code::Unavailable);
}

TEST_F(AwsSurface, AListIsPagedAndFilteredByATag) {
    answer(
        "<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-1</subnetId></item></subnetSet>"
        "<nextToken>more</nextToken></DescribeSubnetsResponse>");
    const auto page = call("GET", "/ec2/subnet?tag=provisioning.workspace&is=w%20x");
    EXPECT_EQ(sent_[0], "Action=DescribeSubnets Filter.1.Name=tag:provisioning.workspace "
                        "Filter.1.Value.1=w x MaxResults=1000");
    EXPECT_EQ(page->body.string_or("next", ""), "more");
    EXPECT_EQ(page->body.find("items")->as_array()->size(), 1U);
    answer("<DescribeSubnetsResponse><subnetSet/></DescribeSubnetsResponse>");
    EXPECT_EQ(call("GET", "/ec2/subnet?page=more")->body.find("next"), nullptr);
    EXPECT_NE(sent_[1].find("NextToken=more"), std::string::npos);
}

json::Value tags_with_token() {
    return json::Array{json::Object{{"Key", "provisioning.token"}, {"Value", "tok"}}};
}

TEST_F(AwsSurface, ACreateCarriesTagsAndWhereItCanTheToken) {
    answer("<CreateRouteTableResponse><routeTable><routeTableId>rtb-1</routeTableId></routeTable>"
           "</CreateRouteTableResponse>");
    const auto made = call("POST", "/ec2/route-table",
                           json::Object{{"VpcId", "vpc-1"}, {"Tags", tags_with_token()}});
    EXPECT_EQ(sent_[0],
              "Action=CreateRouteTable VpcId=vpc-1 TagSpecification.1.ResourceType=route-table "
              "TagSpecification.1.Tag.1.Key=provisioning.token TagSpecification.1.Tag.1.Value=tok "
              "ClientToken=tok");
    EXPECT_EQ(made->body.string_or("RouteTableId", ""), "rtb-1");
}

// The answer shows only a part: where the rest is to be seen is told.
TEST_F(AwsSurface, ACreateThatShowsLittleNamesItsPlace) {
    answer("<CreateSecurityGroupResponse><groupId>sg-1</groupId></CreateSecurityGroupResponse>");
    const auto made = call("POST", "/ec2/security-group",
                           json::Object{{"GroupName", "web"}, {"Description", "d"}});
    EXPECT_EQ(made->status, 201);
    EXPECT_EQ(made->headers.find("Location").value_or(""), "/ec2/security-group/sg-1");
    // Whatever becomes of the look for the rest.
    answer("<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId></vpc></CreateVpcResponse>");
    EXPECT_EQ(call("POST", "/ec2/vpc", json::Object{{"CidrBlock", "10.0.0.0/16"}})->status, 201);
}

// A copy that has not heard of it yet: neither "absent" nor an error, but a reason to ask again.
TEST_F(AwsSurface, WhatWasJustMadeMayBeShownLate) {
    answer("<CreateSecurityGroupResponse><groupId>sg-1</groupId></CreateSecurityGroupResponse>");
    ASSERT_TRUE(call("POST", "/ec2/security-group",
                     json::Object{{"GroupName", "web"}, {"Description", "d"}})
                    .ok());
    refuse("InvalidGroup.NotFound");
    const auto early = call("GET", "/ec2/security-group/sg-1");
    EXPECT_TRUE(net::is_budget_spent(early.error()));
    EXPECT_GT(net::pause_of(early.error()).count(), 0);
    clock_.advance(std::chrono::minutes(1));
    refuse("InvalidGroup.NotFound");
    EXPECT_TRUE(rest::is_absent(call("GET", "/ec2/security-group/sg-1").error()));
}

// What was made and deleted at once is gone, and not only not shown yet.
TEST_F(AwsSurface, WhatIsDeletedIsAbsentAtOnce) {
    answer("<CreateSecurityGroupResponse><groupId>sg-1</groupId></CreateSecurityGroupResponse>");
    ASSERT_TRUE(call("POST", "/ec2/security-group",
                     json::Object{{"GroupName", "web"}, {"Description", "d"}})
                    .ok());
    answer("<DeleteSecurityGroupResponse/>");
    ASSERT_TRUE(call("DELETE", "/ec2/security-group/sg-1").ok());
    refuse("InvalidGroup.NotFound");
    EXPECT_TRUE(rest::is_absent(call("GET", "/ec2/security-group/sg-1").error()));
}

TEST_F(AwsSurface, TagsThatGoAreDeletedAndTheOthersPut) {
    answer(vpc_set(kVpc));
    answer(kAttribute);
    answer(kAttribute);
    answer("<CreateTagsResponse/>");
    answer("<DeleteTagsResponse/>");
    ASSERT_TRUE(call("PUT", "/ec2/vpc/vpc-1", json::Object{{"Tags", tags_with_token()}}).ok());
    EXPECT_EQ(sent_[3],
              "Action=CreateTags ResourceId.1=vpc-1 Tag.1.Key=provisioning.token Tag.1.Value=tok");
    EXPECT_EQ(sent_[4], "Action=DeleteTags ResourceId.1=vpc-1 Tag.1.Key=old");
}

// The second of two requests was refused: that does not say that nothing was done.
TEST_F(AwsSurface, ARefusalAfterAnEffectIsNotWithoutEffect) {
    answer(vpc_set(kVpc));
    answer(kAttribute);
    answer(kAttribute);
    answer("<CreateTagsResponse/>");
    refuse("UnauthorizedOperation");
    const auto tagged = call("PUT", "/ec2/vpc/vpc-1", json::Object{{"Tags", tags_with_token()}});
    EXPECT_FALSE(provider::is_without_effect(tagged.error()));
}

TEST_F(AwsSurface, ActionsAndDeletesNameTheObject) {
    answer("<ModifyVpcAttributeResponse/>");
    ASSERT_TRUE(call("POST", "/ec2/vpc/vpc-1/actions/ModifyVpcAttribute.enable_dns_support",
                     json::Object{{"EnableDnsSupport", json::Object{{"Value", true}}}})
                    .ok());
    EXPECT_EQ(sent_[0], "Action=ModifyVpcAttribute EnableDnsSupport.Value=true VpcId=vpc-1");
    answer("<TerminateInstancesResponse/>");
    ASSERT_TRUE(call("DELETE", "/ec2/instance/i-1").ok());
    EXPECT_EQ(sent_[1], "Action=TerminateInstances InstanceId.1=i-1");
}

TEST_F(AwsSurface, WhatIsNoCallIsNotSent) {
    for (const char* path : {"/ec2/nothing/x", "/ec2/vpc/v/actions/Invented", "/operation/ec2"}) {
        const auto answered = call("POST", path, json::Object{});
        EXPECT_TRUE(provider::is_without_effect(answered.error())) << path;
    }
    EXPECT_TRUE(sent_.empty());
}

// What the types name is in the models.
TEST_F(AwsSurface, AllOperationsAreKnown) {
    for (const ServiceObject* object : service_objects()) {
        if (object->own) continue;
        const ServiceModel& model = service_model(object->service);
        for (const std::string& name : {object->describe, object->create, object->remove}) {
            const Operation* operation = model.operation(name);
            ASSERT_NE(operation, nullptr) << name;
            ASSERT_NE(operation->input, nullptr) << name;
        }
        EXPECT_NE(model.operation(object->describe)->input->member(object->ids), nullptr);
        for (const FurtherLook& look : object->further) {
            EXPECT_NE(model.operation(look.operation), nullptr);
        }
        const Shape& create = *model.operation(object->create)->input;
        EXPECT_NE(create.member("TagSpecifications"), nullptr) << object->create;
    }
}

// A service without a describe: what is wrong with it would be seen in no model.
TEST_F(AwsSurface, AQueueIsLookedAtByItsOwnCalls) {
    endpoint_ = "https://sqs.eu-central-1.amazonaws.com/";
    answer(R"({"QueueUrl": "https://sqs/1/q"})");
    answer(R"({"Attributes": {"DelaySeconds": "5", "FifoQueue": "true", "Policy": "{}"}})");
    answer(R"({"Tags": {"a": "b", "aws:x": "y"}})");
    const auto shown = call("GET", "/sqs/queue/q");
    ASSERT_TRUE(shown.ok()) << shown.error().text();
    EXPECT_EQ(json::to_text(shown->body),
              R"({"Name":"q","QueueUrl":"https://sqs/1/q","Attributes":{"DelaySeconds":5,)"
              R"("FifoQueue":true,"Policy":"{}"},"Tags":[{"Key":"a","Value":"b"}]})");
    EXPECT_EQ(sent_[1], R"({"QueueUrl":"https://sqs/1/q","AttributeNames":["All"]})");
}

// CreateQueue would answer well, and take somebody's queue for ours.
TEST_F(AwsSurface, AQueueThatIsThereIsNotMadeAgain) {
    endpoint_ = "https://sqs.eu-central-1.amazonaws.com/";
    answer(R"({"QueueUrl": "https://sqs/1/q"})");
    const auto made = call("POST", "/sqs/queue", json::Object{{"Name", "q"}});
    EXPECT_EQ(made.error().code(), base::Code::AlreadyExists);
    EXPECT_EQ(sent_.size(), 1U);
    refuse("QueueDoesNotExist");
    answer(R"({"QueueUrl": "https://sqs/1/r"})");
    const json::Value wanted = json::parse(R"({"Name": "r", "Tags": [{"Key": "a", "Value": "b"}],
        "Attributes": {"DelaySeconds": 5, "FifoQueue": false}})")
                                   .value();
    ASSERT_TRUE(call("POST", "/sqs/queue", wanted).ok());
    EXPECT_EQ(sent_.back(),
              R"({"QueueName":"r","tags":{"a":"b"},"Attributes":{"DelaySeconds":"5"}})");
}

// A terminated instance is still shown, and is not there any more.
TEST_F(AwsSurface, ATerminatedInstanceIsGone) {
    answer(
        "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1"
        "</instanceId><instanceState><name>terminated</name></instanceState></item></instancesSet>"
        "</item></reservationSet></DescribeInstancesResponse>");
    EXPECT_TRUE(rest::is_absent(call("GET", "/ec2/instance/i-1").error()));
}

}
}
