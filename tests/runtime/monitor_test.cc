#include "processor/runtime/monitor.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "processor/runtime/metrics.h"

namespace leadclock {
namespace {

namespace http = boost::beast::http;
using Response = http::response<http::string_body>;

Response Get(int port, const std::string& target) {
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket socket(context);
  socket.connect({boost::asio::ip::address_v4::loopback(),
                  static_cast<unsigned short>(port)});
  http::write(socket,
              http::request<http::empty_body>(http::verb::get, target, 11));
  boost::beast::flat_buffer buffer;
  Response response;
  http::read(socket, buffer, response);
  return response;
}

TEST_CASE("A process tells its figures, that it runs, and what it waits for") {
  const auto registry = std::make_shared<prometheus::Registry>();
  const auto readiness = std::make_shared<Readiness>();
  Metrics metrics(registry, readiness, nullptr, 2);
  const auto monitor = Monitor::Serve("127.0.0.1:0", registry, readiness);
  REQUIRE(monitor.ok());
  const int port = (*monitor)->port();

  CHECK(Get(port, "/livez").result_int() == 200);
  CHECK(Get(port, "/readyz").result_int() == 503);
  CHECK(Get(port, "/readyz").body() ==
        "worker 2 has no part in the consumer group yet\n");
  metrics.SetJoined(true);
  CHECK(Get(port, "/readyz").result_int() == 200);

  metrics.SetRestored(7, 10, 100, absl::Seconds(1));
  CHECK(Get(port, "/readyz").body() ==
        "states of partition 7 are restored; 90 to go\n");
  metrics.SetRestored(7, 100, 100, absl::Seconds(2));
  metrics.SetFeed("hubspot", absl::FromUnixSeconds(1'772'442'000), true);
  CHECK(Get(port, "/readyz").body() ==
        "feed hubspot of worker 2 is silent: it sent no heartbeat after "
        "2026-03-02T09:00:00+00:00\n");
  CHECK(Get(port, "/metrics")
            .body()
            .find("leadclock_feed_silent{source=\"hubspot\",worker=\"2\"} 1") !=
        std::string::npos);
  CHECK(Get(port, "/").result_int() == 404);
}

TEST_CASE("An address that cannot be served is named") {
  const std::string address = GENERATE(as<std::string>(), "nowhere",
                                       "127.0.0.1:70000", "192.0.2.1:1", "x:y");
  const auto monitor =
      Monitor::Serve(address, std::make_shared<prometheus::Registry>(),
                     std::make_shared<Readiness>());
  REQUIRE_FALSE(monitor.ok());
  CHECK(absl::IsInvalidArgument(monitor.status()));
  CHECK(std::string(monitor.status().message()).find(address) !=
        std::string::npos);
}

}  // namespace
}  // namespace leadclock
