// leadclock dev: everything in one process, to look at. A mock of Kafka, a
// synthetic CRM that writes to it, the same processor as that of `leadclock
// run`, and a view of what it says. One virtual clock drives them all.

#include "app/dev.h"

#include <google/protobuf/util/json_util.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "app/commands.h"
#include "app/dev/company.h"
#include "app/dev/crm.h"
#include "app/dev/example_policy.h"
#include "app/dev/plain_kafka.h"
#include "app/dev/screen.h"
#include "app/dev/show.h"
#include "app/dev/situation.h"
#include "app/dev/view.h"
#include "app/settings.h"
#include "processor/job/lead_job.h"
#include "processor/policy/duration.h"
#include "processor/policy/parse_policy.h"
#include "processor/runtime/clock.h"
#include "processor/runtime/mock_cluster.h"
#include "processor/runtime/run_worker.h"
#include "spdlog/sinks/ringbuffer_sink.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"

namespace leadclock {
namespace {

constexpr int32_t kPartitions = 3;
constexpr size_t kStoreBytes = size_t{64} << 20;

// Virtual time: the leads that came before the doors open.
constexpr absl::Duration kBeforeOpening = absl::Minutes(10);

// Real time.
constexpr absl::Duration kRoom = absl::Minutes(10);
constexpr absl::Duration kSettle = absl::Milliseconds(100);
constexpr absl::Duration kCommitInterval = absl::Milliseconds(20);
constexpr absl::Duration kNap = absl::Milliseconds(50);
constexpr absl::Duration kWarningShows = absl::Seconds(10);

struct DevOptions {
  double speed = 60;
  double leads_per_minute = 1;
  uint64_t seed = 1;
  std::string policy_file;
  bool once = false;
  absl::Duration timeout = absl::Seconds(120);
};

// ---- Settings ----

absl::StatusOr<Policy> PolicyOf(const DevOptions& options) {
  if (!options.policy_file.empty()) return LoadPolicy(options.policy_file);
  return ParsePolicy(kExamplePolicy, "example.yaml");
}

Settings SettingsOf(const DevOptions& options, const std::string& brokers,
                    const std::string& data_directory) {
  Settings settings;
  settings.brokers = brokers;
  settings.group = "leadclock-dev";
  settings.instance = "dev";
  settings.data_dir = data_directory;
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
  options.loop.standstill *= speed;
  options.loop.ask_idle *= speed;
  options.loop.ask_at_most *= speed;
  options.connection.mock = true;
  options.memory_bytes = kStoreBytes;
  return options;
}

// A directory of our own, until the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::error_code error;
    const auto parent = std::filesystem::temp_directory_path(error);
    if (error) return;
    std::string path = parent / "leadclock-dev-XXXXXX";
    if (mkdtemp(path.data()) != nullptr) path_ = path;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  // Empty: none could be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

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

std::string JsonOf(const v1::LeadEvent& event) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(event, &json);
  assert(status.ok());
  static_cast<void>(status);
  return json;
}

using Warnings = spdlog::sinks::ringbuffer_sink_mt;

// Keeps warnings for the page's last line where there is a page, and lets them
// through to standard error where there is none.
std::shared_ptr<Warnings> CollectWarnings(const Display& display) {
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

std::string KafkaOf(const std::string& brokers) {
  return absl::StrCat("Kafka, a mock in this process: kcat -C -b ", brokers,
                      " -t sla.breaches");
}

Caption CaptionOf(const std::string& brokers) {
  Caption caption;
  caption.kafka = KafkaOf(brokers);
  caption.zone = absl::LocalTimeZone();
  return caption;
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

// ---- The demo ----

class Demo {
 public:
  Demo(const DevOptions& options, Policy policy, const Settings& settings,
       PlainReader reader, const Display& display);

  // Until it is interrupted, fails, or has seen what it is to see once.
  absl::Status Run(const std::atomic<bool>& interrupted);

  const Situation& situation() const { return show_.situation(); }

 private:
  // Writes what the CRM says, when it is time.
  absl::Status Feed();
  void Watch(const std::atomic<bool>& interrupted);
  std::string Pace() const;
  Span Footer() const;

  const DevOptions options_;
  const Settings settings_;
  const WorkerOptions worker_options_;
  const SystemClock system_;
  const absl::Time opening_;
  SyntheticCrm crm_;
  const LeadJob job_;
  PlainReader reader_;
  const std::shared_ptr<Warnings> warnings_;
  Show show_;
  const VirtualClock clock_;
  std::atomic<bool> stop_ = false;
};

Demo::Demo(const DevOptions& options, Policy policy, const Settings& settings,
           PlainReader reader, const Display& display)
    : options_(options),
      settings_(settings),
      worker_options_(WorkerOptionsFor(settings, options.speed)),
      opening_(LastOpening(CompanyOf(policy), system_.Wall(),
                           options.speed * kRoom)),
      crm_(CompanyOf(policy), {.seed = options.seed,
                               .start = opening_ - kBeforeOpening,
                               .leads_per_minute = options.leads_per_minute}),
      job_(std::move(policy), LeadJobOptionsOf(settings)),
      reader_(std::move(reader)),
      warnings_(CollectWarnings(display)),
      show_(display, settings.topics.leads, CaptionOf(settings.brokers)),
      clock_(system_, opening_, options.speed) {}

absl::Status Demo::Run(const std::atomic<bool>& interrupted) {
  Task processor(stop_, [this] {
    return RunWorker(worker_options_, job_, clock_, stop_);
  });
  Task sales(stop_, [this] { return Feed(); });
  Watch(interrupted);
  stop_ = true;
  absl::Status status = sales.Join();
  status.Update(processor.Join());

  show_.End();
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
    show_.Draw(clock_.Wall(), Pace(), Footer());
  }
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

int Conclude(const DevOptions& options, const Situation& situation) {
  std::cout << "\nCame: " << situation.leads()
            << " leads.\nWait: " << WaitingCounts(situation)
            << ".\nSaid: " << SaidCounts(situation) << ".\n";
  const std::vector<std::string> missing = NotYetSeen(situation);
  if (!options.once || missing.empty()) return kExitOk;
  return Fail(absl::DeadlineExceededError(absl::StrCat(
                  "--once: not seen: ", absl::StrJoin(missing, ", "))),
              kExitFailure);
}

int Dev(const DevOptions& options) {
  absl::StatusOr<Policy> policy = PolicyOf(options);
  if (!policy.ok()) return Fail(policy.status(), kExitSettings);
  const TemporaryDirectory directory;
  if (directory.path().empty()) {
    return Fail(absl::FailedPreconditionError(
                    "no temporary directory can be made; TMPDIR says where"),
                kExitFailure);
  }
  const auto kafka = MockCluster::Start();
  if (!kafka.ok()) return Fail(kafka.status(), kExitFailure);
  const Settings settings =
      SettingsOf(options, (*kafka)->brokers(), directory.path());
  const JobTopics topics = WorkerOptionsOf(settings).loop.topics;
  absl::Status status = (*kafka)->CreateTopics(topics, kPartitions);
  if (!status.ok()) return Fail(status, kExitFailure);
  absl::StatusOr<PlainReader> reader =
      PlainReader::Create(settings.brokers, OutputsOf(topics));
  if (!reader.ok()) return Fail(reader.status(), kExitFailure);

  std::cout << KafkaOf(settings.brokers)
            << "\nNothing here survives; leadclock run does.\n"
            << std::endl;
  std::signal(SIGPIPE, SIG_IGN);
  Demo demo(options, *std::move(policy), settings, *std::move(reader),
            Display::OfStandardOutput());
  status = demo.Run(ListenForStop());
  if (!status.ok()) return Fail(status, kExitFailure);
  return Conclude(options, demo.situation());
}

}  // namespace

void AddDevCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "dev",
      "Try it: a mock of Kafka, a synthetic CRM, the processor and a live view "
      "in one process. Nothing to install, nothing that survives.");
  auto options = std::make_shared<DevOptions>();
  command
      ->add_option("--speed", options->speed,
                   "how many times faster than yours its clock runs")
      ->check(CLI::Range(1.0, 600.0))
      ->capture_default_str();
  command
      ->add_option("--leads-per-minute", options->leads_per_minute,
                   "new leads in a minute of that clock, while all are awake")
      ->check(CLI::Range(0.01, 100.0))
      ->capture_default_str();
  command
      ->add_option("--seed", options->seed,
                   "another number makes other leads and other luck")
      ->capture_default_str();
  command
      ->add_option("--policy", options->policy_file,
                   "the rules; without it, those of the example")
      ->type_name("FILE");
  CLI::Option* once = command->add_flag(
      "--once", options->once,
      "end when a reminder, a breach, an escalation and a met clock were seen");
  const auto take_timeout = [options](const std::string& text) {
    const absl::StatusOr<absl::Duration> timeout = ParseDuration(text);
    if (!timeout.ok()) {
      throw CLI::ValidationError("--timeout",
                                 std::string(timeout.status().message()));
    }
    options->timeout = *timeout;
  };
  command
      ->add_option_function<std::string>(
          "--timeout", take_timeout,
          "with --once: give up after this time of yours, and exit with 1")
      ->type_name("DURATION")
      ->default_str(absl::FormatDuration(options->timeout))
      ->needs(once);
  command->callback([options, &exit_code] { exit_code = Dev(*options); });
}

}  // namespace leadclock
