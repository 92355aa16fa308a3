#include "bench/suite/profiling/folded_stacks.hpp"

#include "bench/suite/processes/printable.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace tvl::suite {
namespace {

constexpr std::string_view unknown_name = "[unknown]";

std::string_view next_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

template <class Number>
bool read_number(std::string_view& text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{};
}

bool skip(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

void skip_blanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size())); }

struct sample {
  pid_t pid = 0;
  std::int64_t at_ns = 0;
};

// "  12443/26545 52179.983412345: "
bool read_header(std::string_view line, sample& s) {
  pid_t thread = 0;
  std::int64_t seconds = 0, nanoseconds = 0;
  skip_blanks(line);
  if (!read_number(line, s.pid) || !skip(line, '/') || !read_number(line, thread)) return false;
  skip_blanks(line);
  if (!read_number(line, seconds) || !skip(line, '.') || !read_number(line, nanoseconds)) return false;
  s.at_ns = seconds * 1'000'000'000 + nanoseconds;
  return skip(line, ':');
}

// "  12443/26545 52179.983412345: PERF_RECORD_LOST lost 12": samples for which perf's buffer had no room.
std::uint64_t lost_in(std::string_view line) {
  constexpr std::string_view words = "PERF_RECORD_LOST lost ";
  std::uint64_t lost = 0;
  if (const auto at = line.find(words); at != line.npos) {
    line.remove_prefix(at + words.size());
    read_number(line, lost);
  }
  return lost;
}

struct frame {
  bool of_kernel = false;
  std::string file, name;

  bool is_nameless() const { return name == unknown_name; }
  std::string text() const { return of_kernel ? name + "_[k]" : file + '`' + name; }
};

// "\t ffffffff82083a35 tcp_wfree ([kernel.kallsyms])". The kernel has the upper half of the addresses.
bool read_frame(std::string_view line, frame& f) {
  skip_blanks(line);
  std::uint64_t address = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), address, 16);
  if (error != std::errc{}) return false;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  const auto file = line.rfind(" (");
  if (file == line.npos || !line.ends_with(')')) return false;
  f.of_kernel = address >> 63 != 0;
  f.name = short_name(line.substr(1, std::max<std::size_t>(file, 1) - 1));
  const auto path = line.substr(file + 2, line.size() - file - 3);
  f.file = printable(path.substr(path.rfind('/') + 1));
  std::ranges::replace(f.file, ';', ':');
  return true;
}

// The outermost first. Where the files have no frame pointers there are many frames without a name: one stands for all.
std::string joined(const std::vector<frame>& innermost_first) {
  std::string text;
  const frame* before = nullptr;
  for (auto f = innermost_first.rbegin(); f != innermost_first.rend(); before = &*f++) {
    if (before && before->is_nameless() && f->is_nameless() && before->file == f->file) continue;
    text += (text.empty() ? "" : ";") + f->text();
  }
  return text;
}

void count(folded_stacks& into, const sample& s, const std::vector<frame>& stack, const sampled_window& w) {
  if (s.at_ns < w.begin_ns || s.at_ns >= w.end_ns) return;
  if (s.pid == 0) {
    ++into.idle;
  } else if (!w.server.contains(s.pid)) {
    ++into.elsewhere;
  } else {
    ++into.samples;
    const frame lost{false, std::string(unknown_name), std::string(unknown_name)};
    const auto& innermost = stack.empty() ? lost : stack.front();
    if (innermost.is_nameless()) ++into.nameless[innermost.of_kernel ? "kernel" : innermost.file];
    ++into.of_server[stack.empty() ? lost.text() : joined(stack)];
  }
}

std::string innermost_frames(const std::string& stack, std::size_t most_frames) {
  auto begin = stack.size();
  for (std::size_t i = 0; i < most_frames && begin != stack.npos; ++i)
    begin = begin == 0 ? stack.npos : stack.rfind(';', begin - 1);
  return begin == stack.npos ? stack : stack.substr(begin + 1);
}

// All frames of the kernel, which decide the class of cost, behind so many of the program.
std::string with_callers(const std::string& stack, std::size_t most_frames) {
  const auto kernel = stack.find("_[k]");
  if (kernel == stack.npos) return innermost_frames(stack, most_frames);
  const auto begin = stack.rfind(';', kernel);
  if (begin == stack.npos) return stack;
  return innermost_frames(stack.substr(0, begin), most_frames) + stack.substr(begin);
}

std::string text_of(const std::map<std::string, std::uint64_t>& stacks) {
  std::string text;
  for (const auto& [stack, samples] : stacks) text += stack + ' ' + std::to_string(samples) + '\n';
  return text;
}

}  // namespace

std::string short_name(std::string_view symbol) {
  constexpr std::string_view anonymous = "(anonymous namespace)",
                             operators[] = {"operator()", "operator->", "operator<=>", "operator<<", "operator>>",
                                            "operator<=", "operator>=", "operator<",   "operator>"};
  std::string name;
  int depth = 0;
  while (!symbol.empty()) {
    const auto is_next = [&](std::string_view word) { return symbol.starts_with(word); };
    const auto word = is_next(anonymous) ? &anonymous : std::ranges::find_if(operators, is_next);
    if (word == &anonymous || word != std::end(operators)) {
      if (depth == 0) name += *word;
      symbol.remove_prefix(word->size());
      continue;
    }
    const char c = symbol.front();
    symbol.remove_prefix(1);
    if (c == '<' || c == '(') ++depth;
    if (depth == 0) name += c == ';' ? ':' : c;
    if ((c == '>' || c == ')') && depth > 0) --depth;
  }
  name.erase(name.find_last_not_of(' ') + 1);
  return name.empty() ? std::string(unknown_name) : printable(name);
}

folded_stacks fold(std::string_view script, const sampled_window& w) {
  folded_stacks all;
  sample current;
  std::vector<frame> stack;
  bool inside = false;
  while (!script.empty()) {
    const auto line = next_line(script);
    frame f;
    if (line.starts_with('\t')) {
      if (read_frame(line, f)) stack.push_back(std::move(f));
      continue;
    }
    if (inside) count(all, current, stack, w);
    stack.clear();
    const auto lost = lost_in(line);
    all.lost += lost;
    inside = lost == 0 && read_header(line, current);
  }
  if (inside) count(all, current, stack, w);
  return all;
}

std::string to_text(const folded_stacks& all, std::size_t most_bytes) {
  auto stacks = all.of_server;
  auto text = text_of(stacks);
  const auto shortened = [&](const auto& cut, std::size_t frames) {
    stacks.clear();
    for (const auto& [stack, samples] : all.of_server) stacks[cut(stack, frames)] += samples;
    text = text_of(stacks);
  };
  for (std::size_t frames = 8; text.size() > most_bytes && frames > 0; frames /= 2) shortened(with_callers, frames);
  for (std::size_t frames = 32; text.size() > most_bytes && frames > 0; frames /= 2)
    shortened(innermost_frames, frames);
  return text;
}

}  // namespace tvl::suite
