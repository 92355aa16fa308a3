#pragma once
// A chunk of a stream: "chunk 17\n".

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace tvl::waits {

class chunk {
 public:
  explicit chunk(std::uint64_t number) {
    char* const end = std::to_chars(text_.data() + word.copy(text_.data(), word.size()), text_.end() - 1, number).ptr;
    *end = '\n';
    size_ = static_cast<unsigned char>(end + 1 - text_.data());
  }
  operator std::string_view() const { return {text_.data(), size_}; }

 private:
  static constexpr std::string_view word = "chunk ";
  std::array<char, 31> text_;
  unsigned char size_;
};

}  // namespace tvl::waits
