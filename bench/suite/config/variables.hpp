#pragma once
// What a workload may sweep: its variables, their values, and the part each plays in the chart.

#include "clients/load/plan/plan.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

// A value: a number, or a word such as "saturation".
struct quantity {
  std::string text;              // as in the point's name
  std::optional<double> number;  // none = a word

  static quantity of(long number);
  nlohmann::json json() const;
  bool operator==(const quantity&) const = default;
};

enum class role {
  fixed,   // has one value
  x,       // the chart's x axis
  series,  // a line each
  facet,   // a figure and a table each
};

struct variable {
  std::string name;
  std::vector<quantity> values;  // none twice
  role part = role::fixed;
};

// A variable at one of its values.
struct setting {
  std::string variable;
  quantity value;
  role part = role::fixed;
};

// A variable that every workload has: a key of [load] and [quick]. Any other is a parameter of the endpoint.
struct load_variable {
  std::string name;
  int least;                           // whole numbers from here on
  std::string word;                    // that may stand instead of a number; empty = none
  void (*offer)(load::plan&, double);  // none = not offered by the generator: it fills {name} of the command
  quantity standard = {};              // its default; no text = the number of the server's cores
  bool size = false;                   // values are texts, not numbers: "64KiB", "8MiB"
  std::string endpoint = "";           // that those connections ask for; empty = the workload's own
};

// In the order of a point's name; parameters follow.
const std::vector<load_variable>& load_variables();
inline constexpr int most_of_a_variable = 1'000'000;

// Stands for as many as the point has connections, whoever they are.
inline constexpr char one_each[] = "connections";
// The rate, in percent of the contestant's knee: see find_knee.hpp.
inline constexpr char knee_variable[] = "percent_of_knee";

// Of a workload with a table [beside].
inline constexpr char beside_variable[] = "beside";    // an endpoint
inline constexpr char percent_variable[] = "percent";  // of all requests that are of that one, from 0 to below 100

// Is it one that fills {name} of the command?
bool fills_command(const std::string& variable);
// All that are.
std::vector<load_variable> command_variables();

// Puts the variable in its place, or replaces its values.
void put(std::vector<variable>&, const std::string& name, std::vector<quantity> values);

// The value of this variable; null = it has none here.
const quantity* find(const std::vector<setting>&, const std::string& variable);

}  // namespace tvl::suite
