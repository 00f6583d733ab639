#pragma once

#include "net/http/message.hpp"
#include "providers/aws/protocol/xml.hpp"
#include "providers/aws/service_model.hpp"
#include "providers/rest/api.hpp"
#include "json/value.hpp"

#include <string_view>

// How documents go over AWS's wires: as forms, XML and JSON, as the service's model says. The
// documents have the members that the vendor's own tools show: {"VpcId": "vpc-1", "Tags": [{…}]}.
namespace providers::aws {

// A request without the host: its target is "/". InvalidArgument for a document that does not fit
// the operation's input: a member that it has not, one of another kind, or a required one missing.
base::Result<net::Request> encode(const ServiceModel& model, const Operation& operation,
                                  const json::Value& parameters);
// What an answer says; members that the model does not know are left out. InvalidArgument for what
// is not in the protocol's form.
base::Result<json::Value> decode(const ServiceModel& model, const Operation& operation,
                                 const net::Response& response);
// What a refusal says, in whichever protocol it comes.
rest::ApiError read_error(const net::Response& response);

// Of a form: names and values for what a shape takes.
base::Result<std::string> encode_form(const ServiceModel& model, const Operation& operation,
                                      const json::Value& parameters);
base::Result<json::Value> from_xml(const XmlElement& element, const ShapeUse& use);
// A document held against a shape, and a JSON body's names and forms. `where` is for messages.
base::Result<json::Value> to_wire_json(const json::Value& value, const ShapeUse& use,
                                       const std::string& where);
base::Result<void> check_members(const json::Value& value, const Shape& shape,
                                 const std::string& where);
// As a form or JSON text has it; InvalidArgument where the value is of another kind.
base::Result<std::string> scalar_text(const json::Value& value, const ShapeUse& use,
                                      const std::string& where);

}
