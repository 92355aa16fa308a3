#include "bench/suite/config/toml_reader.hpp"

#include "bench/support/suggestion.hpp"

#include <algorithm>
#include <cmath>
#include <regex>
#include <sstream>
#include <utility>

namespace tvl::suite {
namespace {

std::optional<quantity> value_of(const load_variable& v, const toml::node& item) {
  static const std::regex size("[1-9][0-9]{0,6}(KiB|MiB)");
  const auto* word = item.as_string();
  if (v.size) {
    if (word == nullptr || !std::regex_match(word->get(), size)) return std::nullopt;
    return quantity{word->get(), std::nullopt};
  }
  if (word != nullptr && !v.word.empty() && word->get() == v.word) return quantity{v.word, std::nullopt};
  const auto* number = item.as_integer();
  if (number == nullptr || number->get() < v.least || number->get() > most_of_a_variable) return std::nullopt;
  return quantity::of(number->get());
}

std::string wanted(const load_variable& v) {
  if (v.size) return "a size such as \"64KiB\" or \"8MiB\"";
  return "a whole number from " + std::to_string(v.least) + " to " + std::to_string(most_of_a_variable);
}

// Empty = not a list of `count` numbers of 0 or more.
std::vector<double> numbers_of(const toml::node& node, std::size_t count) {
  const auto* list = node.as_array();
  std::vector<double> numbers;
  if (list == nullptr || (count != 0 && list->size() != count)) return numbers;
  for (const auto& item : *list) {
    const auto value = item.value<double>();
    if (!item.is_number() || !std::isfinite(*value) || *value < 0) return {};
    numbers.push_back(*value);
  }
  return numbers;
}

// Empty = not a list of texts, or an empty one.
std::vector<std::string> texts_of(const toml::node& node) {
  const auto* list = node.as_array();
  std::vector<std::string> values;
  if (list == nullptr) return values;
  for (const auto& item : *list) {
    const auto* value = item.as_string();
    if (value == nullptr) return {};
    values.push_back(value->get());
  }
  return values;
}

// Empty = not a number of 0 or more with a unit of time.
std::optional<double> seconds_of(const std::string& text) {
  static const std::regex pattern(R"((\d{1,9}(?:\.\d{1,9})?) ?(ms|s|m|))");
  std::smatch match;
  if (!std::regex_match(text, match, pattern)) return std::nullopt;
  const double unit = match[2] == "ms" ? 1e-3 : match[2] == "m" ? 60 : 1;
  return std::stod(match[1]) * unit;
}

// The file's name and the line, before what is wrong there.
std::string file_and_line(const std::filesystem::path& file, std::size_t line) {
  return file.filename().string() + (line == 0 ? "" : ":" + std::to_string(line)) + ": ";
}

// toml++ quotes bytes that are not UTF-8 with a line break.
std::string in_one_line(const std::string& text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string line;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= ' ' && code != 0x7f)
      line += c;
    else
      line.append("\\x").append(1, digits[code >> 4]).append(1, digits[code & 15]);
  }
  return line;
}

}  // namespace

bad_file::bad_file(const std::string& text) : std::runtime_error(in_one_line(text)) {}

void fail(const std::filesystem::path& file, std::size_t line, const std::string& what) {
  throw bad_file(file_and_line(file, line) + what);
}

toml::table parse_toml(const std::filesystem::path& file) {
  try {
    return toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    fail(file, error.source().begin.line, std::string(error.description()));
  }
}

table_reader::table_reader(std::filesystem::path file, std::string name, const toml::table& table)
    : file_(std::move(file)), name_(std::move(name)), table_(&table) {}

const toml::node* table_reader::find(const std::string& key) {
  if (std::ranges::find(asked_, key) == asked_.end()) asked_.push_back(key);
  return table_->get(key);
}

const toml::node& table_reader::need(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) {
    fail(file_, table_->source().begin.line, "missing key '" + key + "'" + (name_.empty() ? "" : " in " + name_));
  }
  return *node;
}

std::string table_reader::place_of(const std::string& key) const {
  const auto* node = table_->get(key);
  const auto line = (node != nullptr ? node->source() : table_->source()).begin.line;
  return file_and_line(file_, line) + "'" + key + "'" + (name_.empty() ? "" : " in " + name_) + " ";
}

void table_reader::fail_at(const std::string& key, const std::string& what) const {
  throw bad_file(place_of(key) + what);
}

std::optional<std::string> table_reader::text_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_string();
  if (value == nullptr || value->get().empty()) fail_at(key, "must be a text that is not empty");
  return value->get();
}

std::optional<std::string> table_reader::any_text_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_string();
  if (value == nullptr) fail_at(key, "must be a text");
  return value->get();
}

std::string table_reader::text(const std::string& key) {
  need(key);
  return *text_if(key);
}

std::optional<std::vector<std::string>> table_reader::texts_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  auto values = texts_of(*node);
  const auto* list = node->as_array();
  if (list == nullptr || list->size() != values.size()) fail_at(key, "must be a list of texts");
  return values;
}

std::vector<std::string> table_reader::texts(const std::string& key) {
  need(key);
  auto values = *texts_if(key);
  if (values.empty()) fail_at(key, "must not be empty");
  return values;
}

std::vector<std::vector<std::string>> table_reader::lists_of_texts(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return {};
  std::vector<std::vector<std::string>> lists;
  if (auto one = texts_of(*node); !one.empty()) {
    lists.push_back(std::move(one));
  } else if (const auto* list = node->as_array()) {
    for (const auto& item : *list) lists.push_back(texts_of(item));
  }
  if (lists.empty() || std::ranges::any_of(lists, &std::vector<std::string>::empty)) {
    fail_at(key, "must be a list of texts, or a list of such lists, and none may be empty");
  }
  return lists;
}

std::optional<double> table_reader::number_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value<double>();
  if (!node->is_number() || !std::isfinite(*value) || *value < 0) fail_at(key, "must be a number of 0 or more");
  return *value;
}

std::optional<double> table_reader::positive_if(const std::string& key) {
  const auto value = number_if(key);
  if (value && *value == 0) fail_at(key, "must be more than 0");
  return value;
}

double table_reader::positive(const std::string& key) {
  need(key);
  return *positive_if(key);
}

std::optional<double> table_reader::duration_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* text = node->as_string();
  const auto value = text != nullptr     ? seconds_of(text->get())
                     : node->is_number() ? node->value<double>()
                                         : std::nullopt;
  if (!value || !std::isfinite(*value) || *value < 0) {
    fail_at(key, "must be a number of seconds, 0 or more, or a time such as \"500ms\", \"30s\" or \"2m\"");
  }
  return value;
}

std::optional<long> table_reader::count_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_integer();
  if (value == nullptr || value->get() < 0) fail_at(key, "must be a whole number of 0 or more");
  return value->get();
}

std::optional<bool> table_reader::flag_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_boolean();
  if (value == nullptr) fail_at(key, "must be true or false");
  return value->get();
}

std::vector<quantity> table_reader::values_of(const std::string& key, const toml::node& node,
                                              const std::function<std::optional<quantity>(const toml::node&)>& read,
                                              const std::string& wanted) const {
  std::vector<quantity> values;
  const auto add = [&](const toml::node& item) {
    const auto value = read(item);
    if (!value) fail_at(key, "must be " + wanted + ", or a list of such");
    if (std::ranges::find(values, *value) != values.end()) fail_at(key, "holds " + value->text + " twice");
    values.push_back(*value);
  };
  const auto* list = node.as_array();
  if (list == nullptr) {
    add(node);
    return values;
  }
  for (const auto& item : *list) add(item);
  if (values.empty()) fail_at(key, "must not be empty");
  return values;
}

std::optional<std::vector<quantity>> table_reader::values_if(const load_variable& v) {
  const auto* node = find(v.name);
  if (node == nullptr) return std::nullopt;
  return values_of(
      v.name, *node, [&](const toml::node& item) { return value_of(v, item); },
      wanted(v) + (v.word.empty() ? "" : " or \"" + v.word + "\""));
}

std::optional<quantity> table_reader::value_if(const load_variable& v) {
  const auto* node = find(v.name);
  if (node == nullptr) return std::nullopt;
  auto value = value_of(v, *node);
  if (!value || value->text == v.word) fail_at(v.name, "must be " + wanted(v));
  return value;
}

std::optional<std::vector<double>> table_reader::numbers_if(const std::string& key, std::size_t count,
                                                            const std::string& what) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  auto numbers = numbers_of(*node, count);
  if (numbers.empty()) fail_at(key, "must be " + what + ", numbers of 0 or more");
  return numbers;
}

std::optional<std::vector<std::vector<double>>> table_reader::rows_if(const std::string& key, std::size_t count,
                                                                      const std::string& what) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* list = node->as_array();
  std::vector<std::vector<double>> rows;
  if (list != nullptr) {
    for (const auto& item : *list) rows.push_back(numbers_of(item, count));
  }
  if (rows.empty() || std::ranges::any_of(rows, &std::vector<double>::empty)) {
    fail_at(key, "must be a list of " + what + ", numbers of 0 or more");
  }
  return rows;
}

std::vector<quantity> table_reader::values(const std::string& key) {
  const auto read = [](const toml::node& item) -> std::optional<quantity> {
    if (const auto* text = item.as_string(); text != nullptr && !text->get().empty()) {
      return quantity{text->get(), std::nullopt};
    }
    if (const auto* whole = item.as_integer()) return quantity::of(whole->get());
    const auto* number = item.as_floating_point();
    if (number == nullptr || !std::isfinite(number->get())) return std::nullopt;
    std::ostringstream out;
    out << number->get();
    return quantity{out.str(), number->get()};
  };
  return values_of(key, need(key), read, "a number or a text");
}

std::optional<table_reader> table_reader::table_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_table()) fail_at(key, "must be a table: [" + key + "]");
  const auto path = name_.empty() ? key : name_.substr(1, name_.size() - 2) + "." + key;
  return table_reader(file_, "[" + path + "]", *node->as_table());
}

std::vector<table_reader> table_reader::tables(const std::string& key) {
  const auto* node = find(key);
  std::vector<table_reader> readers;
  if (node == nullptr) return readers;
  const auto* list = node->as_array();
  if (list == nullptr || !list->is_homogeneous<toml::table>()) fail_at(key, "must be tables: [[" + key + "]]");
  for (const auto& item : *list) readers.emplace_back(file_, "[[" + key + "]]", *item.as_table());
  return readers;
}

nlohmann::json table_reader::tables_as_json(const std::string& key) {
  if (tables(key).empty()) return nlohmann::json::array();
  std::ostringstream text;
  text << toml::json_formatter(*table_->get(key));
  return nlohmann::json::parse(text.str());
}

bool table_reader::has(const std::string& key) const { return table_->contains(key); }

bool table_reader::is_table(const std::string& key) const {
  const auto* node = table_->get(key);
  return node != nullptr && node->is_table();
}

std::vector<std::string> table_reader::keys() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : *table_) names.emplace_back(name.str());
  return names;
}

void table_reader::reject_unknown(const std::vector<std::string>& more) const {
  auto known = asked_;
  known.insert(known.end(), more.begin(), more.end());
  for (const auto& [name, value] : *table_) {
    if (std::ranges::find(asked_, name.str()) != asked_.end()) continue;
    fail(file_, name.source().begin.line, unknown("key", name.str(), known) + (name_.empty() ? "" : " in " + name_));
  }
}

}  // namespace tvl::suite
