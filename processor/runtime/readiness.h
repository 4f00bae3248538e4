#ifndef LEADCLOCK_PROCESSOR_RUNTIME_READINESS_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_READINESS_H_

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace leadclock {

// Why a process does not do all of its work at present, for those who route
// around it or are woken up. Threads may share one.
class Readiness {
 public:
  // What holds up `about` ("worker 0", "partition 3", ...); nothing does.
  void Set(const std::string& about, const std::optional<std::string>& why);

  // A sentence for each thing that is held up; none: it is ready.
  std::vector<std::string> Reasons() const;

 private:
  mutable std::mutex mutex_;  // of the reasons
  std::map<std::string, std::string> reasons_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_READINESS_H_
