#include "tests/broker/broker.h"

#include <signal.h>

#include <stdexcept>
#include <utility>
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

Broker::Broker(BrokerOptions options)
    : options_(std::move(options)),
      port_(FreePort()),
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
  std::vector<std::string> command = {
      "start",
      "--dir",
      Folder(),
      "--port",
      absl::StrCat(port_),
      "--controller-port",
      absl::StrCat(controller_port_),
      "--set",
      absl::StrCat("broker.session.timeout.ms=",
                   absl::ToInt64Milliseconds(options_.session))};
  for (const std::string& property : ProxyProperties()) {
    command.insert(command.end(), {"--set", property});
  }
  RunScript(command);
}

std::vector<std::string> Broker::ProxyProperties() const {
  if (options_.proxied.empty()) return {};
  std::string listeners =
      absl::StrCat("listeners=CONTROLLER://127.0.0.1:", controller_port_,
                   ",PLAINTEXT://", address_);
  std::string advertised = absl::StrCat("advertised.listeners=");
  std::string protocols =
      "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT";
  for (size_t i = 0; i < options_.proxied.size(); ++i) {
    const ProxiedListener& proxied = options_.proxied[i];
    absl::StrAppend(&listeners, ",PROXIED", i, "://127.0.0.1:", proxied.port);
    absl::StrAppend(&advertised, "PROXIED", i,
                    "://127.0.0.1:", proxied.advertised_port, ",");
    absl::StrAppend(&protocols, ",PROXIED", i, ":PLAINTEXT");
  }
  absl::StrAppend(&advertised, "PLAINTEXT://", address_);
  return {listeners, advertised, protocols};
}

void Broker::Kill() { RunScript({"kill", "--dir", Folder()}); }

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
