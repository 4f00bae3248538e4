#include "processor/runtime/monitor.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "prometheus/text_serializer.h"

namespace leadclock {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

// A client that says nothing for this long is forgotten.
constexpr std::chrono::seconds kPatience{10};

// What is served.
class Pages {
 public:
  Pages(std::shared_ptr<prometheus::Registry> registry,
        std::shared_ptr<const Readiness> readiness)
      : registry_(std::move(registry)), readiness_(std::move(readiness)) {}

  Response Answer(const Request& request) const {
    Response response{http::status::ok, request.version()};
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.keep_alive(request.keep_alive());
    Fill(request, response);
    response.prepare_payload();
    return response;
  }

 private:
  void Fill(const Request& request, Response& response) const {
    if (request.method() != http::verb::get) {
      response.result(http::status::method_not_allowed);
      response.body() = "only GET\n";
    } else if (request.target() == "/metrics") {
      response.body() =
          prometheus::TextSerializer().Serialize(registry_->Collect());
    } else if (request.target() == "/livez") {
      response.body() = "it runs\n";
    } else if (request.target() == "/readyz") {
      const std::vector<std::string> reasons = readiness_->Reasons();
      if (!reasons.empty()) response.result(http::status::service_unavailable);
      response.body() = reasons.empty()
                            ? "ready\n"
                            : absl::StrCat(absl::StrJoin(reasons, "\n"), "\n");
    } else {
      response.result(http::status::not_found);
      response.body() = "there are /metrics, /livez and /readyz\n";
    }
  }

  const std::shared_ptr<prometheus::Registry> registry_;
  const std::shared_ptr<const Readiness> readiness_;
};

// One connection; lives as long as it has something to wait for.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const Pages& pages)
      : stream_(std::move(socket)), pages_(pages) {}

  void Read() {
    request_ = {};
    stream_.expires_after(kPatience);
    http::async_read(
        stream_, buffer_, request_,
        [self = shared_from_this()](beast::error_code error, size_t) {
          if (!error) self->Write();
        });
  }

 private:
  void Write() {
    response_ = pages_.Answer(request_);
    http::async_write(
        stream_, response_,
        [self = shared_from_this()](beast::error_code error, size_t) {
          if (!error && self->response_.keep_alive()) self->Read();
        });
  }

  beast::tcp_stream stream_;
  const Pages& pages_;
  beast::flat_buffer buffer_;
  Request request_;
  Response response_;
};

class HttpMonitor final : public Monitor {
 public:
  HttpMonitor(const tcp::endpoint& endpoint, Pages pages)
      : pages_(std::move(pages)), acceptor_(context_, endpoint) {
    Accept();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~HttpMonitor() override {
    context_.stop();
    thread_.join();
  }

  int port() const override { return acceptor_.local_endpoint().port(); }

 private:
  void Accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (!error) {
        std::make_shared<Session>(std::move(socket), pages_)->Read();
      }
      Accept();
    });
  }

  const Pages pages_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  std::thread thread_;
};

absl::Status CannotServe(const std::string& address, const std::string& why) {
  return absl::InvalidArgumentError(
      absl::StrCat("cannot serve metrics on ", address, ": ", why));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Monitor>> Monitor::Serve(
    const std::string& address, std::shared_ptr<prometheus::Registry> registry,
    std::shared_ptr<const Readiness> readiness) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos ||
      !absl::SimpleAtoi(address.substr(colon + 1), &port) || port > 65'535) {
    return CannotServe(address, "write host:port");
  }
  try {
    asio::io_context context;
    const auto found = tcp::resolver(context).resolve(
        address.substr(0, colon), address.substr(colon + 1));
    return std::unique_ptr<Monitor>(
        new HttpMonitor(found.begin()->endpoint(),
                        Pages(std::move(registry), std::move(readiness))));
  } catch (const boost::system::system_error& error) {
    return CannotServe(address, error.code().message());
  }
}

}  // namespace leadclock
