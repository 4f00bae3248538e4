#include "tests/broker/broker.h"

#include <signal.h>

#include <stdexcept>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace leadclock::broker {
namespace {

const std::string& Script() {
  static const auto& script =
      *new std::string(LEADCLOCK_SOURCE_DIR "/scripts/kafka");
  return script;
}

void RunScript(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {Script()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Ended ended = RunToEnd(command);
  if (ended.code != 0) {
    throw std::runtime_error(absl::StrCat("scripts/kafka ", arguments.front(),
                                          " failed:\n", ended.output));
  }
}

}  // namespace

Broker::Broker()
    : port_(FreePort()),
      controller_port_(FreePort()),
      address_(absl::StrCat("127.0.0.1:", port_)) {
  RunAfterTests(absl::StrCat("'", Script(), "' stop --dir '", Folder(),
                             "'; rm -rf '", directory_.path(), "'"));
  Start();
}

Broker::~Broker() {
  try {
    Thaw();
    Stop();
  } catch (const std::exception&) {
    // What was to run after the tests will see to it.
  }
}

void Broker::Start() {
  // A broker that was frozen must not be put out of the cluster by itself:
  // librdkafka can then wait for ever for a coordinator that it has dropped.
  RunScript({"start", "--dir", Folder(), "--port", absl::StrCat(port_),
             "--controller-port", absl::StrCat(controller_port_), "--set",
             "broker.session.timeout.ms=120000"});
}

void Broker::Stop() { RunScript({"stop", "--dir", Folder()}); }

void Broker::Freeze() { Signal(SIGSTOP); }

void Broker::Thaw() { Signal(SIGCONT); }

void Broker::Signal(int signal) const {
  int pid = 0;
  if (!absl::SimpleAtoi(ReadFile(Folder() + "/pid"), &pid) ||
      kill(pid, signal) != 0) {
    throw std::runtime_error("the broker does not run");
  }
}

const Broker& SharedBroker() {
  static const Broker broker;
  return broker;
}

}  // namespace leadclock::broker
