#pragma once
// An HTTP call to the upstream without the waiting: request, and meaning of the reply or the failure.

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

// Common options of all transfers: no proxy, no redirects, HTTP/1.1 over TCP or TLS; the certificate is verified
// against `ca`, or the system's CAs if empty.
void prepare_transfer(CURL*, const std::string& url, const std::string& ca = "");

// 504 for a timeout, else 502, with the reason.
handler::service_result failed_transfer(CURLcode);
handler::service_result refused_by_upstream(long status);
handler::service_result upstream_failed(failure);

// A GET, or a POST after post(). May be performed repeatedly, one at a time:
//
//   const service_result r = call.result(<libcurl's code of performing call.easy()>);
//
// When out of memory easy() is null, which libcurl refuses to perform.
class upstream_call {
 public:
  enum class body : unsigned char { counted, kept };

  upstream_call(curl_handles&, const std::string& url, body, const std::string& ca = "");
  upstream_call(const upstream_call&) = delete;  // libcurl points to it
  upstream_call& operator=(const upstream_call&) = delete;

  // `form` in application/x-www-form-urlencoded, with basic authentication "user:password".
  void post(const std::string& form, const std::string& client);

  CURL* easy() const { return easy_.get(); }
  // 200, with the body if kept; else the failure.
  handler::service_result result(CURLcode);
  // Bytes of all replies' bodies so far.
  std::uint64_t bytes() const { return all_bytes_; }

 private:
  static std::size_t receive(char* bytes, std::size_t, std::size_t size, void* self);

  curl_handles::handle easy_;
  std::string body_;
  std::uint64_t bytes_ = 0;  // of the current reply
  std::uint64_t all_bytes_ = 0;
  body what_;
};

// Target URLs: of the plan, of the API, of an object.
std::string fetch_url(const service_options&, const handler::plan&);
std::string api_url(const service_options&);
std::string object_url(const service_options&, const std::string& name);
handler::service_result fetched(std::uint64_t calls, std::uint64_t bytes);

}  // namespace tvl::waits
