#pragma once
// Streams an object of the upstream's storage into a reply; the subclasses do the waiting.
//
// The reply begins with the upstream's first bytes; until then it can become an error. A later failure of the upstream
// ends the client's connection before the end of the reply.

#include "servers/drivers/http/http_call.hpp"
#include "servers/runtime/peer.hpp"

#include <curl/curl.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace tvl::waits {

inline constexpr std::uint64_t largest_object = std::uint64_t{1} << 30;  // bytes, else the reply is aborted

class object_reply {
 public:
  object_reply(curl_handles&, const std::string& url, runtime::peer&);
  object_reply(const object_reply&) = delete;  // libcurl points to it
  object_reply& operator=(const object_reply&) = delete;
  virtual ~object_reply() = default;

  CURL* easy() const { return easy_.get(); }
  // The end of the transfer: completes the reply or ends the connection.
  void end(CURLcode);

 protected:
  // Returns the number of bytes taken, or CURL_WRITEFUNC_PAUSE to get them again after unpausing.
  virtual std::size_t pass_on(std::string_view bytes) = 0;
  runtime::peer& peer() { return peer_; }
  handler::session& session() { return peer_.session(); }

 private:
  static std::size_t receive(char* bytes, std::size_t, std::size_t size, void* self);
  std::size_t receive(std::string_view bytes);
  void begin();

  curl_handles::handle easy_;
  runtime::peer& peer_;
  long status_ = 0;          // of the upstream's reply, once known
  std::uint64_t bytes_ = 0;  // of the body so far
};

}  // namespace tvl::waits
