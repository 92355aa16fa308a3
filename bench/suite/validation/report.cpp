#include "bench/suite/validation/report.hpp"

#include "bench/suite/validation/contract.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace tvl::suite {
namespace {

const char* name_of(finding f) {
  switch (f) {
    case finding::pass:
      return "pass";
    case finding::fail:
      return "fail";
    case finding::not_offered:
      return "not offered";
    case finding::not_checked:
      break;
  }
  return "not checked";
}

// Green, red, grey, by ANSI's codes.
std::string coloured(const std::string& text, finding f, bool colours) {
  if (!colours) return text;
  const char* code = f == finding::pass ? "32" : f == finding::fail ? "31" : "90";
  return std::string("\033[") + code + "m" + text + "\033[0m";
}

std::string bounded(const std::string& line) {
  constexpr std::size_t columns = 80;
  return line.size() <= columns ? line : line.substr(0, columns - 3) + "...";
}

nlohmann::json or_null(const std::string& text) { return text.empty() ? nlohmann::json() : nlohmann::json(text); }

}  // namespace

void print(std::ostream& out, const validation& v, bool colours) {
  out << v.contestant << " (" << to_text(v.kind) << ")\n";
  for (const auto& c : v.checks) {
    out << "  " << std::left << std::setw(20) << c.endpoint << coloured(name_of(c.result), c.result, colours);
    if (c.result == finding::not_checked) out << ": " << c.got;
    if (c.result != finding::fail && !c.note.empty()) out << ": " << c.note;
    out << "\n";
    if (c.result != finding::fail) continue;
    out << bounded("    expected  " + c.expected) << "\n" << bounded("    got       " + c.got) << "\n";
    if (!c.note.empty()) out << bounded("    " + c.note) << "\n";
  }
  out << "  " << coloured(v.status, v.status == "pass" ? finding::pass : finding::fail, colours);
  if (!v.reason.empty()) out << ": " << v.reason;
  const auto count = [&](finding f) { return std::ranges::count(v.checks, f, &check::result); };
  if (v.reason.empty()) {
    out << ": " << count(finding::pass) << " passed, " << count(finding::fail) << " failed, "
        << count(finding::not_offered) << " not offered";
    if (const auto unchecked = count(finding::not_checked)) out << ", " << unchecked << " not checked";
  }
  out << "\n";
  if (!first_failure(v.checks).empty()) out << "  what is right: " << contract_page << "\n";
}

nlohmann::json to_json(const std::vector<validation>& all) {
  nlohmann::json report = {{"schema", 1}, {"contestants", nlohmann::json::array()}};
  for (const auto& v : all) {
    nlohmann::json checks = nlohmann::json::array();
    for (const auto& c : v.checks) {
      checks.push_back({{"check", c.endpoint},
                        {"result", name_of(c.result)},
                        {"expected", or_null(c.expected)},
                        {"got", or_null(c.got)},
                        {"note", or_null(c.note)}});
    }
    report["contestants"].push_back({{"contestant", v.contestant},
                                     {"contestant_kind", to_text(v.kind)},
                                     {"status", v.status},
                                     {"reason", or_null(v.reason)},
                                     {"checks", checks}});
  }
  return report;
}

}  // namespace tvl::suite
