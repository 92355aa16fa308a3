#include "servers/upstream/certificates.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <utility>
#include <vector>

namespace tvl::upstream {

namespace fs = std::filesystem;

namespace {

template <auto Free>
struct deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using key_ptr = std::unique_ptr<EVP_PKEY, deleter<::EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, deleter<::X509_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, deleter<::X509_EXTENSION_free>>;
using file_ptr = std::unique_ptr<std::FILE, deleter<std::fclose>>;

constexpr long day = 86'400;  // seconds

[[noreturn]] void fail(const std::string& what) {
  const auto code = ::ERR_get_error();
  const char* reason = code != 0 ? ::ERR_reason_error_string(code) : nullptr;
  throw std::runtime_error(reason ? what + ": " + reason : what);
}

void check(bool good) {
  if (!good) fail("cannot make a certificate");
}

struct identity {
  key_ptr key;
  certificate_ptr certificate;
};

struct wish {
  std::string name;
  std::vector<std::pair<int, std::string>> extensions;
  long from, to;  // seconds from now
};

void add_extension(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context{};
  ::X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const extension_ptr extension(::X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
  check(extension && ::X509_add_ext(certificate, extension.get(), -1) == 1);
}

// Signed by `issuer`, or self-signed.
identity make_identity(const wish& w, const identity* issuer) {
  identity result{key_ptr(EVP_EC_gen("P-256")), certificate_ptr(::X509_new())};
  check(result.key && result.certificate);
  X509* const c = result.certificate.get();
  X509* const signer = issuer ? issuer->certificate.get() : c;
  std::uint64_t serial = 0;  // clients distinguish serials of an issuer, and ours has the same name at every start
  check(::RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  check(::ASN1_INTEGER_set_uint64(::X509_get_serialNumber(c), serial >> 1 | 1) == 1);
  check(::X509_set_version(c, X509_VERSION_3) == 1 && ::X509_set_pubkey(c, result.key.get()) == 1);
  check(::X509_gmtime_adj(::X509_getm_notBefore(c), w.from) && ::X509_gmtime_adj(::X509_getm_notAfter(c), w.to));
  check(::X509_NAME_add_entry_by_txt(::X509_get_subject_name(c), "CN", MBSTRING_ASC,
                                     reinterpret_cast<const unsigned char*>(w.name.c_str()), -1, -1, 0) == 1);
  check(::X509_set_issuer_name(c, ::X509_get_subject_name(signer)) == 1);
  for (const auto& [what, value] : w.extensions) add_extension(c, signer, what, value);
  check(::X509_sign(c, issuer ? issuer->key.get() : result.key.get(), ::EVP_sha256()) > 0);
  return result;
}

identity make_authority() {
  return make_identity({"threads-vs-loop test authority",
                        {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                         {NID_key_usage, "critical,keyCertSign,cRLSign"},
                         {NID_subject_key_identifier, "hash"}},
                        -day,
                        366 * day},
                       nullptr);
}

identity make_server(const identity& authority, const std::string& address, certificate_flaw flaw) {
  auto names = "DNS:localhost,IP:127.0.0.1" + (address == "127.0.0.1" ? "" : ",IP:" + address);
  if (flaw == certificate_flaw::host) names = "DNS:elsewhere.example,IP:192.0.2.1";
  return make_identity({"tvl-upstream",
                        {{NID_basic_constraints, "critical,CA:FALSE"},
                         {NID_key_usage, "critical,digitalSignature"},
                         {NID_ext_key_usage, "serverAuth"},
                         {NID_subject_key_identifier, "hash"},
                         {NID_authority_key_identifier, "keyid"},
                         {NID_subject_alt_name, names}},
                        flaw == certificate_flaw::expired ? -2 * day : -day,
                        flaw == certificate_flaw::expired ? -day : 365 * day},
                       &authority);
}

// Creates a file and passes it to `write`.
template <class F>
void write_file(const fs::path& path, mode_t mode, F write) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) throw std::runtime_error("cannot write " + path.string() + ": " + std::strerror(errno));
  const file_ptr file(::fdopen(descriptor, "w"));
  if (!file || write(file.get()) != 1 || std::fflush(file.get()) != 0) fail("cannot write " + path.string());
}

void write_certificate(const fs::path& path, X509* certificate) {
  write_file(path, 0644, [&](std::FILE* f) { return ::PEM_write_X509(f, certificate); });
}

void make_files(const certificate_files& files, const std::string& address, certificate_flaw flaw) {
  const auto authority = make_authority();
  const auto other = make_authority();
  const auto server = make_server(flaw == certificate_flaw::ca ? other : authority, address, flaw);
  write_certificate(files.ca, authority.certificate.get());
  write_certificate(files.certificate, server.certificate.get());
  write_file(files.key, 0600, [&](std::FILE* f) {
    return ::PEM_write_PrivateKey(f, server.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

fs::path make_temporary() {
  auto path = (fs::temp_directory_path() / "tvl-upstream.XXXXXX").string();
  if (!::mkdtemp(path.data())) throw std::runtime_error("cannot make " + path + ": " + std::strerror(errno));
  return path;
}

}  // namespace

certificate_folder::certificate_folder(const std::string& path)
    : path_(path.empty() ? make_temporary() : fs::absolute(path)), temporary_(path.empty()) {
  std::error_code error;
  fs::create_directories(path_, error);
  if (error) throw std::runtime_error("cannot make " + path_.string() + ": " + error.message());
}

certificate_folder::~certificate_folder() {
  std::error_code ignored;
  if (temporary_) fs::remove_all(path_, ignored);
}

certificate_files certificate_folder::files(const std::string& address, certificate_flaw flaw) const {
  certificate_files result{path_ / "ca.pem", path_ / "server.pem", path_ / "key.pem"};
  std::error_code ignored;
  const int there =
      fs::exists(result.ca, ignored) + fs::exists(result.certificate, ignored) + fs::exists(result.key, ignored);
  if (there != 0 && there != 3)
    throw std::runtime_error(path_.string() + " has some of ca.pem, server.pem, key.pem, not all");
  if (there != 0 && flaw != certificate_flaw::none)
    throw std::runtime_error("cannot make a flawed certificate, the folder has certificates: " + path_.string());
  if (there == 0) make_files(result, address, flaw);
  return result;
}

tls_context make_tls_context(const certificate_files& files) {
  tls_context context(::SSL_CTX_new(::TLS_server_method()), &::SSL_CTX_free);
  if (!context) fail("cannot set up TLS");
  SSL_CTX* const c = context.get();
  ::SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
  ::SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION);
  // Frees buffers between records: 34 KiB less per idle connection.
  ::SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (::SSL_CTX_use_certificate_chain_file(c, files.certificate.c_str()) != 1)
    fail("cannot use " + files.certificate.string());
  if (::SSL_CTX_use_PrivateKey_file(c, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    fail("cannot use " + files.key.string());
  return context;
}

}  // namespace tvl::upstream
