#include "processor/runtime/metrics.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

prometheus::Family<prometheus::Counter>& Counters(
    prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Gauge>& Gauges(prometheus::Registry& registry,
                                              const char* name,
                                              const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

prometheus::Histogram& CommitSeconds(prometheus::Registry& registry) {
  return prometheus::BuildHistogram()
      .Name("leadclock_commit_seconds")
      .Help("How long a transaction took to write and commit")
      .Register(registry)
      .Add({}, prometheus::Histogram::BucketBoundaries{
                   0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10});
}

double ToDouble(int64_t count) { return static_cast<double>(count); }

std::string About(int32_t partition) {
  return absl::StrCat("partition ", partition);
}

std::optional<std::string> Unless(bool fine, std::string why) {
  if (fine) return std::nullopt;
  return why;
}

std::map<std::string, std::string> OfPartition(int32_t partition) {
  return {{"partition", absl::StrCat(partition)}};
}

}  // namespace

Metrics::Metrics(std::shared_ptr<prometheus::Registry> registry,
                 std::shared_ptr<Readiness> readiness,
                 std::shared_ptr<RestoreProgress> progress, int worker)
    : registry_(std::move(registry)),
      readiness_(std::move(readiness)),
      progress_(std::move(progress)),
      worker_(absl::StrCat(worker)),
      read_(Counters(*registry_, "leadclock_records_read_total",
                     "Input records: folded, ignored and quarantined ones")
                .Add({})),
      folded_(Counters(*registry_, "leadclock_records_folded_total",
                       "Input records that entered a state")
                  .Add({})),
      ignored_(Counters(*registry_, "leadclock_records_ignored_total",
                        "Input records that were left out on purpose")),
      quarantined_(Counters(*registry_, "leadclock_records_quarantined_total",
                            "Input records that could not be folded")),
      outputs_(Counters(*registry_, "leadclock_records_written_total",
                        "Records written, by topic")),
      timers_fired_(Counters(*registry_, "leadclock_timers_fired_total",
                             "States that were asked because time had passed")
                        .Add({})),
      swept_(Counters(*registry_, "leadclock_sweep_keys_total",
                      "States that were asked because the policy had changed")
                 .Add({})),
      sweeping_(
          Gauges(*registry_, "leadclock_sweep_partitions",
                 "Partitions in which not all states were asked yet since "
                 "the policy changed")
              .Add({{"worker", worker_}})),
      global_rejections_(
          Counters(*registry_, "leadclock_global_rejected_total",
                   "Records of the topic of policies that were left out, by "
                   "each worker")),
      global_stands_(
          Gauges(*registry_, "leadclock_policy_topic_stands",
                 "1 while the topic of policies is not read up to its end")
              .Add({{"worker", worker_}})),
      version_(Gauges(*registry_, "leadclock_policy_version",
                      "The newest version of the policy that a worker knows")
                   .Add({{"worker", worker_}})),
      commits_(Counters(*registry_, "leadclock_commits_total",
                        "Transactions that were committed")
                   .Add({})),
      aborts_(Counters(*registry_, "leadclock_aborts_total",
                       "Transactions that failed and were begun again")
                  .Add({})),
      redelivered_(Counters(*registry_, "leadclock_records_redelivered_total",
                            "Records that came twice; the second was dropped")
                       .Add({})),
      commit_seconds_(CommitSeconds(*registry_)),
      held_(Gauges(*registry_, "leadclock_now_held",
                   "1 while now stands because a clock is in doubt")
                .Add({{"worker", worker_}})),
      now_(Gauges(*registry_, "leadclock_now_timestamp_seconds",
                  "A partition's now, in seconds since 1970")),
      stands_(Gauges(*registry_, "leadclock_reader_stands",
                     "1 while a partition has records that cannot be read")),
      restore_remaining_(
          Gauges(*registry_, "leadclock_restore_remaining_records",
                 "Offsets of the changelog that are still to be read")),
      feeds_(Gauges(*registry_, "leadclock_feed_heartbeat_timestamp_seconds",
                    "Up to which instant a source has sent everything, in "
                    "seconds since 1970")),
      silent_feeds_(Gauges(*registry_, "leadclock_feed_silent",
                           "1 while a source that promised heartbeats sends "
                           "none; time decides nothing meanwhile")) {
  SetJoined(false);
}

void Metrics::Publish(const Tally& tally, absl::Duration commit) {
  read_.Increment(ToDouble(tally.read));
  folded_.Increment(ToDouble(tally.folded));
  timers_fired_.Increment(ToDouble(tally.timers_fired));
  swept_.Increment(ToDouble(tally.swept));
  for (const auto& [reason, count] : tally.ignored) {
    ignored_.Add({{"reason", reason}}).Increment(ToDouble(count));
  }
  for (const auto& [code, count] : tally.quarantined) {
    quarantined_.Add({{"code", code}}).Increment(ToDouble(count));
  }
  for (const auto& [topic, count] : tally.outputs) {
    outputs_.Add({{"topic", topic}}).Increment(ToDouble(count));
  }
  commits_.Increment();
  commit_seconds_.Observe(absl::ToDoubleSeconds(commit));
}

void Metrics::SetNow(int32_t partition, absl::Time now) {
  now_.Add(OfPartition(partition))
      .Set(absl::ToDoubleSeconds(now - absl::UnixEpoch()));
}

void Metrics::SetStands(int32_t partition, bool stands) {
  stands_.Add(OfPartition(partition)).Set(stands ? 1 : 0);
  readiness_->Set(About(partition),
                  Unless(!stands,
                         "has records that cannot be read: a transaction of "
                         "an input topic is open"));
}

void Metrics::SetHeld(bool held) {
  held_.Set(held ? 1 : 0);
  readiness_->Set(absl::StrCat("now of worker ", worker_),
                  Unless(!held, "is held because a clock is in doubt"));
}

void Metrics::SetSweeping(int partitions) { sweeping_.Set(partitions); }

void Metrics::SetGlobalStands(bool stands) {
  global_stands_.Set(stands ? 1 : 0);
  readiness_->Set(
      absl::StrCat("topic of policies of worker ", worker_),
      Unless(!stands,
             "is not read up to its end: it is gone, it cannot be reached, or "
             "a transaction on it is open. Nothing is judged by time"));
}

void Metrics::SetVersion(int64_t version) { version_.Set(ToDouble(version)); }

void Metrics::CountGlobalRejection(const std::string& code) {
  global_rejections_.Add({{"code", code}}).Increment();
}

void Metrics::SetJoined(bool joined) {
  readiness_->Set(absl::StrCat("worker ", worker_),
                  Unless(joined, "has no part in the consumer group yet"));
}

void Metrics::SetFeed(const std::string& source, absl::Time sent_up_to,
                      bool is_silent) {
  const std::map<std::string, std::string> labels = {{"source", source},
                                                     {"worker", worker_}};
  const bool is_known = sent_up_to != absl::InfinitePast();
  feeds_.Add(labels).Set(
      is_known ? absl::ToDoubleSeconds(sent_up_to - absl::UnixEpoch()) : 0);
  silent_feeds_.Add(labels).Set(is_silent ? 1 : 0);
  readiness_->Set(
      absl::StrCat("feed ", source, " of worker ", worker_),
      Unless(!is_silent,
             is_known
                 ? absl::StrCat("is silent: it sent no heartbeat after ",
                                absl::FormatTime(absl::RFC3339_sec, sent_up_to,
                                                 absl::UTCTimeZone()))
                 : "is silent: it sent no heartbeat to some partition"));
}

void Metrics::SetRestored(int32_t partition, int64_t done, int64_t total,
                          absl::Duration boot) {
  if (progress_ != nullptr) progress_->Set(partition, done, total, boot);
  const int64_t records = total - done;
  restore_remaining_.Add(OfPartition(partition)).Set(ToDouble(records));
  readiness_->Set(
      absl::StrCat("states of ", About(partition)),
      Unless(records == 0, absl::StrCat("are restored; ", records, " to go")));
}

void Metrics::Forget(int32_t partition) {
  if (progress_ != nullptr) progress_->Forget(partition);
  readiness_->Set(About(partition), std::nullopt);
  readiness_->Set(absl::StrCat("states of ", About(partition)), std::nullopt);
  now_.Remove(&now_.Add(OfPartition(partition)));
  stands_.Remove(&stands_.Add(OfPartition(partition)));
  restore_remaining_.Remove(&restore_remaining_.Add(OfPartition(partition)));
}

}  // namespace leadclock
