#pragma once
// Words of a command with placeholders: "--port={port}". A word that has "{{" writes a brace of its own as "{{" or
// "}}". In all other words a brace that belongs to no placeholder is itself, so that JSON needs no escape.

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

using placeholder_value = std::function<std::optional<std::string>(const std::string& name)>;

// The names of a manifest's word, in order.
std::vector<std::string> word_placeholders(const std::string& word);

// Replaces the placeholders of a manifest's word. One without a value stays, for finish_word(); every other brace of
// the result is doubled.
std::string fill_word(const std::string& word, const placeholder_value&);

// Replaces the placeholders that fill_word() has left, and takes doubled braces for single ones.
std::string finish_word(const std::string& filled, const placeholder_value&);

}  // namespace tvl::suite
