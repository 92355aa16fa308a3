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

// A sentence of the guide has its words; a claim of one's own has none.
void check_source(table_reader& table) {
  if (table.has("source")) check_word(table, "source", "source", "sources");
  if ((table.text_if("source") == "guide") != table.has("quote"))
    table.fail_at("quote", "is needed where 'source' is \"guide\", and only there");
}

claim_sizes read_sizes(table_reader& table) {
  claim_sizes found;
  found.place = table.place_of("decide_at");
  found.at = table.numbers_if("at", 0, "a list of sizes");
  found.from = table.number_if("from").value_or(found.from);
  found.until = table.number_if("until").value_or(found.until);
  found.versus_x = table.number_if("versus_x");
  found.decide_at = table.number_if("decide_at");
  found.of_the_sweep = table.flag_if("slope").value_or(false) || table.text("metric") == "largest";
  return found;
}

bool is_about(const claim_sizes& claim, double x) {
  return x >= claim.from && x <= claim.until && x != claim.versus_x &&
         (!claim.at || std::ranges::find(*claim.at, x) != claim.at->end());
}

void check_sizes_of(const claim_sizes& claim, const std::vector<quantity>& x) {
  if (claim.of_the_sweep && claim.decide_at) throw bad_file(claim.place + "is for a claim about single sizes");
  if (claim.of_the_sweep) return;
  std::string texts;
  int remaining = 0;
  bool decided = false;
  for (const auto& size : x) {
    if (!is_about(claim, *size.number)) continue;
    texts += (remaining++ == 0 ? "" : ", ") + size.text;
    decided = decided || size.number == claim.decide_at;
  }
  if (claim.decide_at && !decided) throw bad_file(claim.place + "must be a size that the claim is about: " + texts);
  if (!claim.decide_at && remaining > 1) throw bad_file(claim.place + "is missing: one of the sizes " + texts);
}

}  // namespace

void check_sizes(const claims& all, const std::vector<quantity>& x) {
  for (const auto& claim : all.sizes) check_sizes_of(claim, x);
}

claims read_claims(table_reader& top) {
  claims found;
  for (auto& table : top.tables("claim")) {
    for (const auto& [key, type] : report_words().at("claim").items()) check_type(table, key, type);
    table.reject_unknown();
    for (const std::string key : report_words().at("required")) table.text(key);
    check_word(table, "metric", "metric", "metrics");
    check_word(table, "expect", "word", "expectations");
    check_source(table);
    found.sizes.push_back(read_sizes(table));
    for (const auto* key : {"of", "versus"})  // "asio_loop beside:block" is a line of asio_loop
      if (const auto line = table.text_if(key))
        found.contestants.emplace_back(table.place_of(key) + "names an ", line->substr(0, line->find(' ')));
  }
  found.tables = top.tables_as_json("claim");
  return found;
}

std::vector<std::string> known_panels() { return report_words().at("panels"); }

}  // namespace tvl::suite
