#include "net/client/curl_library.hpp"

#include <dlfcn.h>
#include <fmt/core.h>

namespace net {
namespace {

constexpr unsigned kOldestLibrary = 0x075000;   // 7.80: the callback before a request is sent

template <typename Function>
void look_up(void* handle, const char* name, Function& function, std::string& failure) {
    function = reinterpret_cast<Function>(::dlsym(handle, name));
    if (function == nullptr && failure.empty())
        failure = fmt::format("{} has no function {}", kCurlLibrary, name);
}

CurlLibrary load_library() {
    CurlLibrary library;
    // NODELETE: the library has threads and handlers at exit that must not lose their code.
    void* handle = ::dlopen(kCurlLibrary, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == nullptr) {
        const char* why = ::dlerror();
        library.failure = why == nullptr ? "it cannot be loaded" : why;
        return library;
    }
    std::string& failure = library.failure;
    look_up(handle, "curl_global_init", library.global_init, failure);
    look_up(handle, "curl_version_info", library.version_info, failure);
    look_up(handle, "curl_easy_init", library.easy_init, failure);
    look_up(handle, "curl_easy_reset", library.easy_reset, failure);
    look_up(handle, "curl_easy_cleanup", library.easy_cleanup, failure);
    look_up(handle, "curl_easy_setopt", library.easy_setopt, failure);
    look_up(handle, "curl_easy_getinfo", library.easy_getinfo, failure);
    look_up(handle, "curl_easy_strerror", library.easy_strerror, failure);
    look_up(handle, "curl_multi_init", library.multi_init, failure);
    look_up(handle, "curl_multi_cleanup", library.multi_cleanup, failure);
    look_up(handle, "curl_multi_setopt", library.multi_setopt, failure);
    look_up(handle, "curl_multi_add_handle", library.multi_add_handle, failure);
    look_up(handle, "curl_multi_remove_handle", library.multi_remove_handle, failure);
    look_up(handle, "curl_multi_perform", library.multi_perform, failure);
    look_up(handle, "curl_multi_info_read", library.multi_info_read, failure);
    look_up(handle, "curl_multi_poll", library.multi_poll, failure);
    look_up(handle, "curl_multi_wakeup", library.multi_wakeup, failure);
    look_up(handle, "curl_slist_append", library.slist_append, failure);
    look_up(handle, "curl_slist_free_all", library.slist_free_all, failure);
    if (!failure.empty()) return library;
    const auto* version = library.version_info(CURLVERSION_NOW);
    if (version->version_num < kOldestLibrary)
        failure = fmt::format("version {} is too old, 7.80 is needed", version->version);
    else if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        failure = "it cannot be initialised";
    return library;
}

}

const CurlLibrary& curl() {
    static const CurlLibrary library = load_library();
    return library;
}

}
