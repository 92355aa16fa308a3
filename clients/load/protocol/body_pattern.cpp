#include "clients/load/protocol/body_pattern.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <boost/regex.hpp>

#include <functional>
#include <stdexcept>

namespace tvl::load {

// Boost's search does not recurse: a long body cannot overflow the stack, as with std::regex.
struct body_pattern::compiled {
  boost::regex expression;
};

body_pattern::body_pattern(const std::string& text) {
  try {
    compiled_ = std::make_unique<compiled>(compiled{boost::regex(text)});
  } catch (const boost::regex_error& error) {
    throw bad_plan("'" + text + "' is not a regular expression: " + error.what());
  }
}

body_pattern::~body_pattern() = default;

bool body_pattern::matches(std::string_view body) const {
  const auto hash = std::hash<std::string_view>{}(body);
  auto& last = matched_[hash % matched_.size()];
  if (hash != 0 && last.load(std::memory_order_relaxed) == hash) return true;
  try {
    if (!boost::regex_search(body.begin(), body.end(), compiled_->expression)) return false;
  } catch (const std::runtime_error&) {
    return false;  // the search would take too long
  }
  last.store(hash, std::memory_order_relaxed);
  return true;
}

}  // namespace tvl::load
