#include "bench/suite/contestants/inline_manifest.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/contestants/shell_words.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tvl::suite {
namespace {

using texts = std::vector<std::string>;

TEST(shell_words, are_split_as_a_shell_does) {
  EXPECT_EQ(shell_words("  a b\tc\n"), (texts{"a", "b", "c"}));
  EXPECT_EQ(shell_words(R"(python3 'my app.py' --port={port})"), (texts{"python3", "my app.py", "--port={port}"}));
  EXPECT_EQ(shell_words(R"(a'b c'd "e f"'')"), (texts{"ab cd", "e f"}));
  EXPECT_EQ(shell_words(R"('' "")"), (texts{"", ""}));
  EXPECT_EQ(shell_words(R"(a\ b \" '\n' "\"\n\\")"), (texts{"a b", "\"", R"(\n)", R"("\n\)"}));
  EXPECT_EQ(shell_words("$HOME *;|"), (texts{"$HOME", "*;|"}));
  EXPECT_TRUE(shell_words("").empty());
  for (const auto* open : {"'a", "a\"b", "\"a\\\""}) EXPECT_THROW(shell_words(open), std::invalid_argument) << open;
}

TEST(shell_words, separators_in_quotes_do_not_count) {
  EXPECT_EQ(split_outside_quotes("a=1;;b='x;y' z;", ';'), (texts{"a=1", "b='x;y' z"}));
  EXPECT_EQ(unquoted("'x;y' z"), "x;y z");
}

std::string refusal_of(const std::string& text) {
  try {
    read_inline_manifest(text);
  } catch (const bad_file& error) {
    return error.what();
  }
  return "no error";
}

TEST(inline_manifest, is_distinguished_from_names_and_files) {
  EXPECT_TRUE(is_inline_manifest("name=mine;command=./mine --config a.toml"));
  EXPECT_FALSE(is_inline_manifest("asio_loop"));
  EXPECT_FALSE(is_inline_manifest("./a=b/mine.toml"));
}

TEST(inline_manifest, is_read_whole) {
  const auto m = read_inline_manifest(
      "name=mine; title='my server; fast';model=pool;versus=asio_pool;needs=sh ls;"
      "command=./mine 'a; b' {port};plaintext=/hello;delay=/sleep?for={ms}");
  EXPECT_EQ(m.name, "mine");
  EXPECT_EQ(m.title, "my server; fast");
  EXPECT_EQ(m.model, "pool");
  EXPECT_EQ(m.versus, "asio_pool");
  EXPECT_EQ(m.needs, (texts{"sh", "ls"}));
  EXPECT_EQ(m.command, (texts{"./mine", "a; b", "{port}"}));
  EXPECT_EQ(m.endpoints, (std::map<std::string, std::string>{{"plaintext", "/hello"}, {"delay", "/sleep?for={ms}"}}));
  EXPECT_EQ(m.kind(), contestant_kind::launch);
  EXPECT_EQ(m.file.parent_path(), std::filesystem::current_path()) << "{dir}";
}

TEST(inline_manifest, has_tables_by_keys_with_a_dot) {
  const auto m = read_inline_manifest(
      "name=mine;command=./mine;env.PORT={port};headers.Host=example.org;start_timeout=5;warmup_s=2s;build=go build .;"
      "orders=/orders;add.path=/orders;add.method=POST;add.body='a;b';add.expect_status=201;add.headers.Accept=text/"
      "css");
  EXPECT_EQ(m.env, (std::map<std::string, std::string>{{"PORT", "{port}"}}));
  EXPECT_EQ(m.headers, texts{"Host: example.org"});
  EXPECT_EQ(m.start_timeout, std::chrono::seconds(5));
  EXPECT_EQ(m.warmup_s, 2);
  EXPECT_EQ(m.build, std::vector<texts>({{"go", "build", "."}}));
  EXPECT_EQ(m.endpoints, (std::map<std::string, std::string>{{"add", "/orders"}, {"orders", "/orders"}}));
  EXPECT_EQ(m.requests.at("add").method, "POST");
  EXPECT_EQ(m.requests.at("add").body, "a;b");
  EXPECT_EQ(m.requests.at("add").expect_status, 201);
  EXPECT_EQ(m.requests.at("add").headers, (texts{"Accept: text/css", "Host: example.org"}));
  EXPECT_EQ(refusal_of("name=mine;command=x;add=/a;add.method=PUT"),
            "inline manifest 'mine': 'add' is a path and has keys: give NAME.path");
  EXPECT_EQ(refusal_of("name=mine;command=x;add.methd=PUT;add.path=/"),
            "inline manifest 'mine': unknown key 'methd' (nearest: method) in [endpoints.add]");
}

TEST(inline_manifest, has_defaults) {
  const auto m = read_inline_manifest("name=mine;command=./mine;port=8080");
  EXPECT_EQ(m.title, "mine");
  EXPECT_EQ(m.model, "other");
  EXPECT_EQ(m.port, 8080);
  EXPECT_EQ(m.endpoints, all_endpoints());
  const auto remote = read_inline_manifest("name=there;url=http://127.0.0.1:8080/");
  EXPECT_EQ(remote.url, "http://127.0.0.1:8080");
  EXPECT_EQ(remote.kind(), contestant_kind::remote);
  const auto attached = read_inline_manifest("name=there;url=http://127.0.0.1:8080;pid=42");
  EXPECT_EQ(attached.pid, 42);
  EXPECT_EQ(attached.kind(), contestant_kind::attach);
}

TEST(inline_manifest, errors_name_it) {
  const std::string mine = "inline manifest 'mine': ";
  EXPECT_EQ(refusal_of("command=./mine {port}"), "inline manifest: missing key 'name'");
  EXPECT_EQ(refusal_of("name=mine"), mine + "missing key 'command'");
  EXPECT_EQ(refusal_of("name=mine;comand=x"), "inline manifest: unknown key 'comand' (nearest: command)");
  EXPECT_EQ(refusal_of("name=mine;command=x;plaintxt=/"),
            "inline manifest: unknown key 'plaintxt' (nearest: plaintext)");
  EXPECT_EQ(refusal_of("name=mine;command"), "inline manifest: 'command' is not of the form key=value");
  EXPECT_EQ(refusal_of("name=mine;name=yours"), "inline manifest: 'name' is there twice");
  EXPECT_EQ(refusal_of("name=mine;command='x"), "inline manifest: a quote is not closed: '");
  EXPECT_EQ(refusal_of("name=mine;command=x {prot}"),
            mine + "'command' has an unknown placeholder 'prot' (nearest: port)");
  EXPECT_EQ(refusal_of("name=mine;command=x;port=http"), mine + "'port' must be a whole number of 0 or more");
  EXPECT_EQ(refusal_of("name=mine;command=x;port=70000"), mine + "'port' must be a whole number from 1 to 65535");
  EXPECT_EQ(refusal_of("name=mine;command=x {port};port=80"), mine + "'port' is for a command without {port}");
  EXPECT_EQ(refusal_of("name=mine;command=x {socket};port=80"), mine + "'port' is for a command without {socket}");
  EXPECT_EQ(refusal_of("name=mine;command=x {socket} {port}"),
            mine + "'command' has {port} and {socket}, of which one is asked");
  EXPECT_EQ(refusal_of("name=mine;command=x;pid=1"), mine + "'pid' is for a server that runs already, with a 'url'");
  EXPECT_EQ(refusal_of("name=mine;command=x;url=http://127.0.0.1"),
            mine + "'url' is for a server that runs already: it has no 'command'");
  EXPECT_EQ(refusal_of("name=mine;url=http://127.0.0.1/path"),
            mine + "'url' must be http://HOST:PORT or unix:/SOCKET, without a path");
  EXPECT_EQ(refusal_of("name=mine;url=http://127.0.0.1;pid=0"), mine + "'pid' is no process number");
  EXPECT_EQ(refusal_of("name=my/server;command=x"),
            "inline manifest: 'name' may hold letters, digits, '_', '-' and '.' only");
}

}  // namespace
}  // namespace tvl::suite
