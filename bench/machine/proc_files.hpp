#pragma once
// Reads /proc, /sys and /etc. A root other than "/" is a copied or fake machine. The parsers take text. Absent or
// unknown values are empty, never 0.

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

inline constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

// A non-negative integer; "max", "unlimited" and "-1" are `unlimited`.
std::optional<std::uint64_t> parse_amount(const std::string& text);

// The numbers of a text; empty when it contains anything else.
std::vector<std::uint64_t> parse_numbers(const std::string& text);

// The value after "key<separator>" at the start of a line, without surrounding blanks and quotes.
std::optional<std::string> parse_field(const std::string& text, const std::string& key, char separator);

// "MemAvailable" of /proc/meminfo in bytes.
std::optional<std::uint64_t> parse_meminfo(const std::string& text, const std::string& key);

// A row of /proc/PID/limits, e.g. "Max open files".
struct resource_limit {
  std::optional<std::uint64_t> soft, hard;
};
resource_limit parse_resource_limit(const std::string& text, const std::string& row);

// The number of ports of [first, last] in a list such as "8080,9148-9150" (net.ipv4.ip_local_reserved_ports).
std::uint64_t ports_reserved(const std::string& list, std::uint64_t first, std::uint64_t last);

// Threads on the whole machine, from /proc/loadavg.
std::optional<std::uint64_t> parse_thread_count(const std::string& text);

// Ticks since boot, summed over these cores (none = all), from /proc/stat. Empty when one of them is not there.
struct cpu_ticks {
  std::uint64_t busy = 0;   // running a process of this machine
  std::uint64_t steal = 0;  // taken by the hypervisor for other guests
  std::uint64_t total = 0;
};
std::optional<cpu_ticks> parse_cpu_ticks(const std::string& text, const std::vector<int>& cores = {});

// Folders of a process's cgroup: its own first, then its parents up to the mount. Takes /proc/self/cgroup and
// /proc/self/mountinfo; supports v1, v2 and both (then v1 wins: a controller is in one of them only).
std::vector<std::string> cgroup_folders(const std::string& cgroups, const std::string& mounts,
                                        const std::string& controller);

class machine_files {
 public:
  explicit machine_files(std::filesystem::path root = "/") : root_(std::move(root)) {}

  // Paths begin with "/".
  std::optional<std::string> text(const std::string& path) const;
  std::optional<std::string> line(const std::string& path) const;  // the first
  std::optional<std::uint64_t> amount(const std::string& path) const;
  std::vector<std::uint64_t> numbers(const std::string& path) const;
  std::optional<std::string> field(const std::string& path, const std::string& key, char separator) const;
  std::vector<std::string> cgroup(const std::string& controller) const;  // see cgroup_folders()
  bool exists(const std::string& path) const;
  // Names of the files in a folder, sorted.
  std::vector<std::string> names(const std::string& folder) const;

 private:
  std::filesystem::path at(const std::string& path) const { return root_ / path.substr(1); }

  std::filesystem::path root_;
};

}  // namespace tvl::suite
