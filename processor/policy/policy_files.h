#ifndef LEADCLOCK_PROCESSOR_POLICY_POLICY_FILES_H_
#define LEADCLOCK_PROCESSOR_POLICY_POLICY_FILES_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace leadclock {

// The files that a policy's text names, such as holidays, and the policies that
// it extends: what each says belongs to the policy as if it were written there.
// They are known by their paths from the policy's own folder.
class PolicyFiles {
 public:
  // Gives the bytes of a file. Its failures need not name the file.
  using Read = std::function<absl::StatusOr<std::string>(const std::string&)>;

  explicit PolicyFiles(Read read) : read_(std::move(read)) {}
  // Of a policy that comes with all of them.
  explicit PolicyFiles(std::map<std::string, std::string> all);

  // Says that the file `path` is the next of those that the policy's text
  // stands in, which are counted from 0: the policy itself, which has no path.
  void AddTextIn(std::string path) { texts_.push_back(std::move(path)); }

  // The path that is written as `path` in file `text` of those.
  std::string PathFrom(size_t text, const std::string& path) const;

  // Reads each file once.
  absl::StatusOr<std::string> Get(const std::string& path);

  // Gives a file that needs not be read, unless it is known. What it says then.
  const std::string& Add(const std::string& path, std::string content) {
    return contents_.emplace(path, std::move(content)).first->second;
  }

  // What is known, by path.
  const std::map<std::string, std::string>& all() const { return contents_; }

 private:
  const Read read_;
  std::vector<std::string> texts_ = {""};
  std::map<std::string, std::string> contents_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_POLICY_FILES_H_
