#include "processor/runtime/metrics.h"

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

std::map<std::string, std::string> OfPartition(int32_t partition) {
  return {{"partition", absl::StrCat(partition)}};
}

}  // namespace

Metrics::Metrics(std::shared_ptr<prometheus::Registry> registry, int worker)
    : registry_(std::move(registry)),
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
                .Add({{"worker", absl::StrCat(worker)}})),
      now_(Gauges(*registry_, "leadclock_now_timestamp_seconds",
                  "A partition's now, in seconds since 1970")),
      stands_(Gauges(*registry_, "leadclock_reader_stands",
                     "1 while a partition has records that cannot be read")),
      restore_remaining_(
          Gauges(*registry_, "leadclock_restore_remaining_records",
                 "Offsets of the changelog that are still to be read")) {}

void Metrics::Publish(const Tally& tally, absl::Duration commit) {
  read_.Increment(ToDouble(tally.read));
  folded_.Increment(ToDouble(tally.folded));
  timers_fired_.Increment(ToDouble(tally.timers_fired));
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
}

void Metrics::SetRestoreRemaining(int32_t partition, int64_t records) {
  restore_remaining_.Add(OfPartition(partition)).Set(ToDouble(records));
}

void Metrics::Forget(int32_t partition) {
  now_.Remove(&now_.Add(OfPartition(partition)));
  stands_.Remove(&stands_.Add(OfPartition(partition)));
  restore_remaining_.Remove(&restore_remaining_.Add(OfPartition(partition)));
}

}  // namespace leadclock
