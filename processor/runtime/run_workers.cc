#include "processor/runtime/run_workers.h"

#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/runtime/ending.h"
#include "processor/runtime/instance_name.h"
#include "processor/runtime/metrics.h"
#include "processor/runtime/monitor.h"
#include "processor/runtime/rdkafka.h"
#include "processor/runtime/restore_progress.h"
#include "processor/runtime/topics.h"
#include "processor/runtime/worker.h"
#include "spdlog/spdlog.h"
#include "state/store.h"

namespace leadclock {
namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(30);
// Supervisors kill after 30 s (Kubernetes) or later. Longer than a last commit
// and the abort after it may take.
constexpr absl::Duration kEndTimeout = absl::Seconds(20);
// How often it is looked whether to end.
constexpr absl::Duration kLook = absl::Milliseconds(100);

// Patient with a broker that is not up yet.
absl::StatusOr<int32_t> AwaitTopics(Kafka& kafka, const JobTopics& topics,
                                    const std::atomic<bool>& stop) {
  const absl::Time patience = absl::Now() + kStartTimeout;
  absl::StatusOr<int32_t> partitions = 0;
  do {
    partitions = CheckTopics(kafka, topics, absl::Seconds(2));
  } while (kafka_error::IsUnavailable(partitions.status()) && !stop &&
           absl::Now() < patience);
  return partitions;
}

void WarnOfOldClient() {
  if (rd_kafka_version() >= 0x02040000) return;
  spdlog::warn(
      "librdkafka {} may deliver records again; 2.4 or later is wanted",
      rd_kafka_version_str());
}

constexpr absl::Duration kBarInterval = absl::Milliseconds(200);
constexpr absl::Duration kLogInterval = absl::Seconds(5);

// What all workers tell of themselves.
struct Shared {
  std::shared_ptr<prometheus::Registry> registry;
  std::shared_ptr<Readiness> readiness;
  std::shared_ptr<RestoreProgress> progress;
};

// One worker, and what belongs to it alone.
struct Slot {
  std::string instance;
  std::unique_ptr<Store> store;
  std::unique_ptr<RdKafka> kafka;
  std::unique_ptr<Metrics> metrics;
  std::unique_ptr<Worker> worker;
};

absl::StatusOr<Slot> MakeSlot(const WorkerOptions& options,
                              ConnectionOptions connection, int number,
                              const Shared& shared) {
  const std::string name = absl::StrCat("worker-", number);
  connection.instance = absl::StrCat(connection.instance, "-", number);
  Slot slot;
  slot.instance = connection.instance;
  auto store = Store::Open(
      {.directory =
           (std::filesystem::path(options.data_directory) / name).string(),
       .memory_bytes =
           options.memory_bytes / static_cast<size_t>(options.workers)});
  if (!store.ok()) return store.status();
  slot.store = *std::move(store);
  auto kafka = RdKafka::Create(connection, options.loop.topics);
  if (!kafka.ok()) return kafka.status();
  slot.kafka = *std::move(kafka);
  slot.metrics = std::make_unique<Metrics>(shared.registry, shared.readiness,
                                           shared.progress, number);
  return slot;
}

// The first that went wrong; each is told of if there are several.
absl::Status FirstFailure(const std::vector<Slot>& slots,
                          const std::vector<absl::Status>& statuses) {
  absl::Status first = absl::OkStatus();
  for (size_t i = 0; i < slots.size(); ++i) {
    if (statuses[i].ok()) continue;
    if (slots.size() > 1) {
      spdlog::error("{}: {}", slots[i].instance,
                    std::string(statuses[i].message()));
    }
    first.Update(statuses[i]);
  }
  return first;
}

// Runs all until `stop`, or until one fails.
absl::Status RunAll(std::vector<Slot>& slots, const std::atomic<bool>& stop,
                    Ending& ending) {
  std::atomic<bool> failed = false;
  const auto ends = [&] { return stop || failed; };
  std::vector<absl::Status> statuses(slots.size());
  std::mutex mutex;
  std::condition_variable done;
  size_t running = slots.size();  // guarded by `mutex`
  std::vector<std::thread> threads;
  for (size_t i = 0; i < slots.size(); ++i) {
    threads.emplace_back([&, i] {
      statuses[i] = slots[i].worker->Run(ends);
      if (!statuses[i].ok()) failed = true;
      {
        const std::scoped_lock lock(mutex);
        --running;
      }
      done.notify_one();
    });
  }
  {
    // They look at `stop` only between calls of librdkafka.
    std::unique_lock lock(mutex);
    while (!done.wait_for(lock, absl::ToChronoMilliseconds(kLook),
                          [&] { return running == 0; })) {
      if (ends()) ending.Begin();
    }
  }
  for (std::thread& thread : threads) thread.join();
  return FirstFailure(slots, statuses);
}

absl::Status Run(const WorkerOptions& options,
                 const std::shared_ptr<const Fold>& fold, const Clock& clock,
                 const std::atomic<bool>& stop, std::vector<Slot>& slots,
                 Ending& ending) {
  ConnectionOptions connection = options.connection;
  if (connection.instance.empty()) {
    absl::StatusOr<std::string> name = KeptInstanceName(options.data_directory);
    if (!name.ok()) return name.status();
    connection.instance = *std::move(name);
  }
  const bool is_terminal = isatty(STDERR_FILENO) == 1;
  const Shared shared = {.registry = std::make_shared<prometheus::Registry>(),
                         .readiness = std::make_shared<Readiness>(),
                         .progress = std::make_shared<RestoreProgress>(
                             is_terminal ? kBarInterval : kLogInterval,
                             ShowOnStandardError(is_terminal))};
  for (int number = 0; number < options.workers; ++number) {
    auto slot = MakeSlot(options, connection, number, shared);
    if (!slot.ok()) return slot.status();
    slots.push_back(*std::move(slot));
  }
  const absl::StatusOr<int32_t> partitions =
      AwaitTopics(*slots.front().kafka, options.loop.topics, stop);
  if (kafka_error::IsUnavailable(partitions.status())) {
    return kafka_error::Unavailable(
        absl::StrCat("no answer from Kafka at ", connection.brokers, ": ",
                     partitions.status().message()));
  }
  if (!partitions.ok()) return partitions.status();
  if (options.workers > *partitions) {
    spdlog::warn("{} workers share {} partitions; some will have nothing to do",
                 options.workers, *partitions);
  }

  std::unique_ptr<Monitor> monitor;
  if (!options.metrics_address.empty()) {
    auto serving = Monitor::Serve(options.metrics_address, shared.registry,
                                  shared.readiness);
    if (!serving.ok()) return serving.status();
    monitor = *std::move(serving);
  }

  for (Slot& slot : slots) {
    spdlog::info("{} joins group {} at {}", slot.instance, connection.group,
                 connection.brokers);
    slot.worker =
        std::make_unique<Worker>(options.loop, *partitions, fold, *slot.kafka,
                                 *slot.store, clock, *slot.metrics);
  }
  return RunAll(slots, stop, ending);
}

}  // namespace

absl::Status RunWorkers(const WorkerOptions& options,
                        const std::shared_ptr<const Fold>& fold,
                        const Clock& clock, const std::atomic<bool>& stop) {
  WarnOfOldClient();
  Ending ending(kEndTimeout);
  std::vector<Slot> slots;
  absl::Status status = Run(options, fold, clock, stop, slots, ending);
  ending.Begin();
  ending.Settle(status);
  // The stores first: a client may not close.
  for (Slot& slot : slots) {
    slot.worker.reset();
    slot.store.reset();
  }
  for (Slot& slot : slots) {
    slot.kafka->Leave();
    slot.kafka.reset();
  }
  return status;
}

}  // namespace leadclock
