#ifndef LEADCLOCK_PROCESSOR_RUNTIME_WATCHDOG_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_WATCHDOG_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/time/time.h"

namespace leadclock {

// Ends what hangs. Some calls of librdkafka can wait for ever, whatever their
// timeout says (one that looks for the coordinator of a group on a broker that
// has left the cluster does); nothing from outside wakes them. To end the
// process is safe at any moment, as kill -9 is, and whoever supervises it
// starts it again.
class Watchdog {
 public:
  using Bark = std::function<void(const std::string& doing)>;

  // `bark` is called, from another thread, when something takes longer than
  // `bound`.
  Watchdog(absl::Duration bound, Bark bark);
  // Barks by ending the process.
  explicit Watchdog(absl::Duration bound);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Watches for as long as it lives; one at a time.
  class Watch {
   public:
    Watch(Watchdog& dog, std::string doing) : dog_(dog) {
      dog_.Set(std::move(doing));
    }
    ~Watch() { dog_.Set(std::nullopt); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Watchdog& dog_;
  };

 private:
  void Set(std::optional<std::string> doing);
  void Run();

  const absl::Duration bound_;
  const Bark bark_;
  // Guards the next three; `changed_` says that one of them did.
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::optional<std::string> doing_;
  // Which thing it is that is done, so that the next is not taken for it.
  uint64_t count_ = 0;
  std::thread thread_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_WATCHDOG_H_
