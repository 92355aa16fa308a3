#pragma once
// A call to the upstream, all but who waits for it: what is asked, and what the reply or its absence means.

#include "servers/drivers/failure.hpp"
#include "servers/drivers/http/curl_handles.hpp"
#include "servers/handler/plan.hpp"
#include "servers/runtime/service_options.hpp"

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tvl::waits {

// What every transfer from the upstream has in common: no proxy, no redirect, HTTP/1.1 over TCP or TLS, the certificate
// verified against `ca` alone where there is one.
void prepare_transfer(CURL*, const std::string& url, const std::string& ca = "");

// 504 when it took too long, else 502; the body says why.
handler::service_result failed_transfer(CURLcode);
handler::service_result refused_by_upstream(long status);
handler::service_result upstream_failed(failure);

// A GET, or a POST once post() was called. To be performed any number of times, one after the other:
//
//   const service_result o = call.result(<libcurl's code of performing call.easy()>);
//
// Without memory for a handle easy() is null, which libcurl refuses to perform.
class upstream_call {
 public:
  enum class body : unsigned char { counted, kept };

  upstream_call(curl_handles&, const std::string& url, body, const std::string& ca = "");
  upstream_call(const upstream_call&) = delete;  // libcurl points to it
  upstream_call& operator=(const upstream_call&) = delete;

  // `form` in application/x-www-form-urlencoded, in the name of a client with a password ("user:password").
  void post(const std::string& form, const std::string& client);

  CURL* easy() const { return easy_.get(); }
  // A 200, with the body if that is kept; else what failed.
  handler::service_result result(CURLcode);
  // Bytes of all bodies of replies so far.
  std::uint64_t bytes() const { return all_bytes_; }

 private:
  static std::size_t receive(char* bytes, std::size_t, std::size_t size, void* self);

  curl_handles::handle easy_;
  std::string body_;
  std::uint64_t bytes_ = 0;  // of the reply at hand
  std::uint64_t all_bytes_ = 0;
  body what_;
};

// Where these calls go to: what the plan asks for, the API as it is, an object.
std::string fetch_url(const service_options&, const handler::plan&);
std::string api_url(const service_options&);
std::string object_url(const service_options&, const std::string& name);
handler::service_result fetched(std::uint64_t calls, std::uint64_t bytes);

}  // namespace tvl::waits
