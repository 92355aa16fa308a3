#include "servers/drivers/http/http_call.hpp"

#include "servers/drivers/reply_limit.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace tvl::waits {

using handler::service_result;

void prepare_transfer(CURL* easy, const std::string& url, const std::string& ca) {
  // Most replies are smaller, and a thousand handles may be in use.
  constexpr long receive_buffer = 2048;
  ::curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(easy, CURLOPT_PROXY, "");  // not even one from the environment
  ::curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  ::curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  ::curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, receive_buffer);
  ::curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  ::curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  ::curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (ca.empty()) return;
  ::curl_easy_setopt(easy, CURLOPT_CAINFO, ca.c_str());
  ::curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // not the system's CAs
}

service_result failed_transfer(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return upstream_failed(failure::timeout);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return upstream_failed(failure::unreachable);
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return upstream_failed(failure::disconnected);
    default:  // libcurl's texts are constant and explain certificate errors
      return {502, std::string("upstream: ") + ::curl_easy_strerror(code)};
  }
}

service_result upstream_failed(failure how) { return to_result("upstream", how); }

service_result refused_by_upstream(long status) { return {502, "upstream: it replied " + std::to_string(status)}; }

upstream_call::upstream_call(curl_handles& handles, const std::string& url, body what, const std::string& ca)
    : easy_(handles.take()), what_(what) {
  prepare_transfer(easy(), url, ca);
  ::curl_easy_setopt(easy(), CURLOPT_WRITEFUNCTION, &receive);
  ::curl_easy_setopt(easy(), CURLOPT_WRITEDATA, this);
}

void upstream_call::post(const std::string& form, const std::string& client) {
  ::curl_easy_setopt(easy(), CURLOPT_COPYPOSTFIELDS, form.c_str());
  ::curl_easy_setopt(easy(), CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  ::curl_easy_setopt(easy(), CURLOPT_USERPWD, client.c_str());
}

std::size_t upstream_call::receive(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& call = *static_cast<upstream_call*>(self);
  call.bytes_ += size;
  if (call.bytes_ > reply_limit) return 0;
  if (call.what_ == body::kept) call.body_.append(bytes, size);
  return size;
}

service_result upstream_call::result(CURLcode code) {
  const auto bytes = std::exchange(bytes_, 0);
  auto text = std::exchange(body_, {});
  if (bytes > reply_limit) return {502, "upstream: reply exceeds " + std::to_string(reply_limit) + " bytes"};
  if (code != CURLE_OK) return failed_transfer(code);
  long status = 0;
  ::curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return refused_by_upstream(status);
  all_bytes_ += bytes;
  return {200, std::move(text)};
}

std::string fetch_url(const service_options& o, const handler::plan& p) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(p.time).count();
  return api_url(o) + "?ms=" + std::to_string(ms);
}

std::string api_url(const service_options& o) { return o.upstream + "/api"; }

std::string object_url(const service_options& o, const std::string& name) { return o.upstream + "/objects/" + name; }

service_result fetched(std::uint64_t calls, std::uint64_t bytes) {
  return {200, nlohmann::ordered_json{{"calls", calls}, {"bytes", bytes}}.dump()};
}

}  // namespace tvl::waits
