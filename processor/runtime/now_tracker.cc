#include "processor/runtime/now_tracker.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <utility>

namespace leadclock {
namespace {

bool AtLeast(std::span<const int64_t> a, std::span<const int64_t> b) {
  assert(a.size() == b.size());
  return std::equal(a.begin(), a.end(), b.begin(),
                    std::greater_equal<int64_t>());
}

}  // namespace

void NowTracker::Asked(absl::Duration boot) {
  last_asked_ = boot;
  if (!unanswered_since_) unanswered_since_ = boot;
}

void NowTracker::Answered(absl::Time asked_at, absl::Duration boot,
                          std::vector<int64_t> high_watermarks) {
  if (unanswered_since_ && boot - *unanswered_since_ > options_.settle) {
    resettle_until_ = boot + options_.resettle;
  }
  unanswered_since_.reset();
  // Whoever else was cut off may not have delivered when this was asked; that
  // cannot be believed later either.
  if (resettling(last_asked_)) return;
  Remember({asked_at, std::move(high_watermarks)});
}

void NowTracker::Remember(Answer answer) {
  // A later question that asks for no more makes the earlier one moot.
  while (!answers_.empty() &&
         AtLeast(answers_.back().high_watermarks, answer.high_watermarks)) {
    answers_.pop_back();
  }
  answers_.push_back(std::move(answer));
  if (answers_.size() <= options_.max_answers) return;

  // Far behind: every other one, the newest among them, is fine enough.
  std::deque<Answer> kept;
  for (size_t i = (answers_.size() - 1) % 2; i < answers_.size(); i += 2) {
    kept.push_back(std::move(answers_[i]));
  }
  answers_ = std::move(kept);
}

void NowTracker::Reached(std::span<const int64_t> positions,
                         absl::Duration boot) {
  while (!answers_.empty() &&
         AtLeast(positions, answers_.front().high_watermarks)) {
    reached_ = std::max(reached_, answers_.front().asked_at);
    answers_.pop_front();
  }
  if (resettling(boot)) return;
  now_ = std::max(now_, std::min(reached_ - options_.settle, bound_));
}

void NowTracker::Rewind(absl::Time handed_over) {
  now_ = handed_over;
  reached_ = absl::InfinitePast();
  answers_.clear();
}

void NowTracker::Distrust() {
  reached_ = absl::InfinitePast();
  answers_.clear();
}

}  // namespace leadclock
