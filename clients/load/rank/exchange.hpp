#pragma once
// What the ranks tell each other, by MPI. Rank 0 passes the lines between tvl-load and the generator processes on, and
// compares the clocks.
//
// No rank calls MPI inside the window: Open MPI polls, which would take a core. A rank that waits sleeps a millisecond
// between two calls of MPI_Iprobe, except while the clocks are compared.

#include <cstdint>
#include <string>

namespace tvl::load::rank {

enum tag { a_plan = 1, a_line, a_clock, a_start, a_leave };

inline constexpr int clock_exchanges = 200;

void send(int to, tag, const std::string& bytes);
void send(int to, tag, std::int64_t number);
bool has_come(int from, tag);
// Wait for it, asleep.
std::string receive_text(int from, tag);
std::int64_t receive_number(int from, tag);

// Both at the same time: `ask` on rank 0, `answer` on the other.
struct clock_answer {
  std::int64_t ahead, uncertainty;  // of the other clock, nanoseconds
};
clock_answer ask_clock(int of);
void answer_clock();

}  // namespace tvl::load::rank
