#include "embedded/providers.hpp"
#include "providers/rest/describe.hpp"
#include "providers/rest/wire.hpp"
#include "providers/upcloud/formats.hpp"
#include "providers/upcloud/service.hpp"
#include "providers/upcloud/types.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace providers::upcloud {
namespace {

using namespace rest;
using value::Value;

struct Needs {
    std::string_view type;
    std::vector<std::string_view> inputs;
};

base::Result<void> validate(const Value& inputs) {
    TRY(check_length(inputs, "name", 1, 255));
    const std::string& type = text_of(inputs, "type");
    const std::array kNeeds{Needs{"manual", {"certificate", "private_key"}},
                            Needs{"dynamic", {"hostnames", "key_type"}},
                            Needs{"authority", {"certificate"}}};
    for (const Needs& needs : kNeeds) {
        if (type != needs.type) continue;
        for (const std::string_view input : needs.inputs) {
            if (!field_of(inputs, input).is_null()) continue;
            return about(input, base::invalid_argument(fmt::format(
                                    "a certificate that is '{} has no `{}`", type, input)));
        }
    }
    return {};
}

RestType describe() {
    RestType type = bare_type("upcloud.Certificate", "certificate bundle",
                              "/load-balancer/certificate-bundles");
    type.schema.doc = "A certificate for load balancers: one of your own ('manual), one that the "
                      "platform gets and renews ('dynamic), or an authority to trust.";
    type.schema.example = embedded::upcloud_certificate_ncl;
    type.tags.form = Tagging::Form::None;
    type.progress = service_progress<kOperationalState>;
    type.is_gone_at_once = true;
    type.is_told_by_difference = true;
    type.is_found_by_name = false;
    Field key = updatable(Input("private_key", a_string(),
                                "Its key: PEM in base64, as a reference to a secret. Never "
                                "to be read back.")
                              .secret());
    key.is_never_shown = true;
    Field between = updatable(Input("intermediates", a_string(),
                                    "The certificates between it and its root: PEM in base64."));
    between.is_absent_none = true;
    Field names = list_of_records(
        updatable(Input("hostnames", array_of(a_string()), "Of a 'dynamic one: for whom it is.")));
    Field kind =
        replacing(Input("key_type", one_of({"rsa", "ecdsa"}), "Of a 'dynamic one: of its key."));
    kind.is_absent_none = true;
    Field certificate = updatable(Input("certificate", a_string(), "Itself: PEM in base64."));
    certificate.is_absent_none = true;
    certificate.is_left_alone = true;
    type.fields = {
        updatable(Input("name", a_string(), "For people.").required()),
        replacing(Input("type", one_of({"manual", "dynamic", "authority"}), "Where it comes from.")
                      .required()),
        std::move(certificate),
        std::move(key),
        std::move(between),
        std::move(names),
        std::move(kind),
    };
    type.results = {
        shown(Output("state", value::ValueType::String, "\"idle\" when it is there."),
              kOperationalState),
        shown(Output("not_after", value::ValueType::Dyn, "Until when it is good.")
                  .changes_with({"certificate", "hostnames"}),
              "not_after"),
    };
    type.validate = validate;
    return complete(std::move(type));
}

}

const RestType& certificate_type() {
    static const RestType kType = describe();
    return kType;
}

}
