#include "processor/runtime/readiness.h"

#include "absl/strings/str_cat.h"

namespace leadclock {

void Readiness::Set(const std::string& about,
                    const std::optional<std::string>& why) {
  const std::lock_guard lock(mutex_);
  if (why) {
    reasons_[about] = *why;
  } else {
    reasons_.erase(about);
  }
}

std::vector<std::string> Readiness::Reasons() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> sentences;
  for (const auto& [about, why] : reasons_) {
    sentences.push_back(absl::StrCat(about, " ", why));
  }
  return sentences;
}

}  // namespace leadclock
