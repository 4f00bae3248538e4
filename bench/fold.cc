// bench_fold: how fast the fold is alone, on one core, without Kafka and
// without RocksDB.
//
// Each measured step is what the runtime asks for one record or one timer:
// the stored bytes of a lead in; its new bytes, its value on sla.leads, and
// the events with their headers out. The policy is examples/policies/
// example.yaml: three clocks, calendars of three markets, a ladder of four.
//
//   in_order   events that are newer than all before of their lead
//   late       events that are older, so that the lead is derived anew
//   timers     leads that are asked because an instant came
//   all        all of them, as they come: a tenth of the events late, timers
//              in between; items are events, so timers only cost
//   with_wire  `all`, and the parsing of each record's Protobuf as well
//
// And of these steps only what the fold itself does, from the lead as it is in
// memory to what must be said; reading and writing its bytes is not counted:
//
//   fold_all, fold_late

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "leadclock/v1/lead_event.pb.h"
#include "processor/job/lead_job.h"
#include "processor/job/wire_input.h"
#include "processor/lead/lead_fold.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

constexpr int kLeads = 5'000;
constexpr absl::Duration kSettle = absl::Seconds(5);
// Of the activities that another one follows; makes a tenth of all events.
constexpr double kLateShare = 0.175;

using Random = std::mt19937_64;

bool Happens(double share, Random& random) {
  return std::uniform_real_distribution<>(0, 1)(random) < share;
}

absl::Duration Between(absl::Duration least, absl::Duration most,
                       Random& random) {
  return absl::Milliseconds(std::uniform_int_distribution<int64_t>(
      absl::ToInt64Milliseconds(least),
      absl::ToInt64Milliseconds(most))(random));
}

const char* Pick(std::initializer_list<const char*> choices, Random& random) {
  return choices.begin()[random() % choices.size()];
}

// ---- The life of a lead ----

// Says what happens to one lead: it is created, and 3 to 8 activities follow.
class Life {
 public:
  Life(int number, absl::Time born, Random& random)
      : lead_id_(absl::StrFormat("00Q5e00000%08d", number)),
        owner_(absl::StrCat("owner-", random() % 200)),
        at_(born),
        random_(random) {}

  std::vector<v1::LeadEvent> Tell() && {
    Create();
    Assign();
    if (Happens(0.8, random_)) SendReceipt();
    if (Happens(0.4, random_)) Score();
    if (Happens(0.3, random_)) Ask();
    if (Happens(0.25, random_)) Hold();
    if (Happens(0.85, random_)) Answer();
    if (Happens(0.5, random_)) CallAgain();
    Stage();
    return std::move(events_);
  }

 private:
  v1::LeadEvent& Add() {
    v1::LeadEvent& event = events_.emplace_back();
    event.set_lead_id(lead_id_);
    event.set_id(absl::StrFormat("%016x", random_()));
    event.set_source("bench-crm");
    event.set_occurred_at_ms(absl::ToUnixMillis(at_));
    return event;
  }

  void Create() {
    v1::LeadCreated& created = *Add().mutable_lead_created();
    v1::LeadAttributes& attributes = *created.mutable_attributes();
    attributes.set_market(Pick({"uk", "us", "de"}, random_));
    attributes.set_lead_source(
        Pick({"paid_search", "referral", "website"}, random_));
    attributes.set_intent(Pick({"high", "mid", "low", "unclear"}, random_));
    attributes.set_customer("new");
    attributes.set_stage("mql");
    attributes.set_campaign("spring-campaign");
    attributes.set_crm_url(absl::StrCat("https://crm.example/", lead_id_));
  }

  void Assign() {
    at_ += Between(absl::Seconds(20), absl::Minutes(3), random_);
    v1::Assigned& assigned = *Add().mutable_assigned();
    assigned.set_owner_id(owner_);
    assigned.set_backup_id("backup-1");
    assigned.set_manager_id("manager-1");
  }

  void SendReceipt() {
    at_ += absl::Seconds(5);
    v1::Touch& touch = *Add().mutable_touch();
    touch.set_channel("email");
    touch.set_direction(v1::Touch::OUTBOUND);
    touch.set_actor_kind(v1::Touch::AUTORESPONDER);
  }

  void Score() {
    at_ += Between(absl::Seconds(1), absl::Minutes(1), random_);
    v1::LeadAttributes& attributes =
        *Add().mutable_attributes_changed()->mutable_attributes();
    attributes.set_lead_score(42);
    attributes.set_intent(Pick({"high", "mid", "low"}, random_));
  }

  void Ask() {
    at_ += Between(absl::Seconds(30), absl::Minutes(20), random_);
    v1::Touch& touch = *Add().mutable_touch();
    touch.set_channel("email");
    touch.set_direction(v1::Touch::INBOUND);
    touch.set_actor_kind(v1::Touch::HUMAN);
  }

  void Hold() {
    at_ += Between(absl::Seconds(30), absl::Minutes(5), random_);
    Add().mutable_status_changed()->set_status("waiting_on_customer");
    at_ += Between(absl::Minutes(5), absl::Hours(2), random_);
    Add().mutable_status_changed()->set_status("working");
  }

  void Call() {
    v1::Touch& touch = *Add().mutable_touch();
    touch.set_channel("phone");
    touch.set_direction(v1::Touch::OUTBOUND);
    touch.set_actor_kind(v1::Touch::HUMAN);
    touch.set_actor_id(owner_);
    touch.set_meaningful(true);
  }

  void Answer() {
    at_ += Between(absl::Seconds(30), absl::Minutes(25), random_);
    Call();
  }

  void CallAgain() {
    at_ += Between(absl::Minutes(5), absl::Minutes(45), random_);
    Call();
  }

  void Stage() {
    at_ += Between(absl::Minutes(10), absl::Hours(24), random_);
    Add().mutable_stage_changed()->set_stage(Pick({"sql", "closed"}, random_));
  }

  const std::string lead_id_;
  const std::string owner_;
  absl::Time at_;
  Random& random_;
  std::vector<v1::LeadEvent> events_;
};

// ---- The steps of all leads ----

enum class Kind { kInOrder, kLate, kTimer };

// What the runtime asks of the fold once.
struct Step {
  Kind kind;
  std::string key;
  std::string state;  // before
  InputRecord record;
  std::unique_ptr<const DecodedRecord> decoded;  // null: a timer
  std::vector<Event> events;                     // the same: one, or none
  Moment moment;
  // What came of it.
  size_t state_bytes = 0;
  size_t changelog_bytes = 0;
  size_t outputs = 0;
};

const std::array<int64_t, 2> kReadUpTo = {123'456, 345'678};

struct Arrival {
  absl::Time at;
  v1::LeadEvent event;
};

// When each event is read: at once, or after the one that follows it.
std::vector<Arrival> ArrivalsOf(std::vector<v1::LeadEvent> events,
                                Random& random) {
  std::vector<Arrival> arrivals;
  for (size_t i = 0; i < events.size(); ++i) {
    const bool late =
        i > 0 && i + 1 < events.size() && Happens(kLateShare, random);
    const v1::LeadEvent& last = events[late ? i + 1 : i];
    arrivals.push_back(
        {absl::FromUnixMillis(last.occurred_at_ms()) + absl::Seconds(late),
         events[i]});
  }
  std::stable_sort(arrivals.begin(), arrivals.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return arrivals;
}

absl::StatusOr<StateChange> Ask(const LeadJob& job, const Step& step) {
  const DecodedRecord* const record = step.decoded.get();
  return job.Apply(step.key, step.state,
                   {&record, record == nullptr ? size_t{0} : size_t{1}},
                   step.moment);
}

// Goes through the life of one lead as the runtime would, and notes each step.
class Recorder {
 public:
  Recorder(const LeadJob& job, std::vector<Step>& steps)
      : job_(job), steps_(steps) {}

  void Read(const Arrival& arrival) {
    LetTimePass(arrival.at - kSettle);
    Step step;
    step.key = arrival.event.lead_id();
    step.record.input = arrival.event.has_lead_created() ? 0 : 1;
    step.record.timestamp = arrival.at;
    step.record.read_at = arrival.at;
    step.record.key = step.key;
    step.record.value = arrival.event.SerializeAsString();
    Decoded decoded = job_.Decode(step.record);
    step.decoded =
        std::get<std::unique_ptr<const DecodedRecord>>(std::move(decoded));
    step.events.push_back(std::get<Event>(ReadLeadEvent(step.record, {})));
    const int64_t occurred_at = arrival.event.occurred_at_ms();
    step.kind = occurred_at < newest_ ? Kind::kLate : Kind::kInOrder;
    newest_ = std::max(newest_, occurred_at);
    key_ = step.key;
    Take(std::move(step), arrival.at, arrival.at - kSettle);
  }

  void LetTimePass(absl::Time until) {
    while (next_instant_ <= until) {
      Step step;
      step.kind = Kind::kTimer;
      step.key = key_;
      Take(std::move(step), next_instant_ + kSettle, next_instant_);
    }
  }

 private:
  void Take(Step step, absl::Time wall, absl::Time now) {
    step.state = state_;
    step.moment = {.partition = 3,
                   .now = now,
                   .read_at = wall,
                   .wall = wall,
                   .read_up_to = kReadUpTo};
    absl::StatusOr<StateChange> change = Ask(job_, step);
    if (!change.ok()) {
      std::cerr << change.status() << '\n';
      std::exit(1);
    }
    step.state_bytes = change->state.size();
    step.changelog_bytes = change->changelog_value.value_or("").size();
    step.outputs = change->outputs.size();
    state_ = std::move(change->state);
    next_instant_ = change->next_instant;
    steps_.push_back(std::move(step));
  }

  const LeadJob& job_;
  std::vector<Step>& steps_;
  std::string key_;
  std::string state_;
  int64_t newest_ = 0;
  absl::Time next_instant_ = absl::InfiniteFuture();
};

const PolicyBook& ThePolicy() {
  static const PolicyBook* const policy = [] {
    absl::StatusOr<Policy> loaded =
        LoadPolicy(LEADCLOCK_SOURCE_DIR "/examples/policies/example.yaml");
    if (!loaded.ok()) {
      std::cerr << loaded.status().message() << '\n';
      std::exit(1);
    }
    return new PolicyBook(*std::move(loaded));
  }();
  return *policy;
}

const LeadJob& Job() {
  static const LeadJob* const job = [] {
    LeadJobOptions options;
    options.output.input_topics = {"leads.created", "leads.activity"};
    return new LeadJob(ThePolicy(), options);
  }();
  return *job;
}

// All steps, in the order in which a partition would see them: those of other
// leads come between, so that no state is in the cache because of the last.
const std::vector<Step>& Steps() {
  static const std::vector<Step>* const steps = [] {
    Random random(20260302);
    const absl::Time monday = absl::FromUnixSeconds(1'772'442'000);  // 09:00
    auto* all = new std::vector<Step>;
    for (int lead = 0; lead < kLeads; ++lead) {
      const absl::Time born =
          monday + Between(absl::ZeroDuration(), absl::Hours(100), random);
      Recorder recorder(Job(), *all);
      for (const Arrival& arrival :
           ArrivalsOf(Life(lead, born, random).Tell(), random)) {
        recorder.Read(arrival);
      }
      recorder.LetTimePass(monday + absl::Hours(200));
    }
    std::stable_sort(all->begin(), all->end(),
                     [](const Step& a, const Step& b) {
                       return a.moment.wall < b.moment.wall;
                     });
    return all;
  }();
  return *steps;
}

std::vector<const Step*> StepsOf(std::initializer_list<Kind> kinds) {
  std::vector<const Step*> chosen;
  for (const Step& step : Steps()) {
    if (std::find(kinds.begin(), kinds.end(), step.kind) != kinds.end()) {
      chosen.push_back(&step);
    }
  }
  return chosen;
}

// ---- Measuring ----

// What the steps are, beside how long they take.
void Describe(const std::vector<const Step*>& steps, benchmark::State& state) {
  const auto count = static_cast<double>(steps.size());
  double late = 0;
  double timers = 0;
  double state_bytes = 0;
  double changelog_bytes = 0;
  double outputs = 0;
  for (const Step* step : steps) {
    late += step->kind == Kind::kLate;
    timers += step->kind == Kind::kTimer;
    state_bytes += static_cast<double>(step->state_bytes);
    changelog_bytes += static_cast<double>(step->changelog_bytes);
    outputs += static_cast<double>(step->outputs);
  }
  state.counters["late_share"] = count > timers ? late / (count - timers) : 0;
  state.counters["timers_per_step"] = timers / count;
  state.counters["state_bytes"] = state_bytes / count;
  state.counters["changelog_bytes"] = changelog_bytes / count;
  state.counters["outputs_per_step"] = outputs / count;
}

enum class Parsing { kBefore, kMeasured };

void Measure(benchmark::State& state, std::initializer_list<Kind> kinds,
             Parsing parsing) {
  const std::vector<const Step*> steps = StepsOf(kinds);
  const bool only_timers = *kinds.begin() == Kind::kTimer;
  int64_t items = 0;
  size_t next = 0;
  for (auto _ : state) {
    const Step& step = *steps[next];
    if (++next == steps.size()) next = 0;
    if (parsing == Parsing::kMeasured && step.decoded) {
      benchmark::DoNotOptimize(Job().Decode(step.record));
    }
    benchmark::DoNotOptimize(Ask(Job(), step));
    items += only_timers || step.kind != Kind::kTimer;
  }
  state.SetItemsProcessed(items);
  Describe(steps, state);
}

Lead LeadBefore(const Step& step) {
  if (step.state.empty()) return {};
  return ReadStoredLead(step.state).value();
}

void MeasureFold(benchmark::State& state, std::initializer_list<Kind> kinds) {
  using Clock = std::chrono::steady_clock;
  const std::vector<const Step*> steps = StepsOf(kinds);
  int64_t items = 0;
  size_t next = 0;
  for (auto _ : state) {
    const Step& step = *steps[next];
    if (++next == steps.size()) next = 0;
    Lead lead = LeadBefore(step);
    std::vector<Event> events = step.events;
    const Asking asking{.now = step.moment.now, .read_at = step.moment.read_at};
    const Clock::time_point began = Clock::now();
    benchmark::DoNotOptimize(
        FoldLead(ThePolicy(), std::move(events), asking, lead));
    state.SetIterationTime(
        std::chrono::duration<double>(Clock::now() - began).count());
    items += step.kind != Kind::kTimer;
  }
  state.SetItemsProcessed(items);
  Describe(steps, state);
}

using enum Kind;
BENCHMARK_CAPTURE(Measure, all, {kInOrder, kLate, kTimer}, Parsing::kBefore);
BENCHMARK_CAPTURE(Measure, with_wire, {kInOrder, kLate, kTimer},
                  Parsing::kMeasured);
BENCHMARK_CAPTURE(Measure, in_order, {kInOrder}, Parsing::kBefore);
BENCHMARK_CAPTURE(Measure, late, {kLate}, Parsing::kBefore);
BENCHMARK_CAPTURE(Measure, timers, {kTimer}, Parsing::kBefore);
BENCHMARK_CAPTURE(MeasureFold, fold_all, {kInOrder, kLate, kTimer})
    ->UseManualTime();
BENCHMARK_CAPTURE(MeasureFold, fold_late, {kLate})->UseManualTime();

}  // namespace
}  // namespace leadclock

BENCHMARK_MAIN();
