#include "processor/job/lead_job.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "leadclock/v1/lead_event.pb.h"
#include "leadclock/v1/lead_state.pb.h"
#include "leadclock/v1/sla_event.pb.h"
#include "processor/job/published_policy.h"
#include "processor/policy/parse_policy.h"
#include "state/codec.h"
#include "tests/lead/story.h"

namespace leadclock {
namespace {

using story::At;

LeadJob Job(LeadJobOptions options = {},
            Policy policy = story::ExamplePolicy()) {
  options.output.input_topics = {"leads.created", "leads.activity"};
  return LeadJob(PolicyBook(std::move(policy)), options);
}

v1::LeadEvent EventAt(const std::string& at) {
  v1::LeadEvent event;
  event.set_lead_id("lead-1");
  event.set_id("e " + at);
  event.set_source("crm");
  event.set_occurred_at_ms(absl::ToUnixMillis(At(at)));
  return event;
}

v1::LeadEvent CreatedAt(const std::string& at) {
  v1::LeadEvent event = EventAt(at);
  v1::LeadCreated& created = *event.mutable_lead_created();
  created.mutable_attributes()->set_market("uk");
  created.mutable_attributes()->set_lead_source("paid_search");
  created.mutable_attributes()->set_intent("high");
  created.mutable_attributes()->set_crm_url("https://crm.example/1");
  created.set_owner_id("anna");
  created.set_manager_id("mia");
  return event;
}

// What the runtime does with one lead.
class Driver {
 public:
  explicit Driver(LeadJobOptions options = {},
                  Policy policy = story::ExamplePolicy())
      : job_(Job(std::move(options), std::move(policy))) {}

  StateChange Read(const v1::LeadEvent& event, const std::string& now,
                   std::vector<Header> headers = {}) {
    InputRecord record;
    record.input = event.has_lead_created() ? 0 : 1;
    record.key = event.lead_id();
    record.value = event.SerializeAsString();
    record.headers = std::move(headers);
    Decoded decoded = job_.Decode(record);
    REQUIRE(decoded.index() == 0);
    const DecodedRecord* const records[] = {std::get<0>(decoded).get()};
    return Ask(records, now);
  }

  StateChange Wait(const std::string& now) { return Ask({}, now); }

  // What is left of the lead takes the place of its state.
  void Forget(const StateChange& change) { state_ = change.remnant->state; }

  const LeadJob& job() const { return job_; }
  const std::string& state() const { return state_; }

 private:
  StateChange Ask(std::span<const DecodedRecord* const> records,
                  const std::string& now) {
    const int64_t read_up_to[] = {5, 6};
    absl::StatusOr<StateChange> change =
        job_.Apply("lead-1", state_, records,
                   {.partition = 3,
                    .now = At(now),
                    .read_at = At(now),
                    .wall = At(now) + absl::Seconds(5),
                    .read_up_to = read_up_to});
    REQUIRE(change.ok());
    state_ = change->state;
    return *std::move(change);
  }

  LeadJob job_;
  std::string state_;
};

v1::SlaEvent Parse(const OutputRecord& record) {
  v1::SlaEvent event;
  REQUIRE(event.ParseFromString(record.value));
  return event;
}

v1::LeadStatus StatusIn(const StateChange& change) {
  v1::LeadState value;
  REQUIRE(change.changelog_value.has_value());
  REQUIRE(value.ParseFromString(*change.changelog_value));
  return value.status();
}

TEST_CASE("A breach tells a notifier all it needs, without a second look-up") {
  Driver driver;
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:00");
  driver.Wait("2026-03-02 09:10");
  const StateChange change = driver.Wait("2026-03-02 09:15");

  REQUIRE(change.outputs.size() == 2);
  CHECK(change.outputs[0].output == static_cast<int>(LeadOutput::kOutcomes));
  const OutputRecord& record = change.outputs[1];
  CHECK(record.output == static_cast<int>(LeadOutput::kBreaches));
  CHECK(record.key == "lead-1");
  const v1::SlaEvent event = Parse(record);
  CHECK(event.kind() == v1::SlaEvent::BREACH);
  CHECK(event.form() == v1::SlaEvent::SAID);
  CHECK(event.lead_id() == "lead-1");
  CHECK(event.lead_seq() == 4);
  CHECK(event.clock() == "first_response");
  CHECK(event.cycle() == 1);
  CHECK(event.started_by_id() == "e 2026-03-02 09:00");
  CHECK(event.rung() == "breach_1");
  CHECK(event.at_ms() == absl::ToUnixMillis(At("2026-03-02 09:15")));
  CHECK(event.due_ms() == event.at_ms());
  CHECK(event.target_ms() == 15 * 60'000);
  CHECK(event.counted_ms() == 15 * 60'000);
  CHECK(event.overdue_wall_ms() == 0);
  CHECK(event.owner_id() == "anna");
  REQUIRE(event.recipients_size() == 2);
  CHECK(event.recipients(0).role() == "owner");
  CHECK(event.recipients(0).id() == "anna");
  CHECK(event.recipients(0).fell_to().empty());
  CHECK(event.recipients(1).role() == "backup");
  // Nobody holds it, and the policy names no other chain.
  CHECK(event.recipients(1).id() == "mia");
  CHECK(event.recipients(1).fell_to() == "manager");
  CHECK(event.market() == "uk");
  CHECK(event.lead_source() == "paid_search");
  CHECK(event.intent() == "high");
  CHECK(event.crm_url() == "https://crm.example/1");
  CHECK(event.notify());
  CHECK(event.policy_version() == 1);
  CHECK(event.policy_hash() == story::ExamplePolicy().hash);
  CHECK(event.now_ms() == event.at_ms());
  CHECK(event.emitted_at_ms() == event.at_ms() + 5'000);
  REQUIRE(event.read_up_to_size() == 2);
  CHECK(event.read_up_to(1).topic() == "leads.activity");
  CHECK(event.read_up_to(1).partition() == 3);
  CHECK(event.read_up_to(1).next_offset() == 6);

  const std::map<std::string, std::string> headers(record.headers.begin(),
                                                   record.headers.end());
  CHECK(headers.at("ce_specversion") == "1.0");
  CHECK(headers.at("ce_id") == event.id());
  CHECK(headers.at("ce_type") == "leadclock.v1.breach");
  CHECK(headers.at("ce_source") == "leadclock");
  CHECK(headers.at("ce_subject") == "lead-1");
  CHECK(headers.at("ce_time") == "2026-03-02T09:15:00Z");
  CHECK(headers.at("content-type") == "application/protobuf");
}

TEST_CASE("What comes in at night is acknowledged among the warnings") {
  Policy policy = story::ExamplePolicy();
  policy.clocks[1].ladder = {
      {.name = "acknowledge",
       .mark = {Mark::From::kStarted, absl::ZeroDuration(), 0},
       .action = RungAction::kAcknowledge,
       .to = {"owner"},
       .when = {}}};
  Driver driver({}, std::move(policy));
  const StateChange change =
      driver.Read(CreatedAt("2026-03-02 21:00"), "2026-03-02 21:00");

  REQUIRE(change.outputs.size() == 2);  // and who it is assigned to
  CHECK(change.outputs[1].output == static_cast<int>(LeadOutput::kWarnings));
  const v1::SlaEvent event = Parse(change.outputs[1]);
  CHECK(event.kind() == v1::SlaEvent::ACKNOWLEDGEMENT);
  CHECK(event.at_ms() == event.started_at_ms());
  CHECK(event.counted_ms() == 0);
  CHECK(event.due_ms() == absl::ToUnixMillis(At("2026-03-03 09:15")));
}

TEST_CASE("A review of a lead is of no clock, and says why") {
  Policy policy = story::ExamplePolicy();
  AttributeTest uk;
  uk.attribute = "market";
  uk.any_of = {"uk"};
  policy.eligible = {{.when = {uk},
                      .then = EligibilityRule::Then::kReview,
                      .reason = "brexit",
                      .to = {"manager"}}};
  Driver driver({}, std::move(policy));
  const StateChange change =
      driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:00");

  REQUIRE(change.outputs.size() == 2);
  CHECK(change.outputs[0].output == static_cast<int>(LeadOutput::kEscalations));
  const v1::SlaEvent event = Parse(change.outputs[0]);
  CHECK(event.kind() == v1::SlaEvent::REVIEW);
  CHECK(event.clock().empty());
  CHECK(event.cycle() == 0);
  CHECK(event.rung() == "review");
  CHECK(event.at_ms() == absl::ToUnixMillis(At("2026-03-02 09:00")));
  CHECK(event.started_at_ms() == 0);
  CHECK(event.started_by_id() == "e 2026-03-02 09:00");
  REQUIRE(event.reasons_size() == 1);
  CHECK(event.reasons(0) == "brexit");
  REQUIRE(event.recipients_size() == 1);
  CHECK(event.recipients(0).id() == "mia");
  CHECK(event.notify());
  CHECK(StatusIn(change).standing() == v1::LeadStatus::UNDER_REVIEW);
  CHECK(StatusIn(change).reason() == "brexit");

  CHECK(change.outputs[1].output == static_cast<int>(LeadOutput::kTasks));
  const v1::SlaEvent opened = Parse(change.outputs[1]);
  CHECK(opened.kind() == v1::SlaEvent::TASK);
  CHECK(opened.rung() == "task_opened");
  CHECK(opened.by_id() == event.started_by_id());
  CHECK(opened.task().id() == "review.brexit/" + event.started_by_source() +
                                  "/" + event.started_by_id());
  CHECK(opened.task().status() == v1::Task::OPEN);
  CHECK(opened.task().kind() == "review");
  CHECK(opened.task().owner_id() == "mia");
  CHECK(opened.task().due_ms() == 0);

  // It is asked for once, however long the lead stays.
  CHECK(driver.Wait("2026-03-05 09:00").outputs.empty());
}

TEST_CASE("Each action has its kind of event, on its topic") {
  const auto [action, kind, type, output] =
      GENERATE(table<RungAction, v1::SlaEvent::Kind, std::string, LeadOutput>({
          {RungAction::kRemind, v1::SlaEvent::REMINDER, "reminder",
           LeadOutput::kWarnings},
          {RungAction::kWarn, v1::SlaEvent::WARNING, "warning",
           LeadOutput::kWarnings},
          {RungAction::kBreach, v1::SlaEvent::BREACH, "breach",
           LeadOutput::kBreaches},
          {RungAction::kEscalate, v1::SlaEvent::ESCALATION, "escalation",
           LeadOutput::kEscalations},
          {RungAction::kReassign, v1::SlaEvent::REASSIGNMENT, "reassignment",
           LeadOutput::kEscalations},
          {RungAction::kReview, v1::SlaEvent::REVIEW, "review",
           LeadOutput::kEscalations},
          {RungAction::kSetPriority, v1::SlaEvent::PRIORITY, "priority",
           LeadOutput::kEscalations},
          {RungAction::kRequestAlternateOwner, v1::SlaEvent::ALTERNATE_OWNER,
           "alternate_owner", LeadOutput::kEscalations},
      }));
  Policy policy = story::ExamplePolicy();
  Rung& rung = policy.clocks[1].ladder[0];
  rung.action = action;
  rung.priority = action == RungAction::kSetPriority ? "high" : "";
  rung.recommended_action = "Call now";
  const std::string priority = rung.priority;
  Driver driver({}, std::move(policy));
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:00");
  const StateChange change = driver.Wait("2026-03-02 09:10");

  REQUIRE(change.outputs.size() == 1);
  CHECK(change.outputs[0].output == static_cast<int>(output));
  const std::map<std::string, std::string> headers(
      change.outputs[0].headers.begin(), change.outputs[0].headers.end());
  CHECK(headers.at("ce_type") == "leadclock.v1." + type);
  const v1::SlaEvent event = Parse(change.outputs[0]);
  CHECK(event.kind() == kind);
  CHECK(event.rung() == "remind_1");
  CHECK(event.priority() == priority);
  CHECK(event.recommended_action() == "Call now");
  // Who owns the lead does not take it over.
  const bool is_taken_over = action == RungAction::kReassign;
  CHECK(event.recipients(0).id() == (is_taken_over ? "mia" : "anna"));
}

TEST_CASE("Overdue is told in business time and in wall time") {
  Driver driver;
  // Due at 17:28; two minutes are left of that day.
  driver.Read(CreatedAt("2026-03-02 17:13"), "2026-03-02 17:13");
  const StateChange change = driver.Wait("2026-03-03 09:03");
  const v1::SlaEvent escalation = Parse(change.outputs.back());
  CHECK(escalation.kind() == v1::SlaEvent::ESCALATION);
  CHECK(escalation.at_ms() == absl::ToUnixMillis(At("2026-03-03 09:03")));
  CHECK(escalation.overdue_business_ms() == 5 * 60'000);
  CHECK(escalation.overdue_wall_ms() == (15 * 60 + 35) * 60'000);
}

TEST_CASE("A retraction names what it corrects") {
  Driver driver;
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:00");
  const v1::SlaEvent reminder =
      Parse(driver.Wait("2026-03-02 09:10").outputs.at(0));

  v1::LeadEvent call = EventAt("2026-03-02 09:04");
  call.mutable_touch()->set_direction(v1::Touch::OUTBOUND);
  call.mutable_touch()->set_actor_kind(v1::Touch::HUMAN);
  call.mutable_touch()->set_actor_id("anna");
  call.mutable_touch()->set_meaningful(true);
  const StateChange change = driver.Read(call, "2026-03-02 09:11",
                                         {{"traceparent", "00-trace-span-01"}});
  const OutputRecord& record = change.outputs.at(0);
  const v1::SlaEvent retraction = Parse(record);
  CHECK(record.output == static_cast<int>(LeadOutput::kWarnings));
  CHECK(retraction.form() == v1::SlaEvent::RETRACTED);
  CHECK(retraction.corrects() == reminder.id());
  CHECK(retraction.id() != reminder.id());
  CHECK(retraction.at_ms() == reminder.at_ms());
  const std::map<std::string, std::string> headers(record.headers.begin(),
                                                   record.headers.end());
  CHECK(headers.at("ce_type") == "leadclock.v1.reminder.retracted");
  CHECK(headers.at("traceparent") == "00-trace-span-01");
}

TEST_CASE("The public state says how the lead stands") {
  Policy policy = story::ExamplePolicy();
  policy.clocks[1].ladder.push_back(
      {.name = "at_risk",
       .mark = {Mark::From::kShare, absl::ZeroDuration(), 80},
       .action = RungAction::kWarn,
       .to = {"owner"},
       .when = {}});
  Driver driver({}, std::move(policy));
  const v1::LeadStatus fresh =
      StatusIn(driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:05"));
  CHECK(fresh.standing() == v1::LeadStatus::ON_TRACK);
  CHECK(fresh.owner_id() == "anna");
  CHECK(fresh.next_due_ms() == absl::ToUnixMillis(At("2026-03-02 09:15")));
  REQUIRE(fresh.clocks_size() == 2);
  CHECK(fresh.clocks(0).name() == "assignment");
  CHECK(fresh.clocks(0).verdict() == v1::LeadStatus::MET);
  CHECK(fresh.clocks(1).phase() == v1::LeadStatus::RUNNING);
  CHECK(fresh.clocks(1).counted_ms() == 5 * 60'000);

  // A reminder is no warning.
  CHECK(StatusIn(driver.Wait("2026-03-02 09:10")).standing() ==
        v1::LeadStatus::ON_TRACK);
  CHECK(StatusIn(driver.Wait("2026-03-02 09:12")).standing() ==
        v1::LeadStatus::AT_RISK);
  const v1::LeadStatus breached = StatusIn(driver.Wait("2026-03-02 09:15"));
  CHECK(breached.standing() == v1::LeadStatus::BREACHED);
  CHECK(breached.clocks(1).verdict() == v1::LeadStatus::MISSED);
  CHECK(breached.next_due_ms() == 0);
}

TEST_CASE("A clock that a date starts is shown, though nothing is said of it") {
  Driver driver(
      {},
      story::PolicyOf("  - {name: renewal, starts: {date: term_ends, before: "
                      "1h}, stops: milestone, target: 2h, at_risk: never}\n"));
  v1::LeadEvent created = CreatedAt("2026-03-02 09:00");
  created.mutable_lead_created()->mutable_attributes()->set_term_ends_ms(
      absl::ToUnixMillis(At("2026-03-02 12:00")));
  CHECK(StatusIn(driver.Read(created, "2026-03-02 09:00")).clocks_size() == 0);
  const StateChange change = driver.Wait("2026-03-02 11:00");
  CHECK(change.outputs.empty());
  const v1::LeadStatus status = StatusIn(change);
  REQUIRE(status.clocks_size() == 1);
  CHECK(status.clocks(0).phase() == v1::LeadStatus::RUNNING);
}

TEST_CASE("A clock that a date lets go on is shown so, and its next instant") {
  Driver driver(
      {}, story::PolicyOf("  - {name: reply, starts: lead_created, stops: "
                          "milestone, target: 1h, at_risk: never, pauses: "
                          "{when: {date_ahead: term_ends}}}\n"));
  v1::LeadEvent created = CreatedAt("2026-03-02 09:00");
  created.mutable_lead_created()->mutable_attributes()->set_term_ends_ms(
      absl::ToUnixMillis(At("2026-03-02 12:00")));
  const StateChange waits = driver.Read(created, "2026-03-02 09:00");
  CHECK(waits.next_instant == At("2026-03-02 12:00"));
  CHECK(StatusIn(waits).clocks(0).phase() == v1::LeadStatus::PAUSED);
  const StateChange change = driver.Wait("2026-03-02 12:00");
  CHECK(change.outputs.empty());
  CHECK(change.next_instant == At("2026-03-02 13:00"));
  CHECK(StatusIn(change).clocks(0).phase() == v1::LeadStatus::RUNNING);
}

TEST_CASE("A state is restored with its next instant from sla.leads") {
  Driver driver;
  const StateChange change =
      driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:05");
  CHECK(change.next_instant == At("2026-03-02 09:10"));
  const auto restored = driver.job().Restore("lead-1", *change.changelog_value);
  REQUIRE(restored.ok());
  CHECK(restored->state == change.state);
  CHECK(restored->next_instant == change.next_instant);
  CHECK(!driver.job().Restore("lead-1", "junk").ok());
}

TEST_CASE("A record that was read before changes nothing, and is counted") {
  Driver driver;
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:05");
  const std::string state = driver.state();
  const StateChange change =
      driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:05");
  CHECK(change.ignored == std::vector<std::string>{"DUPLICATE"});
  CHECK(!change.changelog_value.has_value());
  CHECK(change.outputs.empty());
  CHECK(change.state == state);
}

// Version 2 of the example, in force from then on: high intent has 30 minutes.
Policy SecondPolicy(const std::string& effective) {
  Policy policy = story::ExamplePolicy();
  policy.version = 2;
  policy.effective = At(effective);
  policy.open_clocks = Policy::OpenClocks::kCarry;
  policy.hash = "0123456789abcdef and more";
  policy.clocks[1].targets[0].target.length = absl::Minutes(30);
  return policy;
}

PolicyBook BothPolicies(const std::string& effective) {
  return *PolicyBook::Create({story::ExamplePolicy(), SecondPolicy(effective)});
}

LeadJob JobOf(PolicyBook policies, const std::string& accept_zones = "") {
  LeadJobOptions options;
  options.accept_time_zone_data = accept_zones;
  options.output.input_topics = {"leads.created", "leads.activity"};
  options.output.time_zone_data = "2026a";
  return LeadJob(std::move(policies), options);
}

// What is said when time alone has passed.
StateChange AskedBy(const LeadJob& job, const std::string& state,
                    const std::string& now) {
  const int64_t read_up_to[] = {5, 6};
  const absl::StatusOr<StateChange> change =
      job.Apply("lead-1", state, {},
                {.now = At(now),
                 .read_at = At(now),
                 .wall = At(now),
                 .read_up_to = read_up_to});
  INFO(change.status().message());
  REQUIRE(change.ok());
  return *change;
}

TEST_CASE("A version that was changed without a number of its own is refused") {
  Driver driver;
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:05");
  Policy other = story::ExamplePolicy();
  other.hash = "another";
  const LeadJob changed{PolicyBook(other), {}};
  const absl::StatusOr<StateChange> change =
      changed.Apply("lead-1", driver.state(), {}, Moment{});
  CHECK(change.status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK(changed.Succeed(driver.job().Fingerprint()).status().code() ==
        absl::StatusCode::kFailedPrecondition);
}

TEST_CASE("A new version reaches an open lead when it is asked") {
  Driver driver;
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:05");
  const LeadJob job = JobOf(BothPolicies("2026-03-02 09:12"));
  REQUIRE(job.Succeed(driver.job().Fingerprint()).ok());
  CHECK(!job.Succeed(driver.job().Fingerprint())->check_states);

  StateChange change = AskedBy(job, driver.state(), "2026-03-02 09:10");
  CHECK(Parse(change.outputs.at(0)).kind() == v1::SlaEvent::REMINDER);
  CHECK(change.next_instant == At("2026-03-02 09:12"));
  change = AskedBy(job, change.state, "2026-03-02 09:12");
  REQUIRE(change.outputs.size() == 1);
  const v1::SlaEvent event = Parse(change.outputs[0]);
  CHECK(event.kind() == v1::SlaEvent::DUE_CHANGED);
  CHECK(event.rung() == "due_changed");
  CHECK(event.due_ms() == absl::ToUnixMillis(At("2026-03-02 09:30")));
  CHECK(event.policy_version() == 2);
  CHECK(event.policy_hash() == "0123456789abcdef and more");
  CHECK(event.known_policy_version() == 2);
  CHECK(event.time_zone_data() == "2026a");
  CHECK(change.outputs[0].output == static_cast<int>(LeadOutput::kWarnings));
  // The one who follows must know it as well.
  CHECK(driver.job().Succeed(job.Fingerprint()).status().code() ==
        absl::StatusCode::kFailedPrecondition);
}

TEST_CASE("An event names the version that judges, and the newest known") {
  Driver driver;
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:05");
  const LeadJob job = JobOf(BothPolicies("2026-03-03 09:00"));
  const v1::SlaEvent event =
      Parse(AskedBy(job, driver.state(), "2026-03-02 09:10").outputs.at(0));
  CHECK(event.policy_version() == 1);
  CHECK(event.policy_hash() == story::ExamplePolicy().hash);
  CHECK(event.known_policy_version() == 2);
}

TEST_CASE("A version that a lead needs must not be left out") {
  Driver driver;
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:05");
  const LeadJob without{PolicyBook(SecondPolicy("2026-03-02 09:12")), {}};
  const auto succession = without.Succeed(driver.job().Fingerprint());
  REQUIRE(succession.ok());
  CHECK(succession->check_states);
  const absl::Status status = without.CheckState("lead-1", driver.state());
  CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(status.message()),
             Catch::Contains("lead 'lead-1'") &&
                 Catch::Contains("it was judged by 1 versions of the policy"));
}

TEST_CASE("Other time zone data are gone on with when they are accepted") {
  const PolicyBook policies(story::ExamplePolicy());
  std::string left = JobOf(policies).Fingerprint();
  left.replace(left.size() - 8, 8, "00000000");
  CHECK(JobOf(policies).Succeed(left).status().code() ==
        absl::StatusCode::kFailedPrecondition);
  CHECK(JobOf(policies, "2026a").Succeed(left).ok());
}

TEST_CASE("A lead judged by other time zone data is judged anew, once") {
  Driver driver;
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:00");
  driver.Wait("2026-03-02 09:10");
  // What was said before it is settled, and else not looked at again.
  v1::LeadEvent assigned = EventAt("2026-03-02 09:11");
  assigned.mutable_assigned()->set_owner_id("anna");
  driver.Read(assigned, "2026-03-02 09:12");
  absl::StatusOr<Lead> lead = ReadStoredLead(driver.state());
  REQUIRE(lead.ok());
  // By other data the reminder came a minute earlier.
  lead->calendars_hash = "00000000";
  for (Said& said : lead->ledger) said.fact.at -= absl::Minutes(1);
  const std::string state = driver.state().substr(0, 8) + EncodeLead(*lead);

  const StateChange change = AskedBy(driver.job(), state, "2026-03-02 09:13");
  CHECK(change.changelog_value);
  CHECK(!change.outputs.empty());
  const StateChange again =
      AskedBy(driver.job(), change.state, "2026-03-02 09:13");
  CHECK(!again.changelog_value);
  CHECK(again.outputs.empty());
}

TEST_CASE("A job learns versions as they are published") {
  Driver driver;
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:05");
  const LeadJob& job = driver.job();
  const auto learn = [&](const std::string& value) {
    InputRecord record;
    record.value = value;
    return job.Learn(record);
  };
  const absl::StatusOr<Policy> second = ParsePolicy(
      "version: 2\neffective: 2026-03-02T09:12:00Z\nclocks:\n"
      "- {name: c, starts: lead_created, stops: assigned, "
      "target: 1h}\n",
      "policy.yaml");
  REQUIRE(second.ok());
  const auto learnt = learn(WritePublished(*second, At("2026-03-01 09:00"),
                                           /*correct=*/false));
  REQUIRE(learnt.ok());
  const auto next = std::get<std::shared_ptr<const Fold>>(*learnt);
  REQUIRE(next != nullptr);
  CHECK_THAT(next->Fingerprint(), Catch::Contains(" 2:"));
  CHECK(next->Succeed(job.Fingerprint()).ok());

  const auto garbage = learn("no policy");
  REQUIRE(garbage.ok());
  CHECK(std::get<Rejection>(*garbage).code == "POLICY");
}

TEST_CASE("A state that names clocks beyond its policy is damaged") {
  Driver driver;
  driver.Read(CreatedAt("2026-03-06 10:00"), "2026-03-06 10:00");
  absl::StatusOr<Lead> lead = ReadStoredLead(driver.state());
  REQUIRE(lead.ok());
  REQUIRE(lead->progress->runs.size() > 0);
  const int64_t read_up_to[] = {5, 6};
  Moment moment;
  moment.now = At("2026-03-06 10:01");
  moment.wall = moment.now;
  moment.read_up_to = read_up_to;
  const auto ask = [&] {
    return driver.job()
        .Apply("lead-1", driver.state().substr(0, 8) + EncodeLead(*lead), {},
               moment)
        .status();
  };
  CHECK(ask().code() != absl::StatusCode::kDataLoss);
  lead->progress->runs[0].clock = 7;
  CHECK(ask().code() == absl::StatusCode::kDataLoss);
  lead->progress->runs[0].clock = 0;
  lead->progress->runs[0].calendar = 7;
  CHECK(ask().code() == absl::StatusCode::kDataLoss);
}

TEST_CASE("History from before the cut is recorded, not notified") {
  LeadJobOptions options;
  options.notify_from = At("2026-03-02 09:12");
  Driver driver(options);
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:00");
  CHECK(!Parse(driver.Wait("2026-03-02 09:10").outputs.at(0)).notify());
  CHECK(Parse(driver.Wait("2026-03-02 09:15").outputs.at(1)).notify());
}

v1::LeadEvent ErasedAt(const std::string& at) {
  v1::LeadEvent event = EventAt(at);
  event.mutable_erased();
  return event;
}

TEST_CASE("An erased lead leaves a hash, which later records cannot pass") {
  Driver driver;
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:00");
  const StateChange change =
      driver.Read(ErasedAt("2026-03-02 09:05"), "2026-03-02 09:05");

  CHECK(change.state.empty());
  CHECK(change.changelog_value == "");
  REQUIRE(change.outputs.size() == 2);
  CHECK(Parse(change.outputs[0]).kind() == v1::SlaEvent::STOPPED);
  CHECK(Parse(change.outputs[0]).reasons(0) == "erased");
  const v1::SlaEvent last = Parse(change.outputs[1]);
  CHECK(last.kind() == v1::SlaEvent::RETIRED);
  CHECK(last.reasons(0) == "erased");
  CHECK(last.at_ms() == absl::ToUnixMillis(At("2026-03-02 09:05")));
  CHECK(last.lead_seq() == Parse(change.outputs[0]).lead_seq() + 1);
  CHECK(last.read_up_to_size() == 2);
  CHECK(change.outputs[1].headers[2].second == "leadclock.v1.retired");

  // Nothing in it tells who it was, and it comes back from the changelog.
  REQUIRE(change.remnant);
  CHECK(change.remnant->state.size() == 10);
  v1::LeadState value;
  REQUIRE(value.ParseFromString(change.remnant->changelog_value));
  CHECK_FALSE(value.has_status());
  const auto restored =
      driver.job().Restore("forgotten/x", change.remnant->changelog_value);
  REQUIRE(restored.ok());
  CHECK(restored->state == change.remnant->state);
  CHECK(restored->next_instant == change.remnant->next_instant);

  driver.Forget(change);
  const std::string remnant = driver.state();
  const StateChange late =
      driver.Read(CreatedAt("2026-03-02 09:01"), "2026-03-02 10:00");
  CHECK(late.outputs.empty());
  CHECK(late.ignored == std::vector<std::string>{"ERASED"});
  CHECK(late.state == remnant);
  CHECK_FALSE(late.changelog_value);

  // 400 days later nothing at all is left.
  CHECK(late.next_instant == At("2027-04-06 10:05"));
  const StateChange end = driver.Wait("2027-04-06 10:05");
  CHECK(end.state.empty());
  CHECK(end.changelog_value == "");
}

TEST_CASE("A lead that retired ignores its stragglers") {
  Driver driver;
  driver.Read(ErasedAt("2026-03-02 09:05"), "2026-03-02 09:04");
  driver.Forget(driver.Wait("2026-03-02 09:05"));
  v1::LeadEvent call = EventAt("2026-03-02 09:06");
  call.mutable_touch()->set_direction(v1::Touch::OUTBOUND);
  CHECK(driver.Read(call, "2026-03-02 09:06").ignored ==
        std::vector<std::string>{"ERASED"});

  LeadJobOptions options;
  options.retire_after = absl::Hours(1);
  Driver closed(options);
  closed.Read(call, "2026-03-02 09:06");
  const StateChange change = closed.Wait("2026-03-02 10:07");
  REQUIRE(change.outputs.size() == 1);
  CHECK(Parse(change.outputs[0]).reasons(0) == "retired");
  closed.Forget(change);
  CHECK(closed.Read(call, "2026-03-02 10:08").ignored ==
        std::vector<std::string>{"RETIRED"});
}

LeadJobOptions KeepingBytes(size_t lead_bytes) {
  LeadJobOptions options;
  options.lead_bytes = lead_bytes;
  return options;
}

// Sets one of many attributes.
v1::LeadEvent Remark(int number, size_t size) {
  v1::LeadEvent event = EventAt("2026-03-02 09:02");
  event.set_id(absl::StrCat("remark ", number));
  event.set_occurred_at_ms(event.occurred_at_ms() + number);
  (*event.mutable_attributes_changed()
        ->mutable_attributes()
        ->mutable_custom())[absl::StrCat("remark", number % 7)] =
      std::string(size, static_cast<char>('a' + number % 26));
  return event;
}

TEST_CASE("A state stays within its bounds, however much is told") {
  Driver driver(KeepingBytes(8 << 10));
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:00");
  size_t ignored = 0;
  for (int i = 1; i <= 200; ++i) {
    const StateChange change = driver.Read(Remark(i, 200), "2026-03-02 09:05");
    CHECK(change.state.size() <= 8 << 10);
    CHECK(change.rejected.empty());
    ignored += change.ignored.size();
  }
  CHECK(ignored == 0);
  const StateChange late = driver.Read(Remark(0, 200), "2026-03-02 09:05");
  CHECK(late.ignored == std::vector<std::string>{"COLLAPSED"});
  const StateChange breach = driver.Wait("2026-03-02 09:15");
  CHECK(breach.outputs.size() == 3);
  CHECK(StatusIn(breach).collapsed_up_to_ms() >
        absl::ToUnixMillis(At("2026-03-02 09:02")));
}

TEST_CASE("What would make a state too large is rejected, the rest is not") {
  Driver driver(KeepingBytes(1 << 10));
  driver.Read(CreatedAt("2026-03-02 09:00"), "2026-03-02 09:00");
  const std::string before = driver.state();
  const StateChange change = driver.Read(Remark(1, 3'000), "2026-03-02 09:05");
  REQUIRE(change.rejected.size() == 1);
  CHECK(change.rejected[0].first == 0);
  CHECK(change.rejected[0].second.code == "SIZE");
  CHECK(change.state.size() == before.size());
  CHECK(driver.Read(Remark(2, 30), "2026-03-02 09:05").rejected.empty());
}

}  // namespace
}  // namespace leadclock
