#include "bench/waits/wait.hpp"

#include <algorithm>
#include <thread>
#include <vector>

namespace tvl::bench {
namespace {

class blocking_way : public way {
 public:
  blocking_way(const wait& w, const setting& s) : call_(w.blocking), setting_(s), services_(s.options) {}

  // Each thread has its share of the calls, so that none asks the others what is left.
  void make(std::uint64_t calls) override {
    std::vector<tally> shares;
    for (unsigned i = 0; i < setting_.at_once; ++i)
      shares.emplace_back((calls + i) / setting_.at_once, setting_.expected);
    {
      std::vector<std::jthread> threads;
      for (auto& share : shares)
        threads.emplace_back([&share, this] {
          while (share.begin()) share.end(call_(services_, setting_.plan));
        });
    }
    std::ranges::for_each(shares, &tally::check);
  }

 private:
  const decltype(wait::blocking) call_;
  const setting& setting_;
  waits::blocking::services services_;
};

}  // namespace

std::unique_ptr<way> make_blocking(const wait& w, const setting& s) { return std::make_unique<blocking_way>(w, s); }

}  // namespace tvl::bench
