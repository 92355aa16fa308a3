#include "clients/fetch/report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iomanip>
#include <optional>
#include <ostream>
#include <sstream>

namespace tvl::fetch {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

std::string seconds(clock::duration d) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(3) << std::chrono::duration<double>(d).count();
  return text.str();
}

// Empty unless a serial run did the same work.
std::optional<double> wall_to_serial(const measured& m, const std::vector<measured>& all) {
  const auto serial = std::ranges::find(all, "serial", &measured::way);
  if (serial == all.end() || serial->wall.count() == 0 || serial->not_done + m.not_done > 0) return {};
  return std::chrono::duration<double>(m.wall) / std::chrono::duration<double>(serial->wall);
}

const char* name(download::end how) {
  return how == download::end::ok ? "ok" : how == download::end::failed ? "failed" : "not done";
}

template <class T>
nlohmann::ordered_json or_null(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nullptr;
}

nlohmann::ordered_json to_json(const std::string& url, const download& d) {
  const bool ended = d.how != download::end::none;
  return {{"url", url},
          {"end", name(d.how)},
          {"bytes", d.bytes},
          {"status", or_null(d.status)},
          {"time_us", or_null(ended ? std::optional(duration_cast<microseconds>(d.time).count()) : std::nullopt)},
          {"error", or_null(d.error.empty() ? std::nullopt : std::optional(d.error))}};
}

}  // namespace

void print_table(std::ostream& out, const std::vector<measured>& all) {
  const std::vector<int> widths{10, 8, 8, 10, 14, 10, 12, 16, 9, 15};
  const auto row = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      out << (i == 0 ? std::left : std::right) << std::setw(widths[i]) << cells[i];
    out << '\n';
  };
  row({"", "ok", "failed", "not done", "bytes", "wall s", "own times s", "CPU user+sys s", "threads", "wall / serial"});
  for (const auto& m : all) {
    std::ostringstream ratio;
    if (const auto r = wall_to_serial(m, all))
      ratio << std::fixed << std::setprecision(3) << *r;
    else
      ratio << "n/a";
    row({m.way, std::to_string(m.ok), std::to_string(m.failed), std::to_string(m.not_done), std::to_string(m.bytes),
         seconds(m.wall), seconds(m.own), seconds(m.user) + '+' + seconds(m.system), std::to_string(m.threads),
         ratio.str()});
  }
}

void print_errors(std::ostream& out, const settings& s, const measured& m) {
  for (std::size_t i = 0; i < m.downloads.size(); ++i)
    if (m.downloads[i].how == download::end::failed)
      out << m.way << ": " << s.urls[i] << ": " << m.downloads[i].error << '\n';
}

nlohmann::ordered_json to_json(const settings& s, const std::vector<measured>& all, bool interrupted) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const auto& m : all) {
    nlohmann::ordered_json downloads = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < m.downloads.size(); ++i) downloads.push_back(to_json(s.urls[i], m.downloads[i]));
    rows.push_back({{"way", m.way},
                    {"ok", m.ok},
                    {"failed", m.failed},
                    {"not_done", m.not_done},
                    {"bytes", m.bytes},
                    {"wall_us", duration_cast<microseconds>(m.wall).count()},
                    {"own_us", duration_cast<microseconds>(m.own).count()},
                    {"cpu_user_us", m.user.count()},
                    {"cpu_system_us", m.system.count()},
                    {"threads", m.threads},
                    {"wall_to_serial", or_null(wall_to_serial(m, all))},
                    {"downloads", downloads}});
  }
  return {
      {"schema", 1}, {"urls", s.urls.size()}, {"in_flight", s.in_flight}, {"interrupted", interrupted}, {"ways", rows}};
}

}  // namespace tvl::fetch
