#include "bench/waits/wait.hpp"

#include <algorithm>
#include <thread>
#include <vector>

namespace tvl::bench {
namespace {

class blocking_way : public way {
 public:
  blocking_way(const wait& w, const setting& s) : call_(w.blocking), setting_(s), services_(s.options) {}

  // The calls are divided beforehand, so that threads do not share a counter.
  void make(std::uint64_t calls) override {
    std::vector<tally> tallies;
    for (unsigned i = 0; i < setting_.at_once; ++i)
      tallies.emplace_back((calls + i) / setting_.at_once, setting_.expected);
    {
      std::vector<std::jthread> threads;
      for (auto& t : tallies)
        threads.emplace_back([&t, this] {
          while (t.begin()) t.end(call_(services_, setting_.plan));
        });
    }
    std::ranges::for_each(tallies, &tally::check);
  }

 private:
  const decltype(wait::blocking) call_;
  const setting& setting_;
  waits::blocking::services services_;
};

}  // namespace

std::unique_ptr<way> make_blocking(const wait& w, const setting& s) { return std::make_unique<blocking_way>(w, s); }

}  // namespace tvl::bench
