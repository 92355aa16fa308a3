#include "bench/suite/measuring/progress.hpp"

#include <cmath>
#include <cstdio>
#include <ostream>
#include <utility>

namespace tvl::suite {

progress::progress(std::ostream& out, bool terminal, std::vector<planned_round> planned)
    : out_(out), terminal_(terminal), total_(planned.size()), left_(std::move(planned)) {}

std::string progress::place() const { return "[" + std::to_string(index_) + "/" + std::to_string(total_) + "]"; }

void progress::begin(const std::string& name) {
  ++index_;
  name_ = name;
  left_text_ = duration_text(left_.seconds());
  status("starting");
}

void progress::second(double t, double replies_per_s) {
  char text[64];
  std::snprintf(text, sizeof text, "%.0f s, %.0f replies/s", t, replies_per_s);
  status(text);
}

void progress::end(const std::string& summary, double took_s) {
  left_.finished(took_s);
  line(place() + " " + name_ + "  " + summary + "  (" + duration_text(left_.seconds()) + " left)", false);
}

void progress::skip() {
  ++index_;
  left_.skipped();
}

void progress::again(std::size_t rounds) {
  index_ -= rounds;
  left_.again(rounds);
  note("disturbed: the whole row is measured again");
}

void progress::note(const std::string& text) { line(text, true); }

void progress::status(const std::string& text) {
  if (!terminal_) return;
  out_ << "\r\033[K" << place() << " " << name_ << "  " << text << "  (" << left_text_ << " left)" << std::flush;
}

void progress::line(const std::string& text, bool warning) {
  if (!terminal_) {
    out_ << text << "\n" << std::flush;
    return;
  }
  out_ << "\r\033[K" << (warning ? "\033[33m" : "") << text << (warning ? "\033[0m" : "") << "\n" << std::flush;
}

std::string duration_text(double seconds) {
  const auto s = std::lround(seconds);
  char text[64];
  if (s < 60) {
    std::snprintf(text, sizeof text, "%ld s", s);
  } else if (s < 3600) {
    std::snprintf(text, sizeof text, "%ld min %02ld s", s / 60, s % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld h %02ld min", s / 3600, s % 3600 / 60);
  }
  return text;
}

}  // namespace tvl::suite
