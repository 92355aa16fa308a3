#include "clients/fetch/command_line.hpp"

#include "bench/version/version.hpp"

#include <CLI/CLI.hpp>
#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>

namespace tvl::fetch {
namespace {

constexpr std::size_t most_downloads = 1'000'000;  // results are kept, about 100 bytes each

std::string trimmed(const std::string& line) {
  constexpr auto blank = " \t\r";
  const auto first = line.find_first_not_of(blank);
  return first == std::string::npos ? "" : line.substr(first, line.find_last_not_of(blank) - first + 1);
}

// One URL a line; empty lines and lines that begin with # are skipped.
void read_urls(std::istream& in, const std::string& name, std::vector<std::string>& urls) {
  for (std::string line; std::getline(in, line);) {
    const auto url = trimmed(line);
    if (!url.empty() && url.front() != '#') urls.push_back(url);
  }
  if (in.bad() || !in.eof()) throw std::runtime_error("cannot read " + name);
}

void read_urls(const std::string& name, std::vector<std::string>& urls) {
  if (name == "-") return read_urls(std::cin, "standard input", urls);
  std::ifstream file(name);
  if (!file) throw std::runtime_error("cannot read " + name);
  read_urls(file, name, urls);
}

void check(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parts(::curl_url(), &::curl_url_cleanup);
  const CURLUcode code = ::curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (code != CURLUE_OK) throw std::runtime_error("'" + url + "' is not a URL: " + ::curl_url_strerror(code));
  char* scheme = nullptr;
  ::curl_url_get(parts.get(), CURLUPART_SCHEME, &scheme, 0);
  const std::unique_ptr<char, void (*)(void*)> held(scheme, &::curl_free);
  if (const std::string name = scheme ? scheme : ""; name != "http" && name != "https")
    throw std::runtime_error("'" + url + "' is neither http:// nor https://");
}

std::vector<std::string> all_urls(const std::vector<std::string>& arguments, const std::string& file,
                                  std::size_t repeat) {
  std::vector<std::string> once;
  for (const auto& argument : arguments) {
    if (argument == "-")
      read_urls(argument, once);
    else
      once.push_back(argument);
  }
  if (!file.empty()) read_urls(file, once);
  if (once.empty()) throw std::runtime_error("no URL given, see --help");
  for (const auto& url : once) check(url);
  if (once.size() > most_downloads / repeat)
    throw std::runtime_error("more than " + std::to_string(most_downloads) + " downloads");
  std::vector<std::string> result;
  for (std::size_t i = 0; i < repeat; ++i) result.insert(result.end(), once.begin(), once.end());
  return result;
}

std::vector<way> chosen(const std::vector<std::string>& names) {
  std::vector<way> result;
  for (const auto& w : ways)
    if (names.empty() || std::ranges::find(names, w.name) != names.end()) result.push_back(w);
  return result;
}

// Flag values that are checked or converted further.
struct texts {
  std::vector<std::string> urls, how;
  std::string file;
  std::size_t repeat = 1;
  double timeout_s = 30;
};

void add_options(CLI::App& app, command& c, texts& t) {
  app.add_option("url", t.urls, "http:// or https:// URLs; - reads them from stdin, one a line");
  app.add_option("--file", t.file, "more URLs, one a line; # begins a comment, - is stdin");
  app.add_option("--repeat", t.repeat, "number of times the URLs are downloaded")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, most_downloads));
  app.add_option("--how", t.how, "serial, threads, executor or gather; repeatable; default: all, one after another")
      ->check(CLI::IsMember({"serial", "threads", "executor", "gather"}))
      ->allow_extra_args(false);
  app.add_option("--in-flight", c.settings.in_flight, "most concurrent downloads; serial has one")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  app.add_option("--timeout", t.timeout_s, "seconds for one download, 0 = none")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 86'400.0));
  app.add_option("--max-bytes", c.settings.max_bytes,
                 "largest body, more is a failure; e.g. 65536 or 64KiB; default: any size")
      ->transform(CLI::AsSizeValue(false));
  app.add_flag("--fail-fast", c.settings.fail_fast, "the first failure cancels the rest of its way");
  app.add_option("--json", c.json, "write the results as JSON to this file, - = stdout instead of the table");
}

}  // namespace

command parse_command_line(int argc, char** argv) {
  command c;
  texts t;
  CLI::App app(
      "Downloads the same URLs one after another, in threads, in an executor and by gather on a loop, and compares.");
  app.set_version_flag("--version", version_line("tvl-fetch"));
  add_options(app, c, t);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    std::exit(app.exit(help));
  } catch (const CLI::ParseError& error) {
    throw std::runtime_error(error.what());
  }
  c.settings.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(t.timeout_s * 1000));
  if (t.timeout_s > 0 && c.settings.timeout.count() == 0)
    throw std::runtime_error("--timeout: less than a millisecond");
  c.settings.urls = all_urls(t.urls, t.file, t.repeat);
  c.ways = chosen(t.how);
  return c;
}

}  // namespace tvl::fetch
