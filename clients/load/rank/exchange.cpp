#include "clients/load/rank/exchange.hpp"

#include "clients/load/base/clock.hpp"
#include "clients/load/cluster/clock_offset.hpp"

#include <chrono>
#include <mpi.h>
#include <thread>
#include <vector>

namespace tvl::load::rank {
namespace {

using namespace std::chrono_literals;

int size_of_next(int from, tag t) {
  for (;; std::this_thread::sleep_for(1ms)) {
    int come = 0, size = 0;
    MPI_Status status;
    MPI_Iprobe(from, t, MPI_COMM_WORLD, &come, &status);
    if (come == 0) continue;
    MPI_Get_count(&status, MPI_BYTE, &size);
    return size;
  }
}

void receive_now(int from, tag t, void* bytes, int size) {
  MPI_Recv(bytes, size, MPI_BYTE, from, t, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

}  // namespace

void send(int to, tag t, const std::string& bytes) {
  MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, to, t, MPI_COMM_WORLD);
}

void send(int to, tag t, std::int64_t number) { MPI_Send(&number, sizeof number, MPI_BYTE, to, t, MPI_COMM_WORLD); }

bool has_come(int from, tag t) {
  int come = 0;
  MPI_Iprobe(from, t, MPI_COMM_WORLD, &come, MPI_STATUS_IGNORE);
  return come != 0;
}

std::string receive_text(int from, tag t) {
  std::string text(static_cast<std::size_t>(size_of_next(from, t)), '\0');
  receive_now(from, t, text.data(), static_cast<int>(text.size()));
  return text;
}

std::int64_t receive_number(int from, tag t) {
  std::int64_t number = 0;
  size_of_next(from, t);
  receive_now(from, t, &number, sizeof number);
  return number;
}

// The first question waits until the other rank is there; its round trip is long, and does not decide.
clock_answer ask_clock(int of) {
  std::vector<clock_exchange> all(clock_exchanges);
  for (auto& e : all) {
    e.asked = clock_now();
    send(of, a_clock, e.asked);
    receive_now(of, a_clock, &e.answered, sizeof e.answered);
    e.received = clock_now();
  }
  const auto found = offset_of(all);
  return {found.ahead, found.uncertainty};
}

void answer_clock() {
  for (int i = 0; i < clock_exchanges; ++i) {
    std::int64_t question = i == 0 ? receive_number(0, a_clock) : 0;
    if (i > 0) receive_now(0, a_clock, &question, sizeof question);
    send(0, a_clock, clock_now());
  }
}

}  // namespace tvl::load::rank
