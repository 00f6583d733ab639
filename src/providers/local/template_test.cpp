#include "base/hash.hpp"
#include "providers/local/template_text.hpp"
#include "providers/local/testing.hpp"

namespace providers::local::testing {

static Value variables() {
    return Value::Record{
        {"title", "Bed & <breakfast>"},
        {"count", std::int64_t{3}},
        {"open", true},
        {"site", Value::Record{{"name", "it's \"x\""}, {"port", std::int64_t{80}}}},
        {"list", Value::Array{}},
        {"later", Value::unknown(value::ValueType::String)}};
}

static std::string rendered(std::string_view text) {
    const auto out = render_template("page", text, variables());
    if (!out.ok()) return out.error().text();
    return out->is_unknown() ? "(unknown)" : *out->as_string();
}

TEST(TemplateText, FillsInVariables) {
    EXPECT_EQ(rendered(""), "");
    EXPECT_EQ(rendered("no holes { } }} here"), "no holes { } }} here");
    EXPECT_EQ(rendered("{{title}}, {{ count }}\n{{open}}"), "Bed & <breakfast>, 3\ntrue");
    EXPECT_EQ(rendered("{{ site.name }}:{{site.port}}"), "it's \"x\":80");
    EXPECT_EQ(rendered("a {{\"{{\"}} b {{ \"}}\" }}"), "a {{ b }}");
}

TEST(TemplateText, Filters) {
    EXPECT_EQ(rendered("{{ title | html }}"), "Bed &amp; &lt;breakfast&gt;");
    EXPECT_EQ(rendered("{{ site.name|json }} {{ count | json }}"), "\"it's \\\"x\\\"\" 3");
    EXPECT_EQ(rendered("{{ count | json | html }}"), "3");
    EXPECT_EQ(rendered("{{ site.name | json | html }}"), "&quot;it&#39;s \\&quot;x\\&quot;&quot;");
}

TEST(TemplateText, ErrorsNameTheirPlace) {
    EXPECT_EQ(rendered("one\n  {{ titel }}"),
              "page:2:6: there is no variable \"titel\"; did you mean `title`?");
    EXPECT_EQ(rendered("{{ site.nam }}"),
              "page:1:4: \"site\" has no field \"nam\"; did you mean `name`?");
    EXPECT_EQ(rendered("{{ count.x }}"), "page:1:4: \"count\" has no fields");
    EXPECT_EQ(rendered("{{ list }}"), "page:1:4: only strings, numbers and booleans have a text");
    EXPECT_EQ(rendered("a {{ title"), "page:1:3: this \"{{\" has no \"}}\"");
    EXPECT_EQ(rendered("{{ }}"),
              "page:1:4: expected the name of a variable, as in \"{{ title }}\"");
    EXPECT_EQ(rendered("{{ a b }}"), "page:1:6: expected \"}}\", or \"|\" and a filter");
    EXPECT_EQ(rendered("{{ title | upper }}"),
              "page:1:12: there is no filter \"upper\"; there are html, json and shell");
    EXPECT_EQ(rendered("{{ \"open }}"), "page:1:4: this text has no closing quote");
}

TEST(TemplateText, UnknownAndSecretPass) {
    EXPECT_EQ(rendered("{{ later }}"), "(unknown)");
    EXPECT_EQ(rendered("{{ later }} {{ nobody }}"), "page:1:16: there is no variable \"nobody\"");
    Value secret("s");
    secret.mark_secret();
    const auto out = render_template("t", "{{ x }}", Value(Value::Record{{"x", secret}}));
    EXPECT_TRUE(out->is_secret());
    EXPECT_TRUE(
        render_template("t", "{{ x }}", Value::unknown(value::ValueType::Record))->is_unknown());
}

class TemplateTest : public LocalTest {
protected:
    static Value page(std::string_view text, std::string_view title) {
        return Value::Record{{"path", "page"},
                             {"template", text},
                             {"variables", Value::Record{{"title", title}}},
                             {"mode", "0644"},
                             {"overwrite", false}};
    }
};

TEST_F(TemplateTest, LivesAndDies) {
    const Value inputs = page("<h1>{{ title }}</h1>", "one");
    const auto planned = plan("local.Template", inputs);
    EXPECT_EQ(shown_text(planned.outputs, "rendered"), "<h1>one</h1>");
    EXPECT_EQ(shown_text(planned.outputs, "sha256"), base::sha256_hex("<h1>one</h1>"));
    const auto create = intent("local.Template", Action::Create, inputs);
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Absent);
    const auto made = must(create);
    EXPECT_EQ(content("page"), "<h1>one</h1>");
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Done);
    EXPECT_EQ(plan("local.Template", made, inputs, inputs).action, provider::PlannedAction::None);
    const auto update = next(create, made, Action::Update, page("<h1>{{ title }}</h1>", "two"));
    const auto updated = must(update);
    EXPECT_EQ(content("page"), "<h1>two</h1>");
    must(next(update, updated, Action::Delete, update.inputs));
    EXPECT_EQ(listing(), "");
}

TEST_F(TemplateTest, SeesAndLeavesChangesByHand) {
    const Value inputs = page("{{ title }}", "one");
    const auto create = intent("local.Template", Action::Create, inputs);
    const auto made = must(create);
    write("page", "by hand");
    const auto seen = read("local.Template", "page", inputs);
    ASSERT_TRUE(seen);
    const auto planned = plan("local.Template", *seen, inputs, inputs);
    EXPECT_EQ(planned.action, provider::PlannedAction::Update);
    EXPECT_EQ(planned.changed, std::vector<std::string>{"template"});
    EXPECT_EQ(shown_text(planned.outputs, "rendered"), "one");
    EXPECT_FALSE(start(next(create, made, Action::Update, inputs)).ok());
    EXPECT_EQ(content("page"), "by hand");
}

TEST_F(TemplateTest, FollowsItsSourceFile) {
    write("source", "{{ title }}!");
    Value inputs = page("", "one");
    inputs.set("template", Value());
    inputs.set("source", "source");
    const auto create = intent("local.Template", Action::Create, inputs);
    const auto made = must(create);
    EXPECT_EQ(content("page"), "one!");
    EXPECT_EQ(plan("local.Template", made, inputs, inputs).action, provider::PlannedAction::None);
    write("source", "{{ title }}?");
    const auto seen = read("local.Template", "page", inputs);
    ASSERT_TRUE(seen);
    const auto planned = plan("local.Template", *seen, inputs, inputs);
    EXPECT_EQ(planned.action, provider::PlannedAction::Update);
    EXPECT_EQ(planned.changed, std::vector<std::string>{"source"});
    must(next(create, made, Action::Update, inputs));
    EXPECT_EQ(content("page"), "one?");
    ::unlink(path("source").c_str());
    EXPECT_FALSE(connection_
                     ->plan({.type = type("local.Template"),
                             .prior = made,
                             .recorded_inputs = inputs,
                             .inputs = inputs},
                            {})
                     .ok());
    const auto removal = next(create, made, Action::Delete, inputs);
    EXPECT_TRUE(start(removal).ok()) << "the source is not needed to delete";
}

TEST_F(TemplateTest, ChecksItsInputs) {
    const auto refuse = [&](const Value& inputs) {
        const auto checked = connection_->validate(type("local.Template"), inputs);
        return checked.ok() ? "(fine)" : checked.error().text();
    };
    EXPECT_EQ(refuse(page("{{ title }}", "x")), "(fine)");
    EXPECT_EQ(refuse(page("{{ titel }}", "x")),
              "template:1:4: there is no variable \"titel\"; did you mean `title`?");
    Value both = page("x", "x");
    both.set("source", "s");
    EXPECT_EQ(refuse(both), "`template` and `source` are both given, one of them is needed");
    both.set("template", Value());
    EXPECT_EQ(refuse(both), "(fine)");
    both.set("source", Value());
    EXPECT_EQ(refuse(both), "neither `template` nor `source` is given");
}

}
