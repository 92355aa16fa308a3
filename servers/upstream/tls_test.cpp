// Introspection as an application server uses it: libcurl, a verified certificate, connections kept.

#include "servers/drivers/http/oauth_credentials.hpp"
#include "servers/upstream/objects.hpp"
#include "servers/upstream/test_support.hpp"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace tvl::upstream {
namespace {

struct reply {
  CURLcode code = CURLE_OK;
  long status = 0;
  long connects = 0;  // new connections of this call
  std::string body;
};

class tls_client {
 public:
  explicit tls_client(const running& u, const std::string& host = "127.0.0.1")
      : base_("https://" + host + ":" + std::to_string(u.info["tls_port"].get<int>())),
        ca_(u.info["ca"]),
        curl_(::curl_easy_init(), &::curl_easy_cleanup) {
    ::curl_easy_setopt(curl_.get(), CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(curl_.get(), CURLOPT_CAINFO, ca_.c_str());
    ::curl_easy_setopt(curl_.get(), CURLOPT_USERPWD, login_.c_str());
    ::curl_easy_setopt(curl_.get(), CURLOPT_TIMEOUT, 60L);
    ::curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, &append);
  }
  void set(CURLoption option, long value) { ::curl_easy_setopt(curl_.get(), option, value); }

  reply get(const std::string& path) { return perform(path); }
  reply introspect(const std::string& form) {
    ::curl_easy_setopt(curl_.get(), CURLOPT_POSTFIELDS, form.c_str());
    return perform("/introspect");
  }

 private:
  static std::size_t append(char* bytes, std::size_t, std::size_t size, void* to) {
    static_cast<std::string*>(to)->append(bytes, size);
    return size;
  }
  reply perform(const std::string& path) {
    reply result;
    ::curl_easy_setopt(curl_.get(), CURLOPT_URL, (base_ + path).c_str());
    ::curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &result.body);
    result.code = ::curl_easy_perform(curl_.get());
    ::curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &result.status);
    ::curl_easy_getinfo(curl_.get(), CURLINFO_NUM_CONNECTS, &result.connects);
    return result;
  }

  std::string base_, ca_, login_ = std::string(client_id) + ":" + std::string(client_secret);
  std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)> curl_;
};

TEST(Tls, TokensAreIntrospectedOnAConnectionThatIsKept) {
  running u;
  tls_client c(u);
  const auto good = c.introspect("token=good");
  EXPECT_EQ(good.code, CURLE_OK) << ::curl_easy_strerror(good.code);
  EXPECT_EQ(good.status, 200);
  const auto said = nlohmann::json::parse(good.body);
  EXPECT_EQ(said["active"], true);
  EXPECT_TRUE(said["scope"].is_string() && said["client_id"].is_string() && said["exp"].is_number());
  for (int i = 0; i < 20; ++i) {
    const auto bad = c.introspect("token=bad");
    EXPECT_EQ(bad.body, R"({"active":false})");
    EXPECT_EQ(bad.connects, 0);
  }
}

TEST(Tls, HoldsFor1_2And1_3AndTheNameOfTheHost) {
  running u;
  for (const long version : {long{CURL_SSLVERSION_TLSv1_2} | long{CURL_SSLVERSION_MAX_TLSv1_2},
                             long{CURL_SSLVERSION_TLSv1_3} | long{CURL_SSLVERSION_MAX_TLSv1_3}}) {
    tls_client c(u, "localhost");
    c.set(CURLOPT_SSLVERSION, version);
    EXPECT_EQ(c.introspect("token=good").status, 200);
  }
  tls_client old(u);
  old.set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_0} | long{CURL_SSLVERSION_MAX_TLSv1_1});
  EXPECT_EQ(old.introspect("token=good").code, CURLE_SSL_CONNECT_ERROR);
}

TEST(Tls, LargeObjectsComeWhole) {
  running u;
  tls_client c(u);
  const auto got = c.get("/objects/3MB");
  ASSERT_EQ(got.code, CURLE_OK) << ::curl_easy_strerror(got.code);
  ASSERT_EQ(got.body.size(), 3'000'000u);
  for (std::size_t at = 0; at < got.body.size();) {
    const auto piece = object_content(at, got.body.size() - at);
    ASSERT_TRUE(std::string_view(got.body).substr(at, piece.size()) == piece) << at;
    at += piece.size();
  }
}

// libcurl's result for a certificate with this flaw.
CURLcode said_of(const std::string& flaw) {
  running u({"--tls-wrong", flaw});
  const auto code = tls_client(u).introspect("token=good").code;
  tls_client careless(u);
  careless.set(CURLOPT_SSL_VERIFYPEER, 0);
  careless.set(CURLOPT_SSL_VERIFYHOST, 0);
  EXPECT_EQ(careless.introspect("token=good").status, 200) << "nothing but the certificate is wrong: " << flaw;
  return code;
}

TEST(Tls, WrongCertificatesAreWrong) {
  EXPECT_EQ(said_of("expired"), CURLE_PEER_FAILED_VERIFICATION);
  EXPECT_EQ(said_of("host"), CURLE_PEER_FAILED_VERIFICATION);
  EXPECT_EQ(said_of("ca"), CURLE_PEER_FAILED_VERIFICATION);
}

TEST(Tls, CertificatesCanOutliveARestart) {
  auto folder = (std::filesystem::temp_directory_path() / "tvl-kept.XXXXXX").string();
  ASSERT_TRUE(::mkdtemp(folder.data()));
  running one({"--tls-dir", folder});
  tls_client c(one);
  EXPECT_EQ(c.introspect("token=good").status, 200);
  const auto port = std::to_string(one.info["tls_port"].get<int>());
  one.stop();
  running two({"--tls-dir", folder, "--tls-port", port});
  EXPECT_EQ(c.introspect("token=good").status, 200) << "with the authority of the first";
  two.stop();
  std::filesystem::remove_all(folder);
}

TEST(Tls, HostileTokens) {
  running u;
  tls_client c(u);
  EXPECT_EQ(c.introspect("token=half").code, CURLE_PARTIAL_FILE);
  EXPECT_NE(c.introspect("token=garbage").code, CURLE_OK);
  c.set(CURLOPT_TIMEOUT_MS, 300);
  EXPECT_EQ(c.introspect("token=silent").code, CURLE_OPERATION_TIMEDOUT);
  EXPECT_EQ(c.introspect("token=slow-body").code, CURLE_OPERATION_TIMEDOUT);
}

TEST(Tls, HandshakesThatFailAreCountedAndHarmless) {
  running u;
  {
    conformance::client no_tls(u.info["tls_port"].get<unsigned short>());
    no_tls.send("GET / HTTP/1.1\r\n\r\n");
    no_tls.receive_to_end();
    conformance::client leaves(u.info["tls_port"].get<unsigned short>());
  }
  EXPECT_EQ(tls_client(u).introspect("token=good").status, 200);
  const auto end = u.stop();
  const auto counters = nlohmann::json::parse(end.output.substr(end.output.find('{')));
  EXPECT_GE(counters["tls_failed"], 1);
  EXPECT_EQ(counters["introspections"], 1);
}

}  // namespace
}  // namespace tvl::upstream
