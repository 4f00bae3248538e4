#include "processor/runtime/restore_progress.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "spdlog/spdlog.h"

namespace leadclock {
namespace {

// 1,234,567
std::string WithCommas(int64_t number) {
  std::string digits = absl::StrCat(number);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

}  // namespace

void RestoreProgress::Set(int32_t partition, int64_t done, int64_t total,
                          absl::Duration boot) {
  const std::lock_guard lock(mutex_);
  if (!begun_) {
    if (done >= total) return;
    begun_ = boot;
    last_shown_ = boot;
  }
  parts_[partition] = {done, total};
  Part sum;
  for (const auto& [number, part] : parts_) {
    sum.done += part.done;
    sum.total += part.total;
  }
  const bool is_last = sum.done >= sum.total;
  const bool is_long = boot - *begun_ >= interval_;
  if (is_long && (is_last || boot - last_shown_ >= interval_)) {
    show_({Text(sum.done, sum.total, boot - *begun_), is_last});
    last_shown_ = boot;
  }
  if (!is_last) return;
  parts_.clear();
  begun_.reset();
}

void RestoreProgress::Forget(int32_t partition) {
  const std::lock_guard lock(mutex_);
  parts_.erase(partition);
  if (parts_.empty()) begun_.reset();
}

std::string RestoreProgress::Text(int64_t done, int64_t total,
                                  absl::Duration since) {
  constexpr int64_t kCells = 20;
  const int64_t cells = total == 0 ? kCells : done * kCells / total;
  const double seconds = std::max(absl::ToDoubleSeconds(since), 0.001);
  const double speed = static_cast<double>(done) / seconds;
  return absl::StrFormat("restoring states [%s%s] %d%%, %s of %s records, %s/s",
                         std::string(static_cast<size_t>(cells), '#'),
                         std::string(static_cast<size_t>(kCells - cells), '.'),
                         total == 0 ? 100 : done * 100 / total,
                         WithCommas(done), WithCommas(total),
                         WithCommas(static_cast<int64_t>(speed)));
}

RestoreProgress::Show ShowOnStandardError(bool is_terminal) {
  if (!is_terminal) {
    return [](const RestoreProgress::Line& line) {
      spdlog::info("{}", line.text);
    };
  }
  return [](const RestoreProgress::Line& line) {
    std::cerr << "\r\033[K" << line.text << (line.is_last ? "\n" : "")
              << std::flush;
  };
}

}  // namespace leadclock
