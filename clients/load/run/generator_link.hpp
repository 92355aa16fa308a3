#pragma once
// One generator process as its parent sees it: lines in both directions.

#include "clients/load/base/descriptor.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tvl::load {

class generator_link {
 public:
  virtual ~generator_link() = default;
  generator_link(const generator_link&) = delete;
  generator_link& operator=(const generator_link&) = delete;

  int socket() const { return socket_.get(); }
  void send(std::string_view bytes);  // lost when the process has ended, which receive() shows
  // Reads the available bytes, without waiting.
  void receive();
  // The next line; empty = not complete.
  std::optional<std::string> next_line();
  // So many bytes, which have no end of line; empty = not there yet.
  std::optional<std::string> next_bytes(std::size_t size);
  // The process has closed its end.
  bool is_closed() const { return closed_; }

  // Ends its window; it then sends the point of the time until now.
  virtual void stop() = 0;
  // After is_closed(): a sentence, such as "generator process 1 of 2 ended early: signal 9". `name` is its own.
  virtual std::string how_it_ended(const std::string& name) = 0;

 protected:
  explicit generator_link(descriptor socket) : socket_(std::move(socket)) {}

 private:
  descriptor socket_;
  std::string received_;
  bool closed_ = false;
};

}  // namespace tvl::load
