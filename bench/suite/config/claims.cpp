#include "bench/suite/config/claims.hpp"

#include "bench/support/suggestion.hpp"

#include <algorithm>

namespace tvl::suite {
namespace {

// words() of claim_rules.py.
const nlohmann::json& report_words() {
  static const auto words = nlohmann::json::parse(
#include "report_words.inc"
  );
  return words;
}

void check_word(table_reader& table, const std::string& key, const std::string& kind, const char* list) {
  const std::vector<std::string> known = report_words().at(list);
  const auto word = table.text(key);
  if (std::ranges::find(known, word) == known.end()) table.fail_at(key, "names an " + unknown(kind, word, known));
}

// Asks for the key, so that the table knows it.
void check_type(table_reader& table, const std::string& key, const std::string& type) {
  if (type == "str") table.text_if(key);
  if (type == "float") table.number_if(key);
  if (type == "bool") table.flag_if(key);
  if (type == "list") table.numbers_if(key, 0, "a list of sizes");
}

}  // namespace

claims read_claims(table_reader& top) {
  claims found;
  for (auto& table : top.tables("claim")) {
    for (const auto& [key, type] : report_words().at("claim").items()) check_type(table, key, type);
    table.reject_unknown();
    for (const std::string key : report_words().at("required")) table.text(key);
    check_word(table, "metric", "metric", "metrics");
    check_word(table, "expect", "word", "expectations");
    for (const auto* key : {"of", "versus"})  // "asio_loop beside:block" is a line of asio_loop
      if (const auto line = table.text_if(key))
        found.contestants.emplace_back(table.place_of(key) + "names an ", line->substr(0, line->find(' ')));
  }
  found.tables = top.tables_as_json("claim");
  return found;
}

std::vector<std::string> known_panels() { return report_words().at("panels"); }

}  // namespace tvl::suite
