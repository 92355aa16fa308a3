#include "servers/upstream/objects.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <random>
#include <string>
#include <utility>

namespace tvl::upstream {
namespace {

constexpr std::size_t period = 65'521;

std::string make_block() {
  std::minstd_rand random(1);  // specified by the standard: the same bytes everywhere
  std::string result(period, '\0');
  std::ranges::generate(result, [&] { return static_cast<char>('a' + (random() >> 8) % 26); });
  return result + result + result;
}

}  // namespace

std::optional<std::uint64_t> object_size(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 3> named{
      {{"small", 1u << 10}, {"medium", 1u << 20}, {"large", 64u << 20}}};
  static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 5> units{
      {{"B", 1}, {"kB", 1000}, {"KiB", 1u << 10}, {"MB", 1'000'000}, {"MiB", 1u << 20}}};
  for (const auto& [known, size] : named)
    if (name == known) return size;
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), n);
  const auto unit = name.substr(static_cast<std::size_t>(end - name.data()));
  for (const auto& [known, factor] : units)
    if (error == std::errc{} && unit == known && n <= largest_object / factor) return n * factor;
  return std::nullopt;
}

std::string_view object_content(std::uint64_t at, std::uint64_t size) {
  static const std::string block = make_block();
  const auto rest = std::string_view(block).substr(at % period);
  return rest.substr(0, std::min<std::uint64_t>(rest.size(), size));
}

}  // namespace tvl::upstream
