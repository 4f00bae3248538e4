#include "processor/runtime/run_worker.h"

#include <exception>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/runtime/instance_name.h"
#include "processor/runtime/metrics.h"
#include "processor/runtime/rdkafka.h"
#include "processor/runtime/topics.h"
#include "processor/runtime/worker.h"
#include "prometheus/exposer.h"
#include "spdlog/spdlog.h"
#include "state/store.h"

namespace leadclock {
namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(30);

absl::StatusOr<std::unique_ptr<prometheus::Exposer>> Expose(
    const std::string& address, const Metrics& metrics) {
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(address);
    exposer->RegisterCollectable(metrics.registry());
    return exposer;
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot serve metrics on ", address, ": ", error.what()));
  }
}

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

}  // namespace

absl::Status RunWorker(const WorkerOptions& options, const Fold& fold,
                       const Clock& clock, const std::atomic<bool>& stop) {
  WarnOfOldClient();
  const auto store = Store::Open(
      {.directory =
           (std::filesystem::path(options.data_directory) / "store").string(),
       .memory_bytes = options.memory_bytes});
  if (!store.ok()) return store.status();

  ConnectionOptions connection = options.connection;
  if (connection.instance.empty()) {
    absl::StatusOr<std::string> name = KeptInstanceName(options.data_directory);
    if (!name.ok()) return name.status();
    connection.instance = *std::move(name);
  }
  const auto kafka = RdKafka::Create(connection, options.loop.topics);
  if (!kafka.ok()) return kafka.status();
  const absl::StatusOr<int32_t> partitions =
      AwaitTopics(**kafka, options.loop.topics, stop);
  if (kafka_error::IsUnavailable(partitions.status())) {
    return kafka_error::Unavailable(
        absl::StrCat("no answer from Kafka at ", connection.brokers, ": ",
                     partitions.status().message()));
  }
  if (!partitions.ok()) return partitions.status();

  Metrics metrics;
  std::unique_ptr<prometheus::Exposer> exposer;
  if (!options.metrics_address.empty()) {
    auto exposed = Expose(options.metrics_address, metrics);
    if (!exposed.ok()) return exposed.status();
    exposer = *std::move(exposed);
  }

  spdlog::info("{} joins group {} at {}", connection.instance, connection.group,
               connection.brokers);
  Worker worker(options.loop, *partitions, fold, **kafka, **store, clock,
                metrics);
  return worker.Run(stop);
}

}  // namespace leadclock
