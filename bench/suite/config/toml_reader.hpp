#pragma once
// Reads TOML strictly: errors name the file, line and key.

#include "bench/suite/config/variables.hpp"

#include <nlohmann/json.hpp>
#include <toml++/toml.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tvl::suite {

// A file that cannot be used. what() is one line, "connections.toml:4: what is wrong": control characters of the text,
// which may quote the user's, are escaped.
struct bad_file : std::runtime_error {
  explicit bad_file(const std::string& text);
};

// Line 0 = the text is not from a file.
[[noreturn]] void fail(const std::filesystem::path& file, std::size_t line, const std::string& what);

toml::table parse_toml(const std::filesystem::path& file);

// One table of a file. The keys that were read are the known ones; reject_unknown() fails at any other.
class table_reader {
 public:
  // `name` is the table's name in messages, e.g. "[load]"; empty for the file's top level.
  table_reader(std::filesystem::path file, std::string name, const toml::table& table);

  std::string text(const std::string& key);
  std::optional<std::string> text_if(const std::string& key);
  std::optional<std::string> any_text_if(const std::string& key);  // it may be empty
  std::vector<std::string> texts(const std::string& key);
  std::optional<std::vector<std::string>> texts_if(const std::string& key);
  // A list of texts, or a list of such lists; none is empty. Absent = no list.
  std::vector<std::vector<std::string>> lists_of_texts(const std::string& key);
  double positive(const std::string& key);
  std::optional<double> positive_if(const std::string& key);  // more than 0
  std::optional<double> number_if(const std::string& key);    // 0 or more
  std::optional<double> duration_if(const std::string& key);  // in seconds, 0 or more: 1.5, "500ms", "30s", "2m"
  std::optional<long> count_if(const std::string& key);       // a whole number, 0 or more
  std::optional<bool> flag_if(const std::string& key);
  // One value or a list of distinct values.
  std::optional<std::vector<quantity>> values_if(const load_variable&);
  std::optional<quantity> value_if(const load_variable&);  // one value, not the variable's word
  // A list of `count` numbers of 0 or more, 0 = of one or more; `what` describes it: "[seconds, connections]".
  std::optional<std::vector<double>> numbers_if(const std::string& key, std::size_t count, const std::string& what);
  // A list of one or more such lists.
  std::optional<std::vector<std::vector<double>>> rows_if(const std::string& key, std::size_t count,
                                                          const std::string& what);
  std::vector<quantity> values(const std::string& key);  // numbers and texts
  std::optional<table_reader> table_if(const std::string& key);
  std::vector<table_reader> tables(const std::string& key);  // [[key]]
  // [[key]] unchanged, without a check of its keys; [] if absent.
  nlohmann::json tables_as_json(const std::string& key);

  bool has(const std::string& key) const;
  bool is_table(const std::string& key) const;
  std::vector<std::string> keys() const;
  // `more` are known keys, too.
  void reject_unknown(const std::vector<std::string>& more = {}) const;
  // "connections.toml:4: 'seconds' in [load] ", to say what is wrong with this key's value, or with its absence.
  std::string place_of(const std::string& key) const;
  // Throws bad_file for this key's value, or its absence.
  [[noreturn]] void fail_at(const std::string& key, const std::string& what) const;

 private:
  const toml::node* find(const std::string& key);
  const toml::node& need(const std::string& key);
  std::vector<quantity> values_of(const std::string& key, const toml::node&,
                                  const std::function<std::optional<quantity>(const toml::node&)>& read,
                                  const std::string& wanted) const;

  std::filesystem::path file_;
  std::string name_;
  const toml::table* table_;
  std::vector<std::string> asked_;
};

}  // namespace tvl::suite
