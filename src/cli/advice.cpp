#include "cli/advice.hpp"

#include "base/check.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

namespace cli {

static std::string words_of_trust(base::Next next) {
    if (next == base::Next::TrustPrograms) {
        return "`provisioning workspace trust` shows what would be started, and asks; --trust "
               "agrees to what this command starts";
    }
    if (next == base::Next::TrustSecrets) {
        return "`provisioning workspace trust` shows who would get which secrets, and asks; "
               "--trust agrees to what this command gives away";
    }
    return "`provisioning workspace trust` shows what is in it, and takes it over if you "
           "agree; where nothing is expected, remove it";
}

// The engine says what to do next, and this says by which command: engine and providers know no
// commands, and another front end would have other words.
std::string words_of(const base::Advice& advice) {
    const std::string& subject = advice.subject;
    // As words of a command that can be copied: an address may have quotes in it.
    const std::string word = base::quote_shell(subject);
    using base::Next;
    switch (advice.next) {
        case Next::PlanAgain: return "`provisioning plan` shows what is so now";
        case Next::ApplyAgain: return "`provisioning apply` tries again";
        case Next::ApplyLater: return "later, `provisioning apply` tries again";
        case Next::FindOut:
            return "`provisioning apply` looks for what came of it before it does anything else";
        case Next::SavePlan: return "`provisioning plan --out FILE` makes one";
        case Next::WaitForRun:
            if (subject.empty())
                return "try again when it has ended; `provisioning run list` shows it";
            return fmt::format(
                "try again when it has ended; `provisioning run show {}` tells how far it is",
                subject);
        case Next::ListRuns: return "`provisioning run list` shows them";
        case Next::AbandonRun:
            return fmt::format("if it is certain that {} does not run it any more: `provisioning "
                               "run abandon {}`",
                               advice.object, subject);
        case Next::ResolveIntent:
            return fmt::format("`provisioning plan` looks again; if you know what happened: "
                               "`provisioning state resolve {} --done | --not-done`",
                               word);
        case Next::AdoptOrphans: return "`provisioning state adopt` records it";
        case Next::ImportResource:
            return fmt::format("`provisioning import {} {}` takes it over",
                               subject.empty() ? "ADDRESS" : word,
                               advice.object.empty() ? "ID" : base::quote_shell(advice.object));
        case Next::PrintAsProgram:
            return "write the resource into the program first; `provisioning import --print TYPE "
                   "ID` shows it as Nickel";
        case Next::ForgetResource:
            return fmt::format("`provisioning state rm {}` lets go of it", word);
        case Next::MoveResource:
            return fmt::format("`provisioning state mv {} {}` gives it the other address", word,
                               base::quote_shell(advice.object));
        case Next::ListResources: return "`provisioning state list` shows what there is";
        case Next::RestoreBackup:
            return fmt::format("`provisioning state restore {}` puts {} back; the damaged file is "
                               "set aside, not deleted",
                               subject.empty() ? "NAME" : subject,
                               advice.object.empty() ? "a backup" : advice.object);
        case Next::StartEmptyState:
            return "`provisioning state restore none` sets the damaged file aside and begins with "
                   "an empty state";
        case Next::ImportKey:
            return "`provisioning workspace key import FILE` takes one that was exported";
        case Next::ListWorkspaces:
            return "`provisioning workspace list` shows them; `workspace init DIR` adds one";
        case Next::AddWorkspace:
            return "`provisioning workspace init` in each workspace lists it again";
        case Next::ChooseEnvironment: return fmt::format("--env {}", subject);
        case Next::ApproveEachTime:
            return "`provisioning apply` plans it and asks; `--yes` there approves it";
        case Next::AcceptMissing: return "if all of them are really gone: --accept-missing";
        case Next::StartSandbox: return "`provisioning sandbox start` starts one";
        case Next::ResetSandbox: return "`provisioning sandbox reset` begins with an empty one";
        case Next::SetVariable: return fmt::format("set {} where provisioning is started", subject);
        case Next::ChangeSetting:
            return fmt::format("the setting is `{}`: `provisioning settings` shows it", subject);
        case Next::TrustPrograms:
        case Next::TrustSecrets:
        case Next::TrustState: return words_of_trust(advice.next);
    }
    UNREACHABLE();
}

std::vector<std::string> help_lines(std::string_view help,
                                    const std::optional<base::Advice>& advice) {
    std::vector<std::string> out;
    for (const std::string_view line : base::split_lines(help)) out.emplace_back(line);
    if (advice) out.push_back(words_of(*advice));
    return out;
}

}
