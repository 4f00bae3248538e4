#ifndef LEADCLOCK_TESTS_ATTACK_PROXY_H_
#define LEADCLOCK_TESTS_ATTACK_PROXY_H_

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace leadclock::attack {

// Stands between a program and a port of 127.0.0.1, and holds up what they
// say. What is held is not lost: it goes on its way when the proxy passes
// again, also after the program has given up.
class Proxy {
 public:
  enum class Mode { kPass, kHoldAnswers, kHoldRequests };

  // Listens on `port`.
  Proxy(int port, int target_port);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  void Set(Mode mode) { mode_ = mode; }
  // Ends all connections.
  void Cut() { cut_ = true; }

 private:
  // From one socket to another.
  struct Way {
    int from = -1;
    int to = -1;
    std::string pending = "";  // read, not yet written
    bool ended = false;        // nothing more comes
  };
  struct Connection {
    Way requests;
    Way answers;
  };

  void Serve();
  void Accept();
  bool Holds(const Connection& connection, const Way& way) const;
  // Whether the connection goes on.
  bool Move(Connection& connection) const;
  static bool Move(Way& way, bool held);
  static void Close(const Connection& connection);

  const int target_port_;
  int listener_ = -1;
  std::atomic<Mode> mode_ = Mode::kPass;
  std::atomic<bool> cut_ = false;
  std::atomic<bool> stop_ = false;
  std::vector<Connection> connections_;
  std::thread thread_;
};

}  // namespace leadclock::attack

#endif  // LEADCLOCK_TESTS_ATTACK_PROXY_H_
