#include "bench/suite/validation/subject.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/validation/contract.hpp"
#include "bench/support/format.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <utility>

namespace tvl::suite {
namespace {

std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '.');
  return text;
}

std::string byte_text(const std::string& body, std::size_t at) {
  if (at >= body.size()) return "the end";
  if (body[at] == '\n') return "a newline";
  if (body[at] > ' ' && body[at] <= '~') return std::string("'") + body[at] + "'";
  char text[8];
  std::snprintf(text, sizeof text, "0x%02x", static_cast<unsigned>(static_cast<unsigned char>(body[at])));
  return text;
}

}  // namespace

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

bool has_type(const reply& r, const std::string& type) {
  auto said = r.type.substr(0, r.type.find(';'));
  said.erase(said.find_last_not_of(" \t") + 1);
  return std::ranges::equal(said, type, [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}

nlohmann::json object_of(const reply& r) {
  if (!succeeded(r) || !has_type(r, json_type)) return nullptr;
  auto said = nlohmann::json::parse(r.body, nullptr, false);
  return said.is_object() ? said : nlohmann::json();
}

std::string shown(std::string text) {
  text = printable(std::move(text));
  return text.size() <= 60 ? "'" + text + "'"
                           : "'" + text.substr(0, 57) + "...' (" + std::to_string(text.size()) + " bytes)";
}

std::string shown(const reply& r) {
  if (!r.error.empty()) return r.error;
  return std::to_string(r.status) + " " + (r.type.empty() ? "without a type" : printable(r.type)) + " " + shown(r.body);
}

check verdict(std::string name, bool right, std::string expected, std::string got) {
  return {std::move(name), right ? finding::pass : finding::fail, std::move(expected), std::move(got)};
}

std::string difference(const std::string& expected, const std::string& found) {
  if (expected == found) return "";
  const auto at = static_cast<std::size_t>(
      std::mismatch(expected.begin(), expected.end(), found.begin(), found.end()).first - expected.begin());
  return "first difference at byte " + std::to_string(at) + " (from 0): " + byte_text(expected, at) + " expected, " +
         byte_text(found, at) + " found";
}

check same_body(std::string name, const reply& r, const std::string& body, std::string expected,
                const std::string& type) {
  const bool typed = type.empty() || has_type(r, type);
  auto c = verdict(std::move(name), succeeded(r) && typed && r.body == body, std::move(expected), shown(r));
  if (succeeded(r)) c.note = typed ? difference(body, r.body) : "another Content-Type";
  return c;
}

check in_time(std::string name, const reply& r, double least_ms, double most_ms) {
  const double took = r.took.count();
  return verdict(std::move(name), took >= least_ms && took <= most_ms,
                 "a reply after " + time_text(least_ms * 1e-3) + " to " + time_text(most_ms * 1e-3),
                 "one after " + time_text(took * 1e-3));
}

}  // namespace tvl::suite
