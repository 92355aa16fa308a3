#include "bench/suite/output/file_hash.hpp"

#include <array>
#include <cstdint>
#include <fstream>
#include <memory>
#include <openssl/evp.h>
#include <vector>

namespace tvl::suite {
namespace {

using context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

std::string hexadecimal(const unsigned char* bytes, std::size_t count) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

}  // namespace

std::optional<std::string> sha256_of(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return std::nullopt;
  const auto size = std::filesystem::file_size(file, error);
  if (error || size > largest_hashed) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  const context hash(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!in || !hash || EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) != 1) return std::nullopt;
  std::vector<char> buffer(1 << 16);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), in.gcount() > 0) {
    if (EVP_DigestUpdate(hash.get(), buffer.data(), static_cast<std::size_t>(in.gcount())) != 1) return std::nullopt;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (in.bad() || EVP_DigestFinal_ex(hash.get(), digest.data(), &length) != 1) return std::nullopt;
  return hexadecimal(digest.data(), length);
}

}  // namespace tvl::suite
