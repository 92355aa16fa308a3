#pragma once
// A test certificate authority and the server certificate that it signs. Made at every start, so that none is in the
// repository or trusted by a machine.

#include <filesystem>
#include <memory>
#include <openssl/ssl.h>
#include <string>

namespace tvl::upstream {

enum class certificate_flaw {
  none,
  expired,  // one day ago
  host,     // for another host
  ca,       // signed by an authority other than ca.pem
};

struct certificate_files {
  std::filesystem::path ca;           // ca.pem, for clients
  std::filesystem::path certificate;  // server.pem
  std::filesystem::path key;          // key.pem, readable only by its owner
};

// Folder of the files: given by the user, or temporary and removed by the destructor.
class certificate_folder {
 public:
  // "" = temporary. Throws std::runtime_error.
  explicit certificate_folder(const std::string& path);
  ~certificate_folder();
  certificate_folder(const certificate_folder&) = delete;
  certificate_folder& operator=(const certificate_folder&) = delete;

  // Returns the existing files, so that clients may keep the CA across a restart; without any, creates them for
  // 127.0.0.1, localhost and `address`, valid for a year. The authority's key is never written. Throws
  // std::runtime_error when only some exist, or when any exist and `flaw` asks for others.
  certificate_files files(const std::string& address, certificate_flaw flaw) const;

 private:
  std::filesystem::path path_;
  bool temporary_;
};

using tls_context = std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)>;

// Server context, TLS 1.2 or newer. Throws std::runtime_error for an invalid certificate or key.
tls_context make_tls_context(const certificate_files&);

}  // namespace tvl::upstream
