#include "clients/fetch/transfer.hpp"

#include <stdexcept>

namespace tvl::fetch {

transfer::transfer(job& j) : job_(j), easy_(::curl_easy_init(), &::curl_easy_cleanup) {
  if (!easy_) throw std::runtime_error("libcurl: no handle");
  CURL* easy = easy_.get();
  ::curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);  // no sigaction() per download, which is not thread-safe
  ::curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  ::curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);  // as requests and aiohttp do
  ::curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 10L);
  ::curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(j.asked().timeout.count()));
  ::curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
  ::curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &receive);
  ::curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  ::curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);  // libcurl calls it at least about once a second
  ::curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &stopped);
  ::curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
}

bool transfer::next() {
  const auto url = job_.next();
  if (!url) return false;
  url_ = *url;
  bytes_ = 0;
  error_.front() = '\0';
  ::curl_easy_setopt(easy_.get(), CURLOPT_URL, job_.asked().urls[url_].c_str());
  begun_ = clock::now();
  return true;
}

void transfer::end(CURLcode code) {
  download d{.bytes = bytes_, .time = clock::now() - begun_, .status = {}, .error = {}};
  long status = 0;
  ::curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 0) d.status = status;
  const bool good = code == CURLE_OK && status < 400;
  if (good || !(code == CURLE_ABORTED_BY_CALLBACK && job_.stop().stop_requested()))
    d.how = good ? download::end::ok : download::end::failed;
  if (d.how == download::end::failed) d.error = code == CURLE_OK ? "HTTP " + std::to_string(status) : reason(code);
  job_.end(url_, std::move(d));
}

std::string transfer::reason(CURLcode code) const {
  const auto most = job_.asked().max_bytes;
  if (code == CURLE_WRITE_ERROR && most > 0) return "more than " + std::to_string(most) + " bytes";
  return error_.front() != '\0' ? error_.data() : ::curl_easy_strerror(code);
}

std::size_t transfer::receive(char*, std::size_t, std::size_t n, void* self) {
  auto& t = *static_cast<transfer*>(self);
  t.bytes_ += n;
  const auto most = t.job_.asked().max_bytes;
  return most > 0 && t.bytes_ > most ? CURL_WRITEFUNC_ERROR : n;
}

int transfer::stopped(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<transfer*>(self)->job_.stop().stop_requested() ? 1 : 0;
}

}  // namespace tvl::fetch
