#include "bench/suite/contestants/requests.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/support/suggestion.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/protocol/body_pattern.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <cctype>
#include <regex>

namespace tvl::suite {
namespace {

// "Name: value" of each key.
std::vector<std::string> read_headers(table_reader& parent) {
  static const std::regex name_pattern("[A-Za-z0-9!#$%&'*+.^_`|~-]+");  // RFC 9110, token
  auto table = parent.table_if("headers");
  std::vector<std::string> headers;
  if (!table) return headers;
  for (const auto& name : table->keys()) {
    const auto value = *table->any_text_if(name);
    if (!std::regex_match(name, name_pattern)) table->fail_at(name, "is no name of a header field");
    const auto is_control = [](char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0 && c != '\t'; };
    if (std::ranges::any_of(value, is_control)) table->fail_at(name, "must be one line");
    headers.push_back(name + ": " + value);
  }
  return headers;
}

std::string name_of(const std::string& header) { return header.substr(0, header.find(':')); }

// Those of the endpoint, and those of the contestant that have other names.
std::vector<std::string> merged(std::vector<std::string> own, const std::vector<std::string>& common) {
  const auto count = own.size();
  for (const auto& header : common) {
    const auto same = [&](const std::string& mine) { return boost::beast::iequals(name_of(mine), name_of(header)); };
    if (std::none_of(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(count), same)) own.push_back(header);
  }
  return own;
}

std::string checked_path(const table_reader& table, const std::string& key, const std::string& path,
                         const std::string& endpoint) {
  if (path.front() != '/') table.fail_at(key, "must be a path that begins with '/'");
  const auto is_blank = [](char c) { return c == ' ' || std::iscntrl(static_cast<unsigned char>(c)) != 0; };
  if (std::ranges::any_of(path, is_blank)) table.fail_at(key, "must be a path without blanks: %20 is one");
  const auto known = all_endpoints().find(endpoint);
  const auto names = known != all_endpoints().end() ? placeholders(known->second) : std::vector<std::string>();
  for (const auto& used : placeholders(path)) {
    if (std::ranges::find(names, used) == names.end())
      table.fail_at(key, "has an " + unknown("placeholder", used, names));
  }
  return path;
}

void read_expected(table_reader& table, load::target& t) {
  if (const auto status = table.count_if("expect_status")) {
    if (*status < 200 || *status > 599) table.fail_at("expect_status", "must be a status from 200 to 599");
    t.expect_status = static_cast<int>(*status);
  }
  t.expect_body = table.any_text_if("expect_body");
  t.expect_body_matches = table.text_if("expect_body_matches");
  if (t.expect_body && t.expect_body_matches) table.fail_at("expect_body_matches", "is there beside 'expect_body'");
  if (t.method == "HEAD" && (t.expect_body || t.expect_body_matches)) {
    table.fail_at(t.expect_body ? "expect_body" : "expect_body_matches", "is for a method other than HEAD");
  }
  try {
    if (t.expect_body_matches) load::body_pattern(*t.expect_body_matches);
  } catch (const load::bad_plan& error) {
    table.fail_at("expect_body_matches", std::string("is wrong: ") + error.what());
  }
}

// [endpoints.NAME]
void read_own(table_reader table, const std::string& name, manifest& m) {
  static const std::regex method("[A-Z]{1,20}");
  m.endpoints[name] = checked_path(table, "path", table.text("path"), name);
  load::target t;
  const auto given = table.keys();
  t.method = table.text_if("method").value_or("GET");
  if (!std::regex_match(t.method, method)) table.fail_at("method", "must be in capital letters: GET, POST, ...");
  t.headers = merged(read_headers(table), m.headers);
  t.body = table.any_text_if("body").value_or("");
  read_expected(table, t);
  table.reject_unknown();
  if (is_websocket(name) && given.size() > 1) {
    table.fail_at("path", "is all that a WebSocket has: its messages are the suite's");
  }
  const bool plain = given.size() == 1 && all_endpoints().contains(name);
  if (!plain) m.requests[name] = std::move(t);
}

// An endpoint of the user: a table, or a path alone unless its name looks like a known one misspelt.
bool is_own(const table_reader& table, const std::string& name, const std::vector<std::string>& known) {
  return std::ranges::find(known, name) == known.end() && (table.is_table(name) || !nearest(name, known));
}

void read_endpoint(table_reader& table, const std::string& name, manifest& m) {
  static const std::regex pattern("[A-Za-z0-9_-][A-Za-z0-9_.-]*");
  if (!std::regex_match(name, pattern)) table.fail_at(name, "may hold letters, digits, '_', '-' and '.' only");
  if (table.is_table(name)) return read_own(*table.table_if(name), name, m);
  m.endpoints[name] = checked_path(table, name, table.text(name), name);
  if (all_endpoints().contains(name)) return;
  m.requests[name] = {};
  m.requests[name].headers = m.headers;
}

}  // namespace

const std::vector<std::string>& request_keys() {
  static const std::vector<std::string> keys = {"path",          "method",      "body",
                                                "expect_status", "expect_body", "expect_body_matches"};
  return keys;
}

void read_requests(table_reader& top, manifest& m) {
  m.headers = read_headers(top);
  auto table = top.table_if("endpoints");
  if (!table) {
    m.endpoints = all_endpoints();
    return;
  }
  std::vector<std::string> known;
  for (const auto& [name, path] : all_endpoints()) known.push_back(name);
  for (const auto& name : known) {
    if (table->has(name)) read_endpoint(*table, name, m);
  }
  for (const auto& name : table->keys()) {
    if (is_own(*table, name, known)) read_endpoint(*table, name, m);
  }
  table->reject_unknown(known);
  if (m.endpoints.empty()) table->fail_at("plaintext", "or any other endpoint must be there");
}

}  // namespace tvl::suite
