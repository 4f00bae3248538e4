#include "tests/sim/machine.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/runtime/metrics.h"
#include "processor/runtime/topics.h"
#include "processor/runtime/worker.h"
#include "prometheus/registry.h"

namespace leadclock::sim {
namespace {

// Runs something at the end of a life, however that ends.
class AtEnd {
 public:
  explicit AtEnd(std::function<void()> what) : what_(std::move(what)) {}
  ~AtEnd() { what_(); }
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;

 private:
  const std::function<void()> what_;
};

// read = folded + ignored + quarantined.
std::string WrongSums(const Metrics& metrics) {
  std::map<std::string, double> sums;
  for (const auto& family : metrics.registry()->Collect()) {
    for (const auto& metric : family.metric) {
      sums[family.name] += metric.counter.value;
    }
  }
  const double read = sums["leadclock_records_read_total"];
  const double accounted = sums["leadclock_records_folded_total"] +
                           sums["leadclock_records_ignored_total"] +
                           sums["leadclock_records_quarantined_total"];
  if (read == accounted) return "";
  return absl::StrCat("read ", read, " records, but folded, ignored and ",
                      "quarantined ", accounted);
}

}  // namespace

Machine::Machine(const Surroundings& around, std::string name,
                 std::string instance, std::filesystem::path disk)
    : clock(around.schedule),
      around_(around),
      name_(std::move(name)),
      instance_(std::move(instance)),
      disk_(std::move(disk)) {}

void Machine::Start() {
  stop_ = std::make_unique<std::atomic<bool>>(false);
  process_ = std::make_unique<Process>(
      around_.schedule,
      [this] {
        Ended ended;
        const AtEnd tell([&] {
          around_.schedule.After(absl::ZeroDuration(), [this, ended] {
            around_.on_ended(*this, ended);
          });
        });
        Live(ended);
        ended.killed = false;
      },
      [this] { return around_.on_wait(*this); });
  process_->Start();
}

// As RunWorker().
void Machine::Live(Ended& ended) {
  const AtEnd forget([this] {
    client_ = nullptr;
    store_ = nullptr;
  });
  // Little memory, so that states go to the files while there are few of them.
  const auto store = Store::Open({.directory = disk_.string(),
                                  .memory_bytes = size_t{64} << 10,
                                  .awaits_files = true});
  if (!store.ok()) {
    ended.status = store.status();
    return;
  }
  store_ = store->get();
  const AtEnd lose([&] {
    if (ended.killed) (*store)->LoseUnflushed();
  });
  ModelClient client(around_.kafka, around_.schedule, *process_,
                     {.topics = around_.loop.topics,
                      .group = "leadclock",
                      .instance = instance_,
                      .patience = [this] { return around_.patience(*this); }});
  client_ = &client;
  absl::StatusOr<int32_t> partitions = 0;
  do {
    partitions = CheckTopics(client, around_.loop.topics, absl::Seconds(2));
  } while (kafka_error::IsUnavailable(partitions.status()) && !*stop_);
  if (!partitions.ok()) {
    if (!*stop_) ended.status = partitions.status();
    return;
  }

  Metrics metrics;
  const AtEnd check([&] { ended.wrong_sums = WrongSums(metrics); });
  Worker worker(around_.loop, *partitions, around_.fold, client, **store, clock,
                metrics);
  const auto stop = [this] { return stop_->load(); };
  ended.status = worker.Run(stop);
  client.Leave();
}

void Machine::Freeze(absl::Duration time) {
  process_->Freeze(time);
  if (client_ == nullptr) return;
  client_->FallSilent();
  around_.schedule.After(time, [this, thawed = process_.get()] {
    if (process_.get() == thawed && client_ != nullptr) client_->SpeakAgain();
  });
}

void Machine::Hang(absl::Duration time) { process_->Freeze(time); }

void Machine::CutOff(absl::Duration time) {
  if (client_ != nullptr) client_->CutOff(time);
}

absl::Time Machine::NextDue() const {
  absl::Time next = absl::InfiniteFuture();
  if (store_ == nullptr) return next;
  const ModelTopic& changelog =
      *around_.kafka.topic(around_.loop.topics.changelog);
  for (size_t i = 0; i < changelog.logs.size(); ++i) {
    const absl::Time due = store_->NextDue(static_cast<int32_t>(i));
    if (due + around_.loop.settle > clock.Wall()) next = std::min(next, due);
  }
  return next;
}

}  // namespace leadclock::sim
