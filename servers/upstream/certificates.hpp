#pragma once
// A certificate authority for tests and the server certificate that it signs, made anew at every start, so that none is
// in the repository and none is trusted by anybody's machine.

#include <filesystem>
#include <memory>
#include <openssl/ssl.h>
#include <string>

namespace tvl::upstream {

enum class certificate_flaw {
  none,
  expired,  // since a day
  host,     // for another host
  ca,       // signed by another authority than the one in ca.pem
};

struct certificate_files {
  std::filesystem::path ca;           // ca.pem, what a client trusts
  std::filesystem::path certificate;  // server.pem
  std::filesystem::path key;          // key.pem, readable by its owner alone
};

// Where the files are: a folder of the user's choice, or a temporary one, which goes with this.
class certificate_folder {
 public:
  // "" = temporary. Throws std::runtime_error.
  explicit certificate_folder(const std::string& path);
  ~certificate_folder();
  certificate_folder(const certificate_folder&) = delete;
  certificate_folder& operator=(const certificate_folder&) = delete;

  // The files there, so that clients may keep what they trust across a restart; made first when there are none, for
  // 127.0.0.1, localhost and `address`, valid for a year. The authority's own key is never written.
  // Throws std::runtime_error when some are there and some not, or when there are any and `flaw` asks for others.
  certificate_files files(const std::string& address, certificate_flaw flaw) const;

 private:
  std::filesystem::path path_;
  bool temporary_;
};

using tls_context = std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)>;

// A server's, TLS 1.2 or newer. Throws std::runtime_error when the files are no certificate and its key.
tls_context make_tls_context(const certificate_files&);

}  // namespace tvl::upstream
