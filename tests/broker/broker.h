#ifndef LEADCLOCK_TESTS_BROKER_BROKER_H_
#define LEADCLOCK_TESTS_BROKER_BROKER_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/broker/process.h"

namespace leadclock::broker {

// A further port of the broker, whose clients are told to come to another one:
// that of a proxy before it.
struct ProxiedListener {
  int port = 0;
  int advertised_port = 0;
};

struct BrokerOptions {
  std::vector<ProxiedListener> proxied;
  // For how long it may sleep, or be away, and stay in its cluster. After a
  // kill it takes as long until it is back.
  absl::Duration session = absl::Minutes(2);
};

// A real broker on this machine, with a folder of its own. It ends with this
// value, and with the tests, however they end.
class Broker {
 public:
  explicit Broker(BrokerOptions options = {});
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // host:port
  const std::string& address() const { return address_; }

  // Ends it in good order, and begins again with what it had.
  void Stop();
  void Start();
  // kill -9.
  void Kill();
  // Its connections stay, and nobody answers.
  void Freeze();
  void Thaw();

 private:
  std::string Folder() const { return directory_.path() + "/broker"; }
  std::vector<std::string> ProxyProperties() const;
  void Signal(int signal) const;

  const BrokerOptions options_;
  TempDirectory directory_;
  int port_;
  int controller_port_;
  std::string address_;
};

// For all tests that leave the broker in peace.
const Broker& SharedBroker();

}  // namespace leadclock::broker

#endif  // LEADCLOCK_TESTS_BROKER_BROKER_H_
