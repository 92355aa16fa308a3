#include "bench/suite/validation/subject.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/support/format.hpp"

#include <algorithm>
#include <utility>

namespace tvl::suite {

std::string subject::url(const std::string& endpoint, const values& chosen) const {
  return spec.base + fill(spec.offered.at(endpoint), [&](const std::string& key) {
           const auto found = chosen.find(key);
           return found != chosen.end() ? std::optional(found->second) : given(key);
         });
}

bool subject::has_placeholder(const std::string& endpoint, const std::string& key) const {
  const auto names = placeholders(spec.offered.at(endpoint));
  return std::ranges::find(names, key) != names.end();
}

std::optional<std::string> subject::given(const std::string& key) const {
  const auto found = spec.parameters.find(key);
  return found != spec.parameters.end() ? std::optional(found->second) : std::nullopt;
}

long subject::choose(const std::string& endpoint, const std::string& key, long low, long high) {
  const auto own = given(key);
  if (!has_placeholder(endpoint, key) && own) return std::stol(*own);
  return std::uniform_int_distribution<long>(low, high)(random);
}

bool succeeded(const reply& r, long status) { return r.error.empty() && r.status == status; }

nlohmann::json object_of(const reply& r) {
  if (!succeeded(r) || !r.type.starts_with("application/json")) return nullptr;
  auto said = nlohmann::json::parse(r.body, nullptr, false);
  return said.is_object() ? said : nlohmann::json();
}

std::string shown(std::string text) {
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '.';
  }
  return text.size() <= 60 ? "'" + text + "'"
                           : "'" + text.substr(0, 57) + "...' (" + std::to_string(text.size()) + " bytes)";
}

std::string shown(const reply& r) {
  if (!r.error.empty()) return r.error;
  return std::to_string(r.status) + " " + (r.type.empty() ? "without a type" : r.type) + " " + shown(r.body);
}

check verdict(std::string name, bool right, std::string expected, std::string got) {
  return {std::move(name), right ? finding::pass : finding::fail, std::move(expected), std::move(got)};
}

check in_time(std::string name, const reply& r, double least_ms, double most_ms) {
  const double took = r.took.count();
  return verdict(std::move(name), took >= least_ms && took <= most_ms,
                 "a reply after " + time_text(least_ms * 1e-3) + " to " + time_text(most_ms * 1e-3),
                 "one after " + time_text(took * 1e-3));
}

}  // namespace tvl::suite
