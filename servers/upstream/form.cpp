#include "servers/upstream/form.hpp"

#include <algorithm>
#include <charconv>

namespace tvl::upstream {
namespace {

std::string decoded(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    unsigned char byte = 0;
    const bool escape = text.front() == '%' && text.size() >= 3 &&
                        std::from_chars(text.data() + 1, text.data() + 3, byte, 16).ptr == text.data() + 3;
    result += escape ? static_cast<char>(byte) : text.front() == '+' ? ' ' : text.front();
    text.remove_prefix(escape ? 3 : 1);
  }
  return result;
}

}  // namespace

std::optional<std::string> form_value(std::string_view form, std::string_view key) {
  while (!form.empty()) {
    const auto field = form.substr(0, form.find('&'));
    form.remove_prefix(std::min(form.size(), field.size() + 1));
    const auto equals = std::min(field.find('='), field.size());
    if (field.substr(0, equals) == key) return decoded(field.substr(std::min(field.size(), equals + 1)));
  }
  return std::nullopt;
}

}  // namespace tvl::upstream
