#include "servers/waits/object_reply.hpp"

#include "servers/drivers/reply_limit.hpp"

#include <optional>

namespace tvl::waits {

using handler::service_result;

object_reply::object_reply(curl_handles& handles, const std::string& url, runtime::peer& peer)
    : easy_(handles.take()), peer_(peer) {
  constexpr long receive_buffer = 16L << 10;  // the most that libcurl delivers at once
  prepare_transfer(easy(), url);
  ::curl_easy_setopt(easy(), CURLOPT_BUFFERSIZE, receive_buffer);
  ::curl_easy_setopt(easy(), CURLOPT_NOBODY, peer.session().wants_body() ? 0L : 1L);
  ::curl_easy_setopt(easy(), CURLOPT_WRITEFUNCTION, static_cast<curl_write_callback>(&receive));
  ::curl_easy_setopt(easy(), CURLOPT_WRITEDATA, this);
}

void object_reply::begin() {
  if (status_ != 0) return;
  ::curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status_);
  if (status_ != 200) return;
  curl_off_t size = -1;
  ::curl_easy_getinfo(easy(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
  session().begin(size < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(size)));
}

std::size_t object_reply::receive(char* bytes, std::size_t, std::size_t size, void* self) {
  return static_cast<object_reply*>(self)->receive({bytes, size});
}

std::size_t object_reply::receive(std::string_view bytes) {
  begin();
  if (status_ == 200) {
    if (bytes_ + bytes.size() > largest_object) return 0;
    const auto taken = pass_on(bytes);
    if (taken != CURL_WRITEFUNC_PAUSE) bytes_ += taken;
    return taken;
  }
  bytes_ += bytes.size();  // the body of an error, read so that its connection can be reused
  return bytes_ > reply_limit ? 0 : bytes.size();
}

void object_reply::end(CURLcode code) {
  if (code == CURLE_OK) begin();
  if (status_ == 200)
    code == CURLE_OK ? session().finish() : session().abort();
  else if (status_ == 404)
    session().reply(service_result{404, "no such object"});
  else
    session().reply(status_ != 0 ? refused_by_upstream(status_) : failed_transfer(code));
}

}  // namespace tvl::waits
