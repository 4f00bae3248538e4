#include "processor/runtime/now_keeper.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "spdlog/spdlog.h"

namespace leadclock {
namespace {

bool Runs(const Partition& partition) {
  return partition.phase == Partition::Phase::kRunning;
}

// A question is written to a log, so there must not be many.
constexpr absl::Duration kAskBrokerAgain = absl::Seconds(10);

struct Clocks {
  absl::Time wall;
  absl::Duration boot;
};

// Both clocks at one moment: a process that was stopped between two looks
// would see a step where there is none.
Clocks ReadTogether(const Clock& clock) {
  constexpr int kTries = 10;
  for (int i = 1;; ++i) {
    const absl::Duration before = clock.Boot();
    const Clocks clocks = {clock.Wall(), clock.Boot()};
    if (clocks.boot - before < ClockGuard::kStep / 4 || i == kTries) {
      return clocks;
    }
  }
}

}  // namespace

void NowKeeper::HandOver(int32_t partition, absl::Time now) {
  const NowTracker::Options options = {.settle = options_.settle,
                                       .resettle = options_.resettle};
  const auto [tracker, is_new] = trackers_.try_emplace(partition, options, now);
  if (!is_new) tracker->second.Rewind(now);
}

bool NowKeeper::Behind(const Partitions& partitions) const {
  return std::any_of(
      partitions.begin(), partitions.end(), [this](const auto& entry) {
        return Runs(entry.second) && trackers_.at(entry.first).behind();
      });
}

absl::Duration NowKeeper::UntilAsk(const Partitions& partitions,
                                   absl::Time next_due) const {
  if (question_ || std::none_of(partitions.begin(), partitions.end(),
                                [](const auto& p) { return Runs(p.second); })) {
    return absl::InfiniteDuration();
  }

  const absl::Duration since = clock_.Boot() - last_asked_;
  absl::Duration wait =
      (Behind(partitions) ? options_.ask_behind : options_.ask_idle) - since;
  // The answer to a question sent from this instant on lets the due one pass.
  const absl::Time due_at = next_due + options_.settle;
  const absl::Time wall = clock_.Wall();
  if (last_asked_at_ < due_at) {
    wait =
        std::min(wait, std::max(due_at - wall, options_.ask_at_most - since));
  }
  return clock_.RealUntil(wall + wait);
}

void NowKeeper::AskIfTime(const Partitions& partitions, absl::Time next_due) {
  if (UntilAsk(partitions, next_due) > absl::ZeroDuration()) return;

  std::set<TopicPartition> logs;
  const auto [wall, boot] = ReadTogether(clock_);
  for (const auto& [number, partition] : partitions) {
    if (!Runs(partition)) continue;
    trackers_.at(number).Asked(boot);
    for (TopicPartition& at : ReadFor(number)) logs.insert(std::move(at));
  }

  guard_.Look(wall, boot);
  SayDoubt(Doubt(wall));
  kafka_.AskHighWatermarks({logs.begin(), logs.end()});
  question_ = Question{wall};
  last_asked_ = boot;
  last_asked_at_ = wall;
}

std::vector<TopicPartition> NowKeeper::ReadFor(int32_t partition) const {
  std::vector<TopicPartition> logs;
  for (const std::string& topic : options_.topics.inputs) {
    logs.push_back({topic, partition});
  }
  if (!options_.topics.global.empty()) {
    logs.push_back({options_.topics.global, 0});
  }
  return logs;
}

void NowKeeper::Unheard(absl::Duration boot) {
  for (auto& [number, tracker] : trackers_) tracker.Asked(boot);
}

void NowKeeper::Answer(
    const std::map<TopicPartition, int64_t>& high_watermarks) {
  if (!question_) return;
  const absl::Time asked_at = question_->asked_at;
  question_.reset();
  if (!options_.topics.global.empty()) {
    const auto end = high_watermarks.find({options_.topics.global, 0});
    global_end_ = end == high_watermarks.end() ? std::nullopt
                                               : std::optional(end->second);
  }

  const bool in_doubt = Doubt(clock_.Wall()).has_value();
  for (auto& [number, tracker] : trackers_) {
    const std::vector<TopicPartition> logs = ReadFor(number);
    std::vector<int64_t> marks;
    for (const TopicPartition& at : logs) {
      const auto mark = high_watermarks.find(at);
      if (mark != high_watermarks.end()) marks.push_back(mark->second);
    }
    if (marks.size() != logs.size()) continue;
    tracker.Answered(asked_at, clock_.Boot(), std::move(marks));
    if (in_doubt) tracker.Distrust();
  }
}

void NowKeeper::Advance(const Partitions& partitions, int64_t global_position) {
  const absl::Duration boot = clock_.Boot();
  for (const auto& [number, partition] : partitions) {
    if (!Runs(partition)) continue;
    NowTracker& tracker = trackers_.at(number);
    const absl::Time before = tracker.now();
    tracker.Bound(heartbeats_.SentUpTo(number));
    std::vector<int64_t> positions = partition.next;
    if (!options_.topics.global.empty()) positions.push_back(global_position);
    tracker.Reached(positions, boot);
    if (tracker.now() != before) metrics_.SetNow(number, tracker.now());
    LookForStandstill(number, positions, boot);
  }
  LookForSilence(partitions);
  LookForGlobalStandstill(partitions, global_position, boot);
}

bool NowKeeper::WantsBrokerTime() const {
  return guard_.Doubt() && clock_.Boot() - asked_broker_ >= kAskBrokerAgain;
}

void NowKeeper::Compare(absl::Time before, absl::Time after,
                        const ClockGuard::BrokerTime& broker) {
  asked_broker_ = clock_.Boot();
  guard_.Compare(before, after, broker);
}

void NowKeeper::LookForSilence(const Partitions& partitions) {
  // So many may be missed before it is silence.
  constexpr int kMissed = 3;
  const absl::Time wall = clock_.Wall();
  for (const auto& [source, interval] : heartbeats_.promised()) {
    absl::Time sent = absl::InfiniteFuture();
    for (const auto& [number, partition] : partitions) {
      if (!Runs(partition)) continue;
      sent = std::min(sent, heartbeats_.SentUpTo(number, source));
    }
    if (sent == absl::InfiniteFuture()) {
      looked_for_since_.erase(source);
      continue;
    }
    const absl::Time since =
        looked_for_since_.try_emplace(source, wall).first->second;
    const bool is_silent =
        wall - std::max(sent, since) > options_.settle + kMissed * interval;
    metrics_.SetFeed(source, sent, is_silent);
  }
}

void NowKeeper::LookForStandstill(int32_t number,
                                  const std::vector<int64_t>& positions,
                                  absl::Duration boot) {
  Standstill& standstill =
      standstills_.try_emplace(number, options_.standstill).first->second;
  standstill.Look(positions, trackers_.at(number).behind(), boot);
  const bool stands = standstill.stands(boot);
  if (stands == said_standing_.contains(number)) return;
  metrics_.SetStands(number, stands);
  if (stands) {
    said_standing_.insert(number);
    spdlog::error(
        "partition {} has records that cannot be read, since {}: a producer "
        "of the topics that are read has probably left a transaction open. "
        "Nothing of the partition is judged by time until it ends",
        number, absl::FormatDuration(options_.standstill));
  } else {
    said_standing_.erase(number);
    spdlog::info("partition {} is read on", number);
  }
}

void NowKeeper::LookForGlobalStandstill(const Partitions& partitions,
                                        int64_t position, absl::Duration boot) {
  if (options_.topics.global.empty()) return;
  // Who has no partition asks nothing, and judges nothing. A topic that ends
  // before what was read of it was made anew.
  const bool is_apart =
      std::any_of(partitions.begin(), partitions.end(),
                  [](const auto& entry) { return Runs(entry.second); }) &&
      global_end_ != position;
  global_standstill_.Look({position}, is_apart, boot);
  const bool stands = global_standstill_.stands(boot);
  if (stands == said_global_stands_) return;
  said_global_stands_ = stands;
  metrics_.SetGlobalStands(stands);
  if (stands) {
    spdlog::error(
        "{} was not read up to its end for {}: it is gone or was made anew, it "
        "cannot be reached, or a transaction on it is open. Nothing is judged "
        "by time until it is",
        options_.topics.global, absl::FormatDuration(options_.standstill));
  } else {
    spdlog::info("{} is read on", options_.topics.global);
  }
}

std::optional<std::string> NowKeeper::Doubt(absl::Time wall) const {
  if (auto doubt = guard_.Doubt()) return doubt;
  for (const auto& [number, tracker] : trackers_) {
    if (tracker.now() > wall + options_.skew) {
      return absl::StrCat("partition ", number, " was handed over at ",
                          absl::FormatTime(tracker.now()),
                          ", which is later than this machine's clock");
    }
  }
  return std::nullopt;
}

void NowKeeper::SayDoubt(const std::optional<std::string>& doubt) {
  metrics_.SetHeld(doubt.has_value());
  if (doubt.has_value() == said_doubt_.has_value()) return;
  said_doubt_ = doubt;
  if (doubt) {
    spdlog::error("now is held, nothing is judged by time: {}", *doubt);
  } else {
    spdlog::info("the clocks agree again; now goes on");
  }
}

}  // namespace leadclock
