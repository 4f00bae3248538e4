// leadclock dev: a Kafka in the process, a synthetic CRM, the processor, and a
// view of who waits. Nothing of it is durable.

#include "app/dev.h"

#include <atomic>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "app/commands.h"
#include "app/dev/crm.h"
#include "app/dev/example_policy.h"
#include "app/dev/plain_kafka.h"
#include "app/dev/screen.h"
#include "app/dev/view.h"
#include "app/settings.h"
#include "processor/job/lead_job.h"
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
// All of these are real time.
constexpr absl::Duration kSettle = absl::Milliseconds(100);
constexpr absl::Duration kCommitInterval = absl::Milliseconds(20);
constexpr absl::Duration kFrame = absl::Milliseconds(250);
constexpr absl::Duration kCrmPace = absl::Milliseconds(20);
constexpr absl::Duration kTableEvery = absl::Seconds(10);

struct DevOptions {
  double speed = 60;
  double leads_per_minute = 0.5;
  uint64_t seed = 1;
  bool once = false;
  int timeout_seconds = 120;
  std::string policy_file;
};

absl::StatusOr<Policy> LoadDevPolicy(const DevOptions& options) {
  if (!options.policy_file.empty()) return LoadPolicy(options.policy_file);
  return ParsePolicy(kExamplePolicy, "the example policy");
}

// The opening of the policy's first own calendar that lies a week back, so
// that there is time to run through.
absl::Time StartOf(const Policy& policy, absl::Time wall) {
  const absl::Time latest = wall - absl::Hours(7 * 24);
  for (const NamedCalendar& named : policy.calendars) {
    const auto open =
        named.calendar.OpenIntervals(latest - absl::Hours(14 * 24), latest);
    if (named.name != "always" && !open.empty()) return open.back().opens;
  }
  return latest;
}

// The markets of the policy's calendars: those for which a rule tells one.
std::vector<CrmOptions::Market> MarketsOf(const Policy& policy) {
  std::vector<CrmOptions::Market> markets;
  for (const CalendarRule& rule : policy.calendar_for) {
    for (const AttributeTest& test : rule.when) {
      if (test.attribute != "market") continue;
      for (const std::string& name : test.any_of) {
        markets.push_back({name, policy.calendars[rule.calendar].calendar});
      }
    }
  }
  if (markets.empty()) {
    markets.push_back(
        {"home",
         policy.calendars[policy.calendar_for.back().calendar].calendar});
  }
  return markets;
}

WorkerOptions OptionsFor(const DevOptions& dev, const std::string& brokers,
                         const std::string& data_directory) {
  Settings settings;
  settings.brokers = brokers;
  settings.group = "leadclock-dev";
  settings.instance = "dev";
  settings.data_dir = data_directory;
  // The loop counts in virtual time.
  settings.settle = dev.speed * kSettle;
  settings.resettle = settings.settle;
  settings.commit_interval = dev.speed * kCommitInterval;
  WorkerOptions options = WorkerOptionsOf(settings);
  LoopOptions& loop = options.loop;
  loop.idle_commit_interval *= dev.speed;
  loop.ask_behind *= dev.speed;
  loop.ask_idle *= dev.speed;
  loop.ask_at_most *= dev.speed;
  options.connection.mock = true;
  return options;
}

// A directory that is gone at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "leadclock-dev-XXXXXX")
            .string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A thread that works until it is told to stop, or fails.
class Task {
 public:
  template <typename Work>
  Task(std::atomic<bool>& stop, Work work)
      : stop_(stop), thread_([this, work] {
          status_ = work();
          if (!status_.ok()) stop_ = true;
        }) {}
  ~Task() { Join().IgnoreError(); }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  absl::Status Join() {
    if (thread_.joinable()) thread_.join();
    return status_;
  }

 private:
  std::atomic<bool>& stop_;
  absl::Status status_;
  std::thread thread_;
};

absl::Status RunCrm(Crm& crm, const Settings::Topics& topics,
                    const std::string& brokers, const Clock& clock,
                    const std::atomic<bool>& stop) {
  absl::StatusOr<PlainProducer> producer = PlainProducer::Create(brokers);
  if (!producer.ok()) return producer.status();
  while (!stop) {
    for (const CrmRecord& record : crm.Until(clock.Wall())) {
      const bool created = record.event.has_lead_created();
      absl::Status status =
          producer->Send(created ? topics.leads_created : topics.leads_activity,
                         record.event.lead_id(),
                         record.event.SerializeAsString(), record.logged_at);
      if (!status.ok()) return status;
    }
    absl::SleepFor(kCrmPace);
  }
  return absl::OkStatus();
}

bool SawAll(const LiveModel& model) {
  return model.Count(v1::SlaEvent::REMINDER) > 0 &&
         model.Count(v1::SlaEvent::BREACH) > 0 &&
         model.Count(v1::SlaEvent::ESCALATION) > 0 &&
         model.Count(v1::SlaEvent::MET) > 0;
}

std::string Summary(const LiveModel& model) {
  return absl::StrFormat(
      "%d leads: %d reminders, %d breaches, %d escalations, %d reassignments; "
      "%d clocks met, %d missed, %d stopped; %d retractions",
      model.leads(), model.Count(v1::SlaEvent::REMINDER),
      model.Count(v1::SlaEvent::BREACH), model.Count(v1::SlaEvent::ESCALATION),
      model.Count(v1::SlaEvent::REASSIGNMENT), model.Count(v1::SlaEvent::MET),
      model.Count(v1::SlaEvent::MISSED), model.Count(v1::SlaEvent::STOPPED),
      model.retracted());
}

// Shows what comes out of the processor, until it is time to stop.
class Show {
 public:
  Show(const DevOptions& options, std::string hint, const Clock& clock,
       std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> warnings)
      : options_(options),
        hint_(std::move(hint)),
        clock_(clock),
        warnings_(std::move(warnings)),
        model_(absl::LocalTimeZone()) {}

  void Run(PlainReader& reader, const std::string& leads_topic,
           const std::atomic<bool>& stop, const std::atomic<bool>& failed) {
    const absl::Time deadline =
        options_.once ? absl::Now() + absl::Seconds(options_.timeout_seconds)
                      : absl::InfiniteFuture();
    while (!stop && !failed && absl::Now() < deadline) {
      for (const PlainReader::Record& record : reader.Read(kFrame / 5)) {
        Take(record, record.topic == leads_topic);
      }
      Draw();
      if (options_.once && SawAll(model_)) return;
    }
  }

  const LiveModel& model() const { return model_; }

 private:
  void Take(const PlainReader::Record& record, bool is_lead) {
    if (is_lead) {
      v1::LeadState state;
      if (state.ParseFromString(record.value)) model_.Take(state.status());
      return;
    }
    v1::SlaEvent event;
    if (!event.ParseFromString(record.value)) return;
    model_.Take(event);
    if (!screen_.is_terminal()) {
      std::cout << model_.LineOf(event) << std::endl;
    }
  }

  void Draw() {
    const absl::Time now = absl::Now();
    if (now - drawn_ < (screen_.is_terminal() ? kFrame : kTableEvery)) return;
    drawn_ = now;
    if (!screen_.is_terminal()) {
      std::cout << "\nWHO WAITS\n";
      for (const std::string& line : model_.WaitingTable(clock_.Wall(), 8)) {
        std::cout << line << '\n';
      }
      std::cout << std::endl;
      return;
    }
    LiveModel::Size size = screen_.size();
    const std::vector<std::string> warnings = warnings_->last_formatted(1);
    if (!warnings.empty() && size.rows > 2) --size.rows;
    std::string text = model_.Render(clock_.Wall(), hint_, size);
    if (!warnings.empty()) text += warnings.front();
    screen_.Show(text);
  }

  const DevOptions& options_;
  const std::string hint_;
  const Clock& clock_;
  const std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> warnings_;
  LiveModel model_;
  Screen screen_;
  absl::Time drawn_ = absl::Now();
};

// What the worker has to say shows below the table, or on standard error.
std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> CollectWarnings() {
  auto recent = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(4);
  std::vector<spdlog::sink_ptr> sinks = {recent};
  if (!Screen::StandardOutputIsTerminal()) {
    sinks.push_back(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  }
  auto logger =
      std::make_shared<spdlog::logger>("leadclock", sinks.begin(), sinks.end());
  logger->set_level(spdlog::level::warn);
  spdlog::set_default_logger(logger);
  return recent;
}

std::vector<TopicPartition> OutputsOf(const JobTopics& topics) {
  std::vector<TopicPartition> outputs;
  for (int32_t partition = 0; partition < kPartitions; ++partition) {
    outputs.push_back({topics.changelog, partition});
    for (const std::string& topic : topics.outputs) {
      outputs.push_back({topic, partition});
    }
  }
  return outputs;
}

int Dev(const DevOptions& options) {
  absl::StatusOr<Policy> policy = LoadDevPolicy(options);
  if (!policy.ok()) return Fail(policy.status(), kExitSettings);
  const TemporaryDirectory directory;
  if (directory.path().empty()) {
    return Fail(absl::InternalError("no temporary directory can be made"),
                kExitFailure);
  }
  const auto warnings = CollectWarnings();
  const auto mock = MockCluster::Start();
  if (!mock.ok()) return Fail(mock.status(), kExitFailure);
  const std::string brokers = (*mock)->brokers();
  const WorkerOptions worker = OptionsFor(options, brokers, directory.path());
  const JobTopics& topics = worker.loop.topics;
  absl::Status status = (*mock)->CreateTopics(topics, kPartitions);
  if (!status.ok()) return Fail(status, kExitFailure);

  const SystemClock system;
  const absl::Time start = StartOf(*policy, system.Wall());
  const VirtualClock clock(system, start, options.speed);
  Crm crm({.seed = options.seed,
           .start = start,
           .leads_per_minute = options.leads_per_minute,
           .markets = MarketsOf(*policy)});
  const Settings defaults;
  const LeadJob job(*std::move(policy), LeadJobOptionsOf(defaults));
  absl::StatusOr<PlainReader> reader =
      PlainReader::Create(brokers, OutputsOf(topics));
  if (!reader.ok()) return Fail(reader.status(), kExitFailure);

  const std::string hint =
      absl::StrCat("Not durable. Kafka in this process: kcat -C -b ", brokers,
                   " -t sla.breaches -f '%h\\n'");
  std::cout << hint << '\n' << std::endl;
  const std::atomic<bool>& interrupted = ListenForStop();
  std::atomic<bool> stop = false;
  std::optional<Show> show;
  {
    Task processor(stop, [&] { return RunWorker(worker, job, clock, stop); });
    Task company(stop, [&] {
      return RunCrm(crm, defaults.topics, brokers, clock, stop);
    });
    show.emplace(options, hint, clock, warnings);
    show->Run(*reader, topics.changelog, interrupted, stop);
    stop = true;
    status = company.Join();
    status.Update(processor.Join());
  }
  const std::string summary = Summary(show->model());
  const bool saw_all = SawAll(show->model());
  show.reset();  // gives the terminal back
  if (!status.ok()) return Fail(status, kExitFailure);
  std::cout << '\n' << summary << '\n';
  if (options.once && !saw_all) {
    return Fail(absl::DeadlineExceededError(absl::StrCat(
                    "not all of a reminder, a breach, an escalation and a met "
                    "clock were seen in ",
                    options.timeout_seconds, " seconds")),
                kExitFailure);
  }
  return kExitOk;
}

}  // namespace

void AddDevCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<DevOptions>();
  CLI::App* command = app.add_subcommand(
      "dev",
      "Try it: a Kafka in the process, a synthetic CRM, the processor, and a "
      "live view of who waits. Nothing to install, nothing durable.");
  command
      ->add_option("--speed", options->speed,
                   "how many times faster than yours its clock runs")
      ->check(CLI::Range(1.0, 600.0))
      ->capture_default_str();
  command
      ->add_option("--leads-per-minute", options->leads_per_minute,
                   "how many leads come in, by its clock")
      ->check(CLI::Range(0.01, 1000.0))
      ->capture_default_str();
  command
      ->add_option("--seed", options->seed,
                   "another number makes another company")
      ->capture_default_str();
  command
      ->add_option("--policy", options->policy_file,
                   "the policy; default: the example")
      ->type_name("FILE");
  command->add_flag("--once", options->once,
                    "end by itself; success if a reminder, a breach, an "
                    "escalation and a met clock were seen");
  command
      ->add_option("--timeout", options->timeout_seconds,
                   "with --once: seconds to wait for them")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = Dev(*options); });
}

}  // namespace leadclock
