#ifndef LEADCLOCK_TESTS_BROKER_BROKER_H_
#define LEADCLOCK_TESTS_BROKER_BROKER_H_

#include <string>

#include "tests/broker/process.h"

namespace leadclock::broker {

// A real broker on this machine, with a folder of its own. It ends with this
// value, and with the tests, however they end.
class Broker {
 public:
  Broker();
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // host:port
  const std::string& address() const { return address_; }

  // Ends it in good order, and begins again with what it had.
  void Stop();
  void Start();
  // Its connections stay, and nobody answers.
  void Freeze();
  void Thaw();

 private:
  std::string Folder() const { return directory_.path() + "/broker"; }
  void Signal(int signal) const;

  TempDirectory directory_;
  int port_;
  int controller_port_;
  std::string address_;
};

// For all tests that leave the broker in peace.
const Broker& SharedBroker();

}  // namespace leadclock::broker

#endif  // LEADCLOCK_TESTS_BROKER_BROKER_H_
