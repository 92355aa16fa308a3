#pragma once
// Tests of one contestant, registered for each one named on the command line.

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace tvl::conformance {

struct contestant {
  std::string name;
  std::string path;
  std::vector<std::string> flags;  // always passed

  std::vector<std::string> with(std::vector<std::string> more) const {
    more.insert(more.begin(), flags.begin(), flags.end());
    return more;
  }
};

// "PROGRAM [FLAG]..."
inline contestant read_contestant(const std::string& command) {
  contestant c;
  std::istringstream words(command);
  words >> c.path;
  c.flags.assign(std::istream_iterator<std::string>(words), {});
  c.name = std::filesystem::path(c.path).stem();
  for (const auto& flag : c.flags) c.name += flag;
  return c;
}

void register_transcripts(const contestant&);          // every transcript in every delivery, then the counters
void register_lifecycle(const contestant&);            // start, deadlines, resets, drain; one process each
void register_misbehaving_clients(const contestant&);  // misbehaving clients: limits and released resources
// Every WebSocket transcript in every delivery, then the counters; then the behaviour of WebSockets, and of rooms if
// supported.
void register_websockets(const contestant&);
void register_rooms(const contestant&);

class body_test : public testing::Test {
 public:
  explicit body_test(std::function<void()> body) : body_(std::move(body)) {}
  void TestBody() override { body_(); }

 private:
  std::function<void()> body_;
};

inline void register_body(const std::string& suite, const std::string& name, std::function<void()> body) {
  testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                        [body = std::move(body)] { return new body_test(body); });
}

}  // namespace tvl::conformance
