#pragma once
// What BOOST_DESCRIBE_STRUCT names the members of is written to JSON, read from it and added up by these names.
//
//   struct counts { std::uint64_t sent = 0; std::optional<double> share; };
//   BOOST_DESCRIBE_STRUCT(counts, (), (sent, share))
//   nlohmann::json j = c;  c = j.get<counts>();  add(c, more);

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <nlohmann/json.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>

namespace tvl::load {

template <class T>
concept described = boost::describe::has_describe_members<T>::value;

// visit(name, pointer to member)
template <described T, class Visit>
void for_each_member(Visit&& visit) {
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
      [&](auto member) { visit(member.name, member.pointer); });
}

template <described T>
nlohmann::json members_json(const T& from) {
  auto all = nlohmann::json::object();
  for_each_member<T>([&](const char* name, auto member) { all[name] = from.*member; });
  return all;
}
// An absent member keeps its value: older records lack some. Throws json::exception: not an object, or another type.
template <described T>
void read_members(const nlohmann::json& from, T& to) {
  const auto& all = from.get_ref<const nlohmann::json::object_t&>();
  for_each_member<T>([&](const char* name, auto member) {
    if (const auto found = all.find(name); found != all.end()) found->second.get_to(to.*member);
  });
}

// Of several texts, such as causes of errors, the first one stays.
inline void add(std::string&, const std::string&) {}
// A number that one side does not know makes the sum unknown. A struct that one side does not have is the other's.
template <class T>
void add(std::optional<T>& into, const std::optional<T>& from);
// Numbers add up; anything else has to have merge().
template <class T>
void add(T& into, const T& from) {
  if constexpr (std::is_arithmetic_v<T>)
    into += from;
  else if constexpr (described<T>)
    for_each_member<T>([&](const char*, auto member) { add(into.*member, from.*member); });
  else
    into.merge(from);
}
template <class T>
void add(std::optional<T>& into, const std::optional<T>& from) {
  if (into && from)
    add(*into, *from);
  else if constexpr (std::is_arithmetic_v<T>)
    into.reset();
  else if (from)
    into = from;
}

}  // namespace tvl::load

namespace nlohmann {

template <class T>
struct adl_serializer<std::optional<T>> {
  static void to_json(json& to, const std::optional<T>& from) { to = from ? json(*from) : json(nullptr); }
  static void from_json(const json& from, std::optional<T>& to) {
    to = from.is_null() ? std::nullopt : std::optional(from.get<T>());
  }
};

template <tvl::load::described T>
struct adl_serializer<T> {
  static void to_json(json& to, const T& from) { to = tvl::load::members_json(from); }
  static void from_json(const json& from, T& to) { tvl::load::read_members(from, to); }
};

}  // namespace nlohmann
