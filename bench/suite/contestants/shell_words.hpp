#pragma once
// Splits quoted text like a shell: '...' is literal; in "..." and outside quotes, a backslash escapes. No expansion.
// All functions throw std::invalid_argument for an unclosed quote.

#include <string>
#include <vector>

namespace tvl::suite {

// "python3 'my app.py' --port {port}" -> python3, my app.py, --port, {port}
std::vector<std::string> shell_words(const std::string& text);

// The parts between unquoted separators, with their quotes, without empty ones.
std::vector<std::string> split_outside_quotes(const std::string& text, char separator);

// The text without its quotes.
std::string unquoted(const std::string& text);

}  // namespace tvl::suite
