#pragma once
// Texts with quotes in them, read as a shell reads them: '...' keeps everything, in "..." and outside a backslash keeps
// the next character. Nothing is expanded, and no shell is started. All throw std::invalid_argument for a quote that is
// not closed.

#include <string>
#include <vector>

namespace tvl::suite {

// "python3 'my app.py' --port {port}" -> python3, my app.py, --port, {port}
std::vector<std::string> shell_words(const std::string& text);

// The parts between unquoted separators, with their quotes; empty ones are left out.
std::vector<std::string> split_outside_quotes(const std::string& text, char separator);

// The text without its quotes.
std::string unquoted(const std::string& text);

}  // namespace tvl::suite
