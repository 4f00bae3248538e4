// For a listener to the tests.
#define CATCH_CONFIG_EXTERNAL_INTERFACES

#include "tests/broker/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace leadclock::broker {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(10);
constexpr size_t kShownBytes = 6000;

// Whether an assertion of the running test failed.
bool test_failed = false;

class FailureListener : public Catch::TestEventListenerBase {
 public:
  using TestEventListenerBase::TestEventListenerBase;

  void testCaseEnded(const Catch::TestCaseStats&) override {
    test_failed = false;
  }
  bool assertionEnded(const Catch::AssertionStats& stats) override {
    if (!stats.assertionResult.isOk()) test_failed = true;
    return true;
  }
};

[[noreturn]] void Throw(const std::string& what) {
  throw std::runtime_error(absl::StrCat(what, ": ", std::strerror(errno)));
}

std::vector<char*> Arguments(std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  return arguments;
}

// Replaces this process; between fork and here only what is safe there.
[[noreturn]] void Execute(char* const* arguments, int input, int output) {
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execvp(arguments[0], arguments);
  _exit(127);
}

bool IsFree(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) Throw("cannot make a socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const bool is_free =
      bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return is_free;
}

int ExitCode(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void Show(const std::string& log) {
  std::string text = ReadFile(log);
  if (text.size() > kShownBytes) {
    text = "..." + text.substr(text.size() - kShownBytes);
  }
  std::cerr << "---- " << log << "\n" << text << "----\n";
}

}  // namespace

CATCH_REGISTER_LISTENER(FailureListener)

TempDirectory::TempDirectory() {
  std::string path =
      (std::filesystem::temp_directory_path() / "leadclock-test-XXXXXX")
          .string();
  if (mkdtemp(path.data()) == nullptr) Throw("cannot make " + path);
  path_ = path;
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  if (!file.flush()) Throw("cannot write " + path);
}

int FreePort() {
  // Below the ports that the system gives to clients: one that is connecting
  // must not take the port of a broker that is away for a while.
  static std::random_device random;
  for (int tries = 0; tries < 100; ++tries) {
    const int port = 20'000 + static_cast<int>(random() % 10'000);
    if (IsFree(port)) return port;
  }
  throw std::runtime_error("there is no free port");
}

bool WaitUntil(const std::function<bool()>& holds, absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  while (!holds()) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(kLook);
  }
  return true;
}

void SleepUntil(absl::Time at) { absl::SleepFor(at - absl::Now()); }

Process::Process(const std::vector<std::string>& command, std::string log)
    : log_(std::move(log)) {
  std::vector<std::string> words = command;
  const std::vector<char*> arguments = Arguments(words);
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int output =
      open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (input < 0 || output < 0) Throw("cannot open " + log_);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    Execute(arguments.data(), input, output);
  }
  close(input);
  close(output);
  if (pid_ < 0) Throw("cannot start " + command.front());
}

Process::~Process() { Discard(); }

Process::Process(Process&& other) noexcept
    : log_(std::move(other.log_)),
      pid_(std::exchange(other.pid_, 0)),
      status_(other.status_),
      ended_(other.ended_) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this == &other) return *this;
  Discard();
  log_ = std::move(other.log_);
  pid_ = std::exchange(other.pid_, 0);
  status_ = other.status_;
  ended_ = other.ended_;
  return *this;
}

void Process::Discard() {
  if (pid_ == 0) return;
  Kill();
  if (test_failed || std::uncaught_exceptions() > 0) Show(log_);
}

bool Process::Collect() {
  if (!ended_) ended_ = waitpid(pid_, &status_, WNOHANG) == pid_;
  return ended_;
}

bool Process::Runs() { return !Collect(); }

void Process::Signal(int signal) {
  if (Runs()) kill(pid_, signal);
}

int Process::Wait(absl::Duration patience) {
  if (!WaitUntil([this] { return Collect(); }, patience)) {
    throw std::runtime_error(absl::StrCat("a program did not end within ",
                                          absl::FormatDuration(patience)));
  }
  return ExitCode(status_);
}

void Process::Kill() {
  Signal(SIGKILL);
  if (!ended_) waitpid(pid_, &status_, 0);
  ended_ = true;
}

int Process::Stop(absl::Duration patience) {
  Signal(SIGTERM);
  return Wait(patience);
}

Ended RunToEnd(const std::vector<std::string>& command,
               absl::Duration patience) {
  const TempDirectory directory;
  const std::string log = directory.path() + "/output";
  Process process(command, log);
  const int code = process.Wait(patience);
  return {code, ReadFile(log)};
}

void RunAfterTests(const std::string& shell_command) {
  int ends[2];
  // Nobody else holds the end that is written to, so it closes with us.
  if (pipe2(ends, O_CLOEXEC) != 0) Throw("cannot make a pipe");
  std::vector<std::string> words = {"sh", "-c",
                                    absl::StrCat("cat; ", shell_command)};
  const std::vector<char*> arguments = Arguments(words);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t pid = fork();
  if (pid == 0) {
    setsid();  // Ctrl-C is for the tests.
    Execute(arguments.data(), ends[0], nowhere);
  }
  close(ends[0]);
  close(nowhere);
  if (pid < 0) Throw("cannot start sh");
}

}  // namespace leadclock::broker
