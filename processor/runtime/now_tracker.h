#ifndef LEADCLOCK_PROCESSOR_RUNTIME_NOW_TRACKER_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_NOW_TRACKER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "absl/time/time.h"

namespace leadclock {

// The now of one partition: up to which instant time may decide.
//
// Everybody who wrote a record before a high watermark was asked for has it
// below that watermark. So once every input was read up to the answers, all
// that happened before the question was sent is known, less what is slow to
// arrive (`settle`). Caught up, this is the wall clock; behind, it stands
// still, and steps forward as each answer is reached.
//
// A value: reads no clock, asks nobody.
class NowTracker {
 public:
  struct Options {
    absl::Duration settle;
    // How long now stands after nobody answered for longer than `settle`: until
    // an answer to a question asked that much later.
    absl::Duration resettle;
    // Answers not yet reached that are remembered; at least 2.
    size_t max_answers = 64;
  };

  // `handed_over`: where the last owner of the partition left off.
  NowTracker(Options options, absl::Time handed_over)
      : options_(options), now_(handed_over) {}

  // A question was sent.
  void Asked(absl::Duration boot);

  // It was answered: by input, the high watermark.
  void Answered(absl::Time asked_at, absl::Duration boot,
                std::vector<int64_t> high_watermarks);

  // Where the reader stands, by input. Never moves now backwards.
  void Reached(std::span<const int64_t> positions, absl::Duration boot);

  // Now does not pass this instant, whatever is reached.
  void Bound(absl::Time bound) { bound_ = bound; }

  // The reader went back to what is committed, with the now committed there:
  // what was read past since is not read any more.
  void Rewind(absl::Time handed_over);

  // Forgets answers to questions whose time is in doubt.
  void Distrust();

  absl::Time now() const { return now_; }
  // Whether answers wait to be reached.
  bool behind() const { return !answers_.empty(); }
  // Whether it stands because nobody had answered for a while.
  bool resettling(absl::Duration boot) const {
    return resettle_until_ && boot < *resettle_until_;
  }

 private:
  struct Answer {
    absl::Time asked_at;
    std::vector<int64_t> high_watermarks;
  };

  void Remember(Answer answer);

  Options options_;
  absl::Time now_;
  std::deque<Answer> answers_;  // by time; not yet reached
  // The newest question whose answer was reached.
  absl::Time reached_ = absl::InfinitePast();
  absl::Time bound_ = absl::InfiniteFuture();
  absl::Duration last_asked_;
  // The first question since the last answer.
  std::optional<absl::Duration> unanswered_since_;
  std::optional<absl::Duration> resettle_until_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_NOW_TRACKER_H_
