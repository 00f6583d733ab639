#include "base/error.hpp"

#include "base/check.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

namespace base {

// On the heap, so that a Result stays small where there is no error.
struct Error::Body {
    Code code;
    std::string message;
    std::string help;
    std::optional<Advice> advice;
    std::vector<std::string> contexts;
    std::shared_ptr<const ErrorDetail> detail;
};

std::string_view name_of(Code code) {
    switch (code) {
        case Code::InvalidArgument: return "InvalidArgument";
        case Code::Usage: return "Usage";
        case Code::NotFound: return "NotFound";
        case Code::AlreadyExists: return "AlreadyExists";
        case Code::PermissionDenied: return "PermissionDenied";
        case Code::NotApproved: return "NotApproved";
        case Code::Unauthenticated: return "Unauthenticated";
        case Code::FailedPrecondition: return "FailedPrecondition";
        case Code::Conflict: return "Conflict";
        case Code::Busy: return "Busy";
        case Code::OutOfDate: return "OutOfDate";
        case Code::Exhausted: return "Exhausted";
        case Code::CannotWrite: return "CannotWrite";
        case Code::Unavailable: return "Unavailable";
        case Code::DeadlineExceeded: return "DeadlineExceeded";
        case Code::Cancelled: return "Cancelled";
        case Code::Unimplemented: return "Unimplemented";
        case Code::DataLoss: return "DataLoss";
        case Code::Internal: return "Internal";
    }
    UNREACHABLE();
}

std::string_view name_of(Next next) {
    switch (next) {
        case Next::PlanAgain: return "PlanAgain";
        case Next::ApplyAgain: return "ApplyAgain";
        case Next::ApplyLater: return "ApplyLater";
        case Next::FindOut: return "FindOut";
        case Next::SavePlan: return "SavePlan";
        case Next::WaitForRun: return "WaitForRun";
        case Next::ListRuns: return "ListRuns";
        case Next::AbandonRun: return "AbandonRun";
        case Next::ResolveIntent: return "ResolveIntent";
        case Next::AdoptOrphans: return "AdoptOrphans";
        case Next::ImportResource: return "ImportResource";
        case Next::PrintAsProgram: return "PrintAsProgram";
        case Next::ForgetResource: return "ForgetResource";
        case Next::MoveResource: return "MoveResource";
        case Next::ListResources: return "ListResources";
        case Next::RestoreBackup: return "RestoreBackup";
        case Next::StartEmptyState: return "StartEmptyState";
        case Next::ImportKey: return "ImportKey";
        case Next::ListWorkspaces: return "ListWorkspaces";
        case Next::AddWorkspace: return "AddWorkspace";
        case Next::ChooseEnvironment: return "ChooseEnvironment";
        case Next::ApproveEachTime: return "ApproveEachTime";
        case Next::AcceptMissing: return "AcceptMissing";
        case Next::StartSandbox: return "StartSandbox";
        case Next::ResetSandbox: return "ResetSandbox";
        case Next::SetVariable: return "SetVariable";
        case Next::ChangeSetting: return "ChangeSetting";
        case Next::TrustPrograms: return "TrustPrograms";
        case Next::TrustSecrets: return "TrustSecrets";
        case Next::TrustState: return "TrustState";
    }
    UNREACHABLE();
}

Error::Error(Code code, std::string message)
    : body_(new Body{.code = code,
                     .message = std::move(message),
                     .help = {},
                     .advice = {},
                     .contexts = {},
                     .detail = nullptr}) {}

void Error::destroy(Body* body) { delete body; }

// Not a CHECK: its text would name this line, while the error says what went wrong.
void fail_value(const Error& error) {
    std::fprintf(stderr, "internal error: the value of a failure was taken: %s\n",
                 error.text().c_str());
    std::abort();
}

Code Error::code() const { return body_->code; }
std::string_view Error::message() const { return body_->message; }
std::string_view Error::help() const { return body_->help; }
const Advice* Error::advice() const { return body_->advice ? &*body_->advice : nullptr; }
const std::vector<std::string>& Error::contexts() const { return body_->contexts; }
const ErrorDetail* Error::detail() const { return body_->detail.get(); }

Error&& Error::with_context(std::string what) && {
    body_->contexts.push_back(std::move(what));
    return std::move(*this);
}
Error&& Error::with_help(std::string what_to_do) && {
    body_->help = std::move(what_to_do);
    return std::move(*this);
}
Error&& Error::with_advice(Advice advice) && {
    body_->advice = std::move(advice);
    return std::move(*this);
}
Error&& Error::with_detail(std::shared_ptr<const ErrorDetail> detail) && {
    body_->detail = std::move(detail);
    return std::move(*this);
}

std::string Error::text() const {
    std::string out;
    // Contexts were added from the inside to the outside, and are read the other way round.
    for (auto context = body_->contexts.rbegin(); context != body_->contexts.rend(); ++context) {
        out += *context;
        out += ": ";
    }
    return out + body_->message;
}

Error invalid_argument(std::string message) { return {Code::InvalidArgument, std::move(message)}; }
Error not_found(std::string message) { return {Code::NotFound, std::move(message)}; }
Error internal(std::string message) { return {Code::Internal, std::move(message)}; }

// By what a user can do about it. What is not named here is ours to look into.
static Code code_of_errno(int errno_value) {
    switch (errno_value) {
        case ENOENT: return Code::NotFound;
        case EEXIST: return Code::AlreadyExists;
        case EACCES:
        case EPERM: return Code::PermissionDenied;
        case EROFS:
        case ENOSPC:
        case EDQUOT: return Code::CannotWrite;
        case EMFILE:
        case ENFILE:
        case ENOMEM: return Code::Exhausted;
        case EINVAL:
        case ENAMETOOLONG:
        case ELOOP: return Code::InvalidArgument;
        case ENOTDIR:
        case EISDIR:
        case ENOTEMPTY: return Code::FailedPrecondition;
        case EAGAIN:
        case EBUSY: return Code::Unavailable;
        case ETIMEDOUT: return Code::DeadlineExceeded;
        default: return Code::Internal;
    }
}

Error system_error(std::string what, int errno_value) {
    what += ": ";
    // Not strerror(): its buffer is shared by threads, and its text depends on the locale, which
    // tests and logs must not.
    what += ::strerrordesc_np(errno_value);
    return {code_of_errno(errno_value), std::move(what)};
}

}
