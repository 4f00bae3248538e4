#include "app/dev/demo.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cassert>
#include <iostream>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "app/dev/company.h"
#include "processor/runtime/run_workers.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"

namespace leadclock {
namespace {

constexpr int32_t kPartitions = 3;
constexpr size_t kStoreBytes = size_t{64} << 20;

// Virtual time: some leads come before the doors open.
constexpr absl::Duration kBeforeOpening = absl::Minutes(10);

// Real time.
constexpr absl::Duration kRoom = absl::Minutes(10);
constexpr absl::Duration kSettle = absl::Milliseconds(100);
constexpr absl::Duration kCommitInterval = absl::Milliseconds(20);
constexpr absl::Duration kNap = absl::Milliseconds(50);
constexpr absl::Duration kWarningShows = absl::Seconds(10);

Settings SettingsFor(const DemoOptions& options, const std::string& brokers,
                     const std::string& directory) {
  Settings settings;
  settings.brokers = brokers;
  settings.group = "leadclock-dev";
  settings.instance = "dev";
  settings.data_dir = directory;
  // Whoever looks with kcat shall be able to read it.
  settings.input_format = WireFormat::kJson;
  settings.output_format = WireFormat::kJson;
  // The loop's durations are of the virtual clock.
  settings.settle = options.speed * kSettle;
  settings.resettle = options.speed * kSettle;
  settings.commit_interval = options.speed * kCommitInterval;
  return settings;
}

WorkerOptions WorkerOptionsFor(const Settings& settings, double speed) {
  WorkerOptions options = WorkerOptionsOf(settings);
  options.loop.idle_commit_interval *= speed;
  options.loop.ask_behind *= speed;
  options.loop.ask_idle *= speed;
  options.loop.ask_at_most *= speed;
  options.loop.standstill *= speed;
  options.connection.mock = true;
  options.memory_bytes = kStoreBytes;
  return options;
}

std::vector<TopicPartition> OutputsOf(const JobTopics& topics) {
  std::vector<TopicPartition> partitions;
  for (int32_t number = 0; number < kPartitions; ++number) {
    partitions.push_back({topics.changelog, number});
    for (const std::string& topic : topics.outputs) {
      partitions.push_back({topic, number});
    }
  }
  return partitions;
}

std::string JsonOf(const v1::LeadEvent& event) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(event, &json);
  assert(status.ok());
  static_cast<void>(status);
  return json;
}

// Work in a thread of its own, which sets `stop` when it fails.
class Task {
 public:
  template <typename Work>
  Task(std::atomic<bool>& stop, Work work)
      : thread_([this, &stop, work] {
          status_ = work();
          if (!status_.ok()) stop = true;
        }) {}
  ~Task() { Join().IgnoreError(); }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  absl::Status Join() {
    if (thread_.joinable()) thread_.join();
    return status_;
  }

 private:
  absl::Status status_;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Demo>> Demo::Create(
    const DemoOptions& options, Policy policy, const std::string& directory) {
  absl::StatusOr<std::unique_ptr<MockCluster>> kafka = MockCluster::Start();
  if (!kafka.ok()) return kafka.status();
  const Settings settings =
      SettingsFor(options, (*kafka)->brokers(), directory);
  const JobTopics topics = WorkerOptionsOf(settings).loop.topics;
  const absl::Status made = (*kafka)->CreateTopics(topics, kPartitions);
  if (!made.ok()) return made;
  absl::StatusOr<PlainReader> reader =
      PlainReader::Create(settings.brokers, OutputsOf(topics));
  if (!reader.ok()) return reader.status();
  return std::unique_ptr<Demo>(new Demo(options, std::move(policy), settings,
                                        *std::move(kafka), *std::move(reader),
                                        Display::OfStandardOutput()));
}

Demo::Demo(const DemoOptions& options, Policy policy, const Settings& settings,
           std::unique_ptr<MockCluster> kafka, PlainReader reader,
           const Display& display)
    : options_(options),
      settings_(settings),
      kafka_(std::move(kafka)),
      reader_(std::move(reader)),
      warnings_(CollectWarnings(display)),
      opening_(LastOpening(CompanyOf(policy), system_.Wall(),
                           options.speed * kRoom)),
      clock_(system_, opening_, options.speed),
      crm_(CompanyOf(policy), {.seed = options.seed,
                               .start = opening_ - kBeforeOpening,
                               .leads_per_minute = options.leads_per_minute}),
      job_(std::make_shared<const LeadJob>(PolicyBook(std::move(policy)),
                                           LeadJobOptionsOf(settings))),
      show_(display, settings.topics.leads, absl::LocalTimeZone()) {}

// Keeps warnings for the page's last line where there is a page, and lets them
// through to standard error where there is none.
std::shared_ptr<Demo::Warnings> Demo::CollectWarnings(const Display& display) {
  auto warnings = std::make_shared<Warnings>(5);
  warnings->set_pattern("%v");
  spdlog::sink_ptr sink = warnings;
  if (!display.is_terminal) {
    sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  }
  auto logger = std::make_shared<spdlog::logger>("leadclock", sink);
  logger->set_level(spdlog::level::warn);
  spdlog::set_default_logger(logger);
  return warnings;
}

std::string Demo::Kafka() const {
  return absl::StrCat("Kafka, a mock in this process: kcat -C -b ",
                      settings_.brokers, " -t ", settings_.topics.breaches);
}

absl::Status Demo::Run(const std::atomic<bool>& interrupted) {
  const WorkerOptions worker = WorkerOptionsFor(settings_, options_.speed);
  Task processor(stop_,
                 [&] { return RunWorkers(worker, job_, clock_, stop_); });
  Task sales(stop_, [&] { return Feed(); });
  Watch(interrupted);
  show_.End(clock_.Wall(), CaptionNow());
  stop_ = true;
  absl::Status status = sales.Join();
  status.Update(processor.Join());
  for (const std::string& warning : warnings_->last_formatted()) {
    std::cerr << warning;
  }
  return status;
}

absl::Status Demo::Feed() {
  absl::StatusOr<PlainProducer> producer =
      PlainProducer::Create(settings_.brokers);
  if (!producer.ok()) return producer.status();
  SyntheticCrm::Record next = crm_.Next();
  while (!stop_) {
    const absl::Duration wait = clock_.RealUntil(next.sent_at);
    if (wait > absl::ZeroDuration()) {
      absl::SleepFor(std::min(wait, kNap));
      continue;
    }
    const std::string& topic = next.topic == LeadInput::kCreated
                                   ? settings_.topics.leads_created
                                   : settings_.topics.leads_activity;
    absl::Status status = producer->Send(topic, next.event.lead_id(),
                                         JsonOf(next.event), next.sent_at);
    if (!status.ok()) return status;
    next = crm_.Next();
  }
  return absl::OkStatus();
}

void Demo::Watch(const std::atomic<bool>& interrupted) {
  const absl::Time deadline =
      options_.once ? absl::Now() + options_.timeout : absl::InfiniteFuture();
  // Whoever reads standard output may have gone.
  while (!stop_ && !interrupted && std::cout && absl::Now() < deadline) {
    show_.Take(reader_.Read(kNap));
    if (options_.once && NotYetSeen(situation()).empty()) return;
    show_.Draw(clock_.Wall(), CaptionNow());
  }
}

Caption Demo::CaptionNow() const {
  return {.pace = Pace(), .hint = Kafka(), .footer = Footer()};
}

std::string Demo::Pace() const {
  if (absl::Now() - clock_.Wall() < absl::Seconds(1)) {
    return "it has caught up with your own clock";
  }
  return absl::StrFormat("%g times as fast as yours", options_.speed);
}

Span Demo::Footer() const {
  const auto last = warnings_->last_raw(1);
  if (!last.empty() &&
      absl::Now() - absl::FromChrono(last.front().time) < kWarningShows) {
    const auto text = last.front().payload;
    return {std::string(text.data(), text.size()), Style::kWarning};
  }
  if (options_.once) {
    return {absl::StrCat("Ends when it has seen ",
                         absl::StrJoin(NotYetSeen(situation()), ", "), "."),
            Style::kFaint};
  }
  return {"Ctrl-C ends it. Nothing here survives; leadclock run does.",
          Style::kFaint};
}

}  // namespace leadclock
