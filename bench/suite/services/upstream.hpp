#pragma once
// tvl-upstream, the stand-in for the API, the OAuth server and the object storage that an app server calls.

#include "bench/suite/services/service.hpp"

#include <string>
#include <string_view>

namespace tvl::suite {

inline constexpr std::string_view upstream_reply = R"({"answer":42})";  // of its API

// On free ports of 127.0.0.1. Throws not_installed, server_failed, run_stopped.
service start_upstream(const service_environment&);

// The user's own at http://HOST:PORT. Throws bad_input when it does not answer.
service given_upstream(const std::string& url);

}  // namespace tvl::suite
