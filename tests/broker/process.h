#ifndef LEADCLOCK_TESTS_BROKER_PROCESS_H_
#define LEADCLOCK_TESTS_BROKER_PROCESS_H_

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"

// What the tests do to the machine: folders, ports, programs. What cannot be
// done throws, which fails the test.
namespace leadclock::broker {

// An empty folder, which goes with this value.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& text);

// A port of 127.0.0.1 on which nobody listens.
int FreePort();

// Whether it came to hold before patience ended.
bool WaitUntil(const std::function<bool()>& holds,
               absl::Duration patience = absl::Seconds(30));

void SleepUntil(absl::Time at);

// A program that runs beside the tests. It is killed with this value, and with
// the tests, however they end. Its output is shown if the test fails.
class Process {
 public:
  // `log` takes what it prints, after what is there already.
  Process(const std::vector<std::string>& command, std::string log);
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;

  bool Runs();
  void Signal(int signal);
  // How it ended: its exit code, or 128 and the signal that ended it.
  int Wait(absl::Duration patience = absl::Seconds(30));
  // kill -9.
  void Kill();
  // SIGTERM, and how it ended.
  int Stop(absl::Duration patience = absl::Seconds(30));

 private:
  bool Collect();
  void Discard();

  std::string log_;
  pid_t pid_ = 0;  // 0: there is none
  int status_ = 0;
  bool ended_ = false;
};

// Runs a program to its end. Returns how it ended, and gives what it printed.
struct Ended {
  int code = 0;
  std::string output;
};
Ended RunToEnd(const std::vector<std::string>& command,
               absl::Duration patience = absl::Seconds(150));

// Runs a shell command when the tests have ended, however they end.
void RunAfterTests(const std::string& shell_command);

}  // namespace leadclock::broker

#endif  // LEADCLOCK_TESTS_BROKER_PROCESS_H_
