#include "providers/aws/protocol/protocol.hpp"

#include "net/http/url.hpp"

#include <gtest/gtest.h>

namespace providers::aws {
namespace {

json::Value parsed(std::string_view text) { return json::parse(text).value(); }

net::Request encoded(std::string_view service, std::string_view operation,
                     std::string_view parameters) {
    const ServiceModel& model = service_model(service);
    auto out = encode(model, *model.operation(operation), parsed(parameters));
    EXPECT_TRUE(out.ok()) << out.error().text();
    return out.ok() ? std::move(*out) : net::Request();
}

std::string decoded(std::string_view service, std::string_view operation, std::string_view body) {
    const ServiceModel& model = service_model(service);
    auto out = decode(model, *model.operation(operation),
                      {.status = 200, .headers = {}, .body = std::string(body)});
    return out.ok() ? json::to_text(*out) : "error: " + out.error().text();
}

std::string unencoded(std::string_view body) {
    std::string out;
    for (const auto& [name, value] : net::parse_query(body).value()) {
        out += name + "=" + value + "\n";
    }
    return out;
}

// Lists are numbered without a word between, and names begin with a capital (or are `queryName`).
TEST(AwsProtocol, Ec2FormsAreFlat) {
    const net::Request made = encoded("ec2", "CreateVpc",
                                      R"({"CidrBlock": "10.0.0.0/16", "TagSpecifications": [
        {"ResourceType": "vpc", "Tags": [{"Key": "a b", "Value": "ä&="}]}]})");
    EXPECT_EQ(unencoded(made.body), "Action=CreateVpc\nVersion=2016-11-15\nCidrBlock=10.0.0.0/16\n"
                                    "TagSpecification.1.ResourceType=vpc\n"
                                    "TagSpecification.1.Tag.1.Key=a b\n"
                                    "TagSpecification.1.Tag.1.Value=ä&=\n");
    EXPECT_NE(made.body.find("a%20b"), std::string::npos);
}

TEST(AwsProtocol, QueryFormsNumberMembers) {
    const net::Request made = encoded(
        "sts", "AssumeRole",
        R"({"RoleArn": "arn:aws:iam::1:role/r", "RoleSessionName": "s", "DurationSeconds": 900,
                    "PolicyArns": [{"arn": "a"}, {"arn": "b"}]})");
    EXPECT_EQ(unencoded(made.body),
              "Action=AssumeRole\nVersion=2011-06-15\nRoleArn=arn:aws:iam::1:role/r\n"
              "RoleSessionName=s\nDurationSeconds=900\nPolicyArns.member.1.arn=a\n"
              "PolicyArns.member.2.arn=b\n");
}

TEST(AwsProtocol, JsonNamesItsOperationInAHeader) {
    const net::Request made =
        encoded("sqs", "CreateQueue", R"({"QueueName": "q", "Attributes": {"DelaySeconds": "5"}})");
    EXPECT_EQ(made.headers.find("X-Amz-Target").value_or(""), "AmazonSQS.CreateQueue");
    EXPECT_EQ(made.headers.find("Content-Type").value_or(""), "application/x-amz-json-1.0");
    EXPECT_EQ(made.body, R"({"QueueName":"q","Attributes":{"DelaySeconds":"5"}})");
}

// What does not fit the model is a mistake of ours and never sent.
TEST(AwsProtocol, RefusesWhatTheModelHasNot) {
    const ServiceModel& model = service_model("ec2");
    const Operation& create = *model.operation("CreateSubnet");
    EXPECT_FALSE(encode(model, create, parsed(R"({"VpcId": "v", "Nothing": 1})")).ok());
    EXPECT_FALSE(
        encode(model, create, parsed(R"({"CidrBlock": "10.0.0.0/24"})")).ok());   // no VpcId
    EXPECT_FALSE(encode(model, create, parsed(R"({"VpcId": true})")).ok());
    EXPECT_FALSE(encode(model, create, parsed(R"({"VpcId": "v", "TagSpecifications": {}})")).ok());
    EXPECT_EQ(model.operation("InventedOperation"), nullptr);
}

TEST(AwsProtocol, XmlIsReadByShape) {
    EXPECT_EQ(decoded("ec2", "DescribeVpcs",
                      "<?xml version=\"1.0\"?>\n<DescribeVpcsResponse xmlns=\"http://x/\">\n"
                      "<requestId>r</requestId><vpcSet><item><vpcId>vpc-1</vpcId>"
                      "<isDefault>false</isDefault><invented>1</invented><tagSet><item><key>a</key>"
                      "<value>x &lt; &#228;</value></item></tagSet></item></vpcSet>"
                      "<nextToken>more</nextToken></DescribeVpcsResponse>"),
              R"({"NextToken":"more","Vpcs":[{"IsDefault":false,)"
              R"("Tags":[{"Key":"a","Value":"x < ä"}],"VpcId":"vpc-1"}]})");
    EXPECT_EQ(
        decoded("ec2", "DescribeVpcs", "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>"),
        R"({"Vpcs":[]})");
    EXPECT_EQ(decoded("sts", "GetCallerIdentity",
                      "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>12</Account>"
                      "</GetCallerIdentityResult></GetCallerIdentityResponse>"),
              R"({"Account":"12"})");
}

TEST(AwsProtocol, WhatIsNotInTheFormIsAnError) {
    for (const char* body : {"", "nothing", "<a>", "<a></b>", "<a/><b/>", "{}"}) {
        EXPECT_TRUE(decoded("ec2", "DescribeVpcs", body).starts_with("error")) << body;
    }
    EXPECT_TRUE(decoded("sts", "GetCallerIdentity", "<R/>").starts_with("error"));
}

TEST(AwsProtocol, RefusalsAreReadInEachForm) {
    struct Case {
        int status;
        const char* body;
        const char* code;
        int shown_status;
    };
    const Case cases[] = {
        {400,
         "<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>m</Message></Error>"
         "</Errors><RequestID>r-1</RequestID></Response>",
         "InvalidVpcID.NotFound", 404},
        {403,
         "<ErrorResponse><Error><Code>AccessDenied</Code><Message>m</Message></Error>"
         "<RequestId>r-1</RequestId></ErrorResponse>",
         "AccessDenied", 403},
        {400, R"({"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "m"})",
         "QueueDoesNotExist", 404},
        {400, R"({"__type": "ValidationException:http://x/", "Message": "m"})",
         "ValidationException", 400},
        // One in trouble proves nothing about what is there.
        {500, "<Response><Errors><Error><Code>X.NotFound</Code></Error></Errors></Response>",
         "X.NotFound", 500},
        {502, "<html>bad gateway", "", 502}};
    for (const Case& one : cases) {
        const rest::ApiError told =
            read_error({.status = one.status, .headers = {}, .body = one.body});
        EXPECT_EQ(told.code, one.code) << one.body;
        EXPECT_EQ(told.status, one.shown_status) << one.body;
        if (std::string_view(one.body).find("r-1") != std::string_view::npos) {
            EXPECT_EQ(told.correlation, "r-1");
        }
    }
}

TEST(AwsXml, HasNoEntitiesButItsOwnAndNoEndlessDepth) {
    EXPECT_EQ(read_xml("<a>&amp;<![CDATA[<&]]>&#x20AC;</a>")->text, "&<&€");
    EXPECT_EQ(read_xml("<n:a x='1' y=\"&\"><!-- no --> <b> </b></n:a>")->text_of("b"), " ");
    const char* const bad[] = {"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
                               "<a>&b;</a>",
                               "<a>&#0;</a>",
                               "<a>&#xD800;</a>",
                               "<a>& b</a>",
                               "<a b></a>",
                               "<a b=c></a>",
                               "<a",
                               "text",
                               "<a/>text",
                               "<a><!-- </a>"};
    for (const char* text : bad) EXPECT_FALSE(read_xml(text).ok()) << text;
    std::string deep;
    for (int i = 0; i < 1000; ++i) deep += "<a>";
    EXPECT_FALSE(read_xml(deep).ok());
    EXPECT_FALSE(read_xml("<a><b/><b/><b/></a>", {.max_depth = 9, .max_elements = 3}).ok());
}

}
}
