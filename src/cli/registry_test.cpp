#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/command_line.hpp"
#include "cli/help.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cli {

// Tests run in the folder of the tree.
static std::set<std::string> names_with(std::string_view suffix) {
    std::set<std::string> names;
    for (const std::string& name : base::list_directory("src/cli/commands").value()) {
        if (name.ends_with(suffix) && name != "README.md") {
            names.insert(name.substr(0, name.size() - suffix.size()));
        }
    }
    return names;
}

TEST(Registry, HasEveryFileOnceUnderItsName) {
    std::set<std::string> registered;
    for (const Registration* command : all_commands()) {
        const std::string name = base::replace_all(command->spec().path, " ", "_");
        EXPECT_TRUE(registered.insert(name).second) << name << " is registered twice";
    }
    EXPECT_EQ(registered, names_with(".cpp"));
    EXPECT_EQ(registered, names_with(".md"));
}

TEST(Registry, EveryCommandExplainsItself) {
    for (const Registration* command : all_commands()) {
        const CommandSpec& spec = command->spec();
        EXPECT_FALSE(spec.summary.empty()) << spec.path;
        EXPECT_FALSE(spec.summary.ends_with('.')) << spec.path;
        EXPECT_FALSE(spec.manual.empty()) << spec.path;
        EXPECT_FALSE(spec.manual.starts_with('#')) << spec.path << ": begin with a sentence";
        EXPECT_NE(command_man_page(*command).find(".SH DESCRIPTION"), std::string::npos);
        if (!spec.alias.empty()) {
            EXPECT_EQ(find_command(spec.alias), command) << spec.alias;
            EXPECT_FALSE(is_noun(spec.alias)) << spec.alias;
        }
        // A noun is not a command: its verbs would be taken for arguments.
        EXPECT_FALSE(is_noun(spec.path)) << spec.path;
    }
}

TEST(Registry, NoCommandDeclaresAnArgumentTwice) {
    for (const Registration* registration : all_commands()) {
        const auto command = registration->create();
        Args args;
        GlobalOptions options;
        command->declare(args);
        declare_global_options(args, options);
        std::set<std::string_view> names;
        std::set<char> letters;
        for (const Argument& option : args.options()) {
            EXPECT_TRUE(names.insert(option.name).second) << registration->spec().path;
            if (option.letter == '\0') continue;
            EXPECT_TRUE(letters.insert(option.letter).second) << registration->spec().path;
        }
    }
}

}
