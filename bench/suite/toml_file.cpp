#include "bench/suite/toml_file.hpp"

#include "bench/suite/nearest.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

namespace tvl::suite {

void fail(const std::filesystem::path& file, std::size_t line, const std::string& what) {
  throw bad_file(file.filename().string() + ":" + std::to_string(line) + ": " + what);
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
  asked_.push_back(key);
  return table_->get(key);
}

const toml::node& table_reader::need(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) {
    fail(file_, std::max<std::size_t>(table_->source().begin.line, 1),
         "missing key '" + key + "'" + (name_.empty() ? "" : " in " + name_));
  }
  return *node;
}

void table_reader::fail_at(const std::string& key, const std::string& what) const {
  const auto* node = table_->get(key);
  const auto line = (node != nullptr ? node->source() : table_->source()).begin.line;
  fail(file_, std::max<std::size_t>(line, 1), "'" + key + "'" + (name_.empty() ? "" : " in " + name_) + " " + what);
}

std::optional<std::string> table_reader::text_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_string();
  if (value == nullptr || value->get().empty()) fail_at(key, "must be a text that is not empty");
  return value->get();
}

std::string table_reader::text(const std::string& key) {
  need(key);
  return *text_if(key);
}

std::optional<std::vector<std::string>> table_reader::texts_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* list = node->as_array();
  std::vector<std::string> values;
  if (list == nullptr) fail_at(key, "must be a list of texts");
  for (const auto& item : *list) {
    const auto* value = item.as_string();
    if (value == nullptr) fail_at(key, "must be a list of texts");
    values.push_back(value->get());
  }
  return values;
}

std::vector<std::string> table_reader::texts(const std::string& key) {
  need(key);
  auto values = *texts_if(key);
  if (values.empty()) fail_at(key, "must not be empty");
  return values;
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

std::optional<long> table_reader::count_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_integer();
  if (value == nullptr || value->get() < 0) fail_at(key, "must be a whole number of 0 or more");
  return value->get();
}

std::optional<std::vector<int>> table_reader::counts_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto wrong = [&] { fail_at(key, "must be a list of whole numbers from 1 to 1000000"); };
  const auto* list = node->as_array();
  std::vector<int> values;
  if (list == nullptr || list->empty()) wrong();
  for (const auto& item : *list) {
    const auto* value = item.as_integer();
    if (value == nullptr || value->get() < 1 || value->get() > 1'000'000) wrong();
    values.push_back(static_cast<int>(value->get()));
  }
  return values;
}

std::map<std::string, std::string> table_reader::scalars(const std::string& key) {
  const auto* node = find(key);
  std::map<std::string, std::string> values;
  if (node == nullptr) return values;
  const auto* table = node->as_table();
  if (table == nullptr) fail_at(key, "must be a table, e.g. { ms = 50 }");
  for (const auto& [name, value] : *table) {
    std::ostringstream out;
    if (value.is_string()) {
      out << value.as_string()->get();
    } else if (value.is_number()) {
      out << toml::node_view(value);
    } else {
      fail_at(key, "must hold numbers and texts only");
    }
    values.emplace(name.str(), out.str());
  }
  return values;
}

std::optional<table_reader> table_reader::table_if(const std::string& key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_table()) fail_at(key, "must be a table: [" + key + "]");
  return table_reader(file_, "[" + key + "]", *node->as_table());
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

std::vector<std::string> table_reader::keys() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : *table_) names.emplace_back(name.str());
  return names;
}

void table_reader::reject_unknown() const {
  for (const auto& [name, value] : *table_) {
    if (std::ranges::find(asked_, name.str()) != asked_.end()) continue;
    fail(file_, name.source().begin.line, unknown("key", name.str(), asked_) + (name_.empty() ? "" : " in " + name_));
  }
}

}  // namespace tvl::suite
