#include "processor/job/wire_input.h"

#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>

#include "leadclock/v1/lead_event.pb.h"

namespace leadclock {
namespace {

constexpr int64_t kMonday = 1'772'442'000'000;  // 2026-03-02T09:00:00Z

v1::LeadEvent Good() {
  v1::LeadEvent event;
  event.set_lead_id("lead-1");
  event.set_id("e1");
  event.set_source("crm");
  event.set_occurred_at_ms(kMonday);
  event.set_sequence(7);
  return event;
}

InputRecord RecordOf(const v1::LeadEvent& event, LeadInput input) {
  InputRecord record;
  record.input = static_cast<int>(input);
  record.timestamp = absl::FromUnixMillis(kMonday) + absl::Seconds(3);
  record.key = "lead-1";
  record.value = event.SerializeAsString();
  return record;
}

InputRecord OnActivity(const v1::LeadEvent& event) {
  return RecordOf(event, LeadInput::kActivity);
}

Event Read(const InputRecord& record) {
  auto result = ReadLeadEvent(record, {});
  if (const auto* rejection = std::get_if<Rejection>(&result)) {
    FAIL(rejection->code << ": " << rejection->message);
  }
  return std::get<Event>(result);
}

Rejection Refused(const InputRecord& record) {
  auto result = ReadLeadEvent(record, {});
  REQUIRE(std::holds_alternative<Rejection>(result));
  return std::get<Rejection>(result);
}

TEST_CASE("A created lead brings its attributes, people and flags") {
  v1::LeadEvent event = Good();
  v1::LeadCreated& created = *event.mutable_lead_created();
  created.mutable_attributes()->set_market("uk");
  created.mutable_attributes()->set_lead_source("paid_search");
  created.mutable_attributes()->set_company_size(250);
  created.mutable_attributes()->set_lead_score(0.5);
  created.mutable_attributes()->add_available_channels("sms");
  created.mutable_attributes()->add_available_channels("phone");
  (*created.mutable_attributes()->mutable_custom())["region"] = "north";
  created.set_owner_id("anna");
  created.add_flags("complaint");

  const Event read = Read(RecordOf(event, LeadInput::kCreated));
  CHECK(read.ref == EventRef{"crm", "e1"});
  CHECK(read.occurred_at == absl::FromUnixMillis(kMonday));
  CHECK(read.sequence == 7);
  CHECK(read.kind == 20);
  PeopleChanges people;
  people.owner = PersonId("anna");
  CHECK(std::get<LeadCreated>(read.body) ==
        LeadCreated{{{"market", "uk"},
                     {"source", "paid_search"},
                     {"available_channel", "phone\nsms"},
                     {"company_size", "250"},
                     {"lead_score", "0.5"},
                     {"custom.region", "north"}},
                    people,
                    {"complaint"}});
}

// What is known of a lead with this score.
std::string Score(double score) {
  v1::LeadEvent event = Good();
  event.mutable_lead_created()->mutable_attributes()->set_lead_score(score);
  const Event read = Read(RecordOf(event, LeadInput::kCreated));
  return std::get<LeadCreated>(read.body).attributes.at(0).second;
}

TEST_CASE("A score is known by every digit, and by no more than it has") {
  CHECK(Score(99.99999) == "99.99999");
  CHECK(Score(0.1) == "0.1");
  CHECK(Score(100) == "100");
  CHECK(Score(1'000'000) == "1000000");
  CHECK(Score(1234567.125) == "1234567.125");
  CHECK(Score(-0.000001) == "-0.000001");
  CHECK(Score(1e20) == "1e+20");
}

TEST_CASE(
    "A lead without a channel is another one than a lead of which no "
    "channel is known") {
  v1::LeadEvent event = Good();
  v1::LeadAttributes& attributes =
      *event.mutable_lead_created()->mutable_attributes();
  attributes.add_available_channels("none");
  const Event read = Read(RecordOf(event, LeadInput::kCreated));
  CHECK(std::get<LeadCreated>(read.body).attributes ==
        AttributeChanges{{"available_channel", "none"}});
}

TEST_CASE("Stage, status, consent and disposition are attributes") {
  v1::LeadEvent event = Good();
  const auto changes = [&] {
    return std::get<Activity>(Read(OnActivity(event)).body).learnt;
  };
  event.mutable_stage_changed()->set_stage("mql");
  CHECK(changes() == AttributeChanges{{"stage", "mql"}});
  event.mutable_status_changed()->set_status("on_hold");
  CHECK(changes() == AttributeChanges{{"status", "on_hold"}});
  event.mutable_consent_changed()->set_consent("withdrawn");
  CHECK(changes() == AttributeChanges{{"consent", "withdrawn"}});
  // It says nothing of the other channels.
  event.mutable_consent_changed()->set_channel("sms");
  CHECK(changes().empty());
  // There is no date of return any more, unless it names one.
  event.mutable_disposition()->set_outcome("closed_lost");
  CHECK(changes() ==
        AttributeChanges{{"disposition", "closed_lost"}, {"return", ""}});
}

TEST_CASE("An activity says of itself what triggers may ask for") {
  v1::LeadEvent event = Good();
  const auto activity = [&] {
    return std::get<Activity>(Read(OnActivity(event)).body);
  };
  using Fields = AttributeChanges;
  event.mutable_stage_changed()->set_stage("sal");
  event.mutable_stage_changed()->set_handoff("rejected");
  event.mutable_stage_changed()->set_reason("no budget");
  CHECK(activity().fields == Fields{{"handoff", "rejected"},
                                    {"reason", "no budget"},
                                    {"stage", "sal"}});
  event.mutable_disposition()->set_outcome("recycled");
  event.mutable_disposition()->set_track("warm");
  event.mutable_disposition()->set_return_at_ms(1'770'000'000'000);
  CHECK(activity().fields ==
        Fields{{"outcome", "recycled"}, {"track", "warm"}});
  CHECK(activity().learnt ==
        Fields{{"disposition", "recycled"}, {"return", "1770000000000"}});
  event.mutable_meeting_held()->set_meeting_id("m1");
  CHECK(activity().kind == ActivityKind::kMeetingHeld);
  CHECK(activity().fields == Fields{{"meeting", "m1"}, {"no_show", "false"}});
  event.mutable_task_done()->set_task_id("call/crm/e1");
  event.mutable_task_done()->set_cancelled(true);
  CHECK(activity().fields ==
        Fields{{"cancelled", "true"}, {"task", "call/crm/e1"}});
  event.mutable_next_step_scheduled()->set_due_at_ms(1'770'000'000'000);
  CHECK(activity().fields.empty());
  CHECK(activity().learnt == Fields{{"next_step", "1770000000000"}});
}

TEST_CASE("A date must be given, and in milliseconds") {
  v1::LeadEvent event = Good();
  event.mutable_next_step_scheduled();
  CHECK(Refused(OnActivity(event)).code == "FIELD");
  event.mutable_next_step_scheduled()->set_due_at_ms(1'770'000'000);
  CHECK(Refused(OnActivity(event)).code == "FIELD");
  event.mutable_attributes_changed()->mutable_attributes()->set_term_ends_ms(
      1'770'000'000);
  CHECK(Refused(OnActivity(event)).code == "FIELD");
}

TEST_CASE("A merger says on both sides what the other one needs") {
  v1::LeadEvent event = Good();
  event.mutable_merged();
  CHECK(Refused(OnActivity(event)).code == "FIELD");
  event.mutable_merged()->set_into_lead_id("L2");
  CHECK(std::get<MergedInto>(Read(OnActivity(event)).body) == MergedInto{"L2"});
  v1::Merged::Absorbed& absorbed = *event.mutable_merged()->mutable_absorbed();
  absorbed.set_lead_id("L0");
  CHECK(Refused(OnActivity(event)).code == "FIELD");
  absorbed.set_started_at_ms(1'770'000'000'000);
  const absl::Time started_at = absl::FromUnixMillis(1'770'000'000'000);
  CHECK(std::get<Absorbed>(Read(OnActivity(event)).body) ==
        Absorbed{"L0", started_at});
  absorbed.set_first_answered_at_ms(1'770'000'000'001);
  CHECK(std::get<Absorbed>(Read(OnActivity(event)).body).first_answered_at ==
        started_at + absl::Milliseconds(1));
}

TEST_CASE("A touch keeps apart what was judged and what was not") {
  v1::LeadEvent event = Good();
  v1::Touch& touch = *event.mutable_touch();
  touch.set_channel("phone");
  touch.set_direction(v1::Touch::OUTBOUND);
  touch.set_actor_kind(v1::Touch::HUMAN);
  touch.set_actor_id("anna");
  touch.set_meaningful(false);

  const auto read = std::get<Touched>(Read(OnActivity(event)).body);
  CHECK(read.direction == Direction::kOutbound);
  CHECK(read.actor_kind == ActorKind::kHuman);
  CHECK(read.actor == PersonId("anna"));
  CHECK(read.meaningful == false);
  CHECK(read.personalized == std::nullopt);
}

TEST_CASE("A withdrawal names an event, by default of its own source") {
  v1::LeadEvent event = Good();
  event.mutable_withdrawn()->set_event_id("e0");
  CHECK(std::get<Withdrawn>(Read(OnActivity(event)).body).event ==
        EventRef{"crm", "e0"});
  event.mutable_withdrawn()->set_event_source("phone");
  CHECK(std::get<Withdrawn>(Read(OnActivity(event)).body).event ==
        EventRef{"phone", "e0"});
}

TEST_CASE("JSON and Protobuf say the same") {
  v1::LeadEvent event = Good();
  event.mutable_assigned()->set_owner_id("anna");
  InputRecord json = OnActivity(event);
  json.value->clear();
  REQUIRE(
      google::protobuf::util::MessageToJsonString(event, &*json.value).ok());

  SECTION("told apart by the header") {
    json.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    CHECK(Read(json) == Read(OnActivity(event)));
  }
  SECTION("or by the setting") {
    const auto result = ReadLeadEvent(json, {.format = WireFormat::kJson});
    CHECK(std::get<Event>(result) == Read(OnActivity(event)));
  }
  SECTION("milliseconds may be a number, as most feeds write them") {
    json.headers = {{"content-type", "application/json"}};
    json.value =
        R"({"leadId": "lead-1", "id": "e1", "source": "crm", "sequence": 7,
            "occurredAtMs": 1772442000000, "assigned": {"ownerId": "anna"}})";
    CHECK(Read(json) == Read(OnActivity(event)));
  }
  SECTION("a field that JSON has and the contract has not is refused") {
    json.headers = {{"content-type", "application/json"}};
    json.value = R"({"leadId": "lead-1", "asigned": {}})";
    CHECK(Refused(json).code == "DECODE");
    CHECK_THAT(Refused(json).message, Catch::Contains("asigned"));
  }
}

TEST_CASE("What cannot be read is refused with a code and a way to mend it") {
  struct Case {
    const char* what;
    std::function<void(v1::LeadEvent&)> spoil;
    const char* code;
    const char* message;
  };
  const Case test = GENERATE(values<Case>({
      {"no id", [](auto& e) { e.clear_id(); }, "FIELD", "id is missing"},
      {"a long id", [](auto& e) { e.set_id(std::string(257, 'x')); }, "FIELD",
       "257 bytes"},
      {"no source", [](auto& e) { e.clear_source(); }, "FIELD",
       "source is missing"},
      {"no lead", [](auto& e) { e.clear_lead_id(); }, "FIELD",
       "lead_id is missing"},
      {"another lead", [](auto& e) { e.set_lead_id("lead-2"); }, "KEY",
       "lead-2"},
      {"no instant", [](auto& e) { e.clear_occurred_at_ms(); }, "FIELD",
       "occurred_at_ms is missing"},
      {"seconds", [](auto& e) { e.set_occurred_at_ms(kMonday / 1000); }, "TIME",
       "milliseconds"},
      {"microseconds", [](auto& e) { e.set_occurred_at_ms(kMonday * 1000); },
       "TIME", "milliseconds"},
      {"nanoseconds", [](auto& e) { e.set_occurred_at_ms(kMonday * 1000000); },
       "TIME", "milliseconds"},
      {"before all time", [](auto& e) { e.set_occurred_at_ms(-1); }, "TIME",
       "between"},
      {"the future",
       [](auto& e) { e.set_occurred_at_ms(kMonday + 5 * 60'000 + 3'001); },
       "FUTURE", "5m"},
      {"a negative sequence", [](auto& e) { e.set_sequence(-1); }, "FIELD",
       "sequence"},
      {"nothing happened", [](auto& e) { e.clear_event(); }, "FIELD",
       "nothing that this version knows"},
      {"a birth among activities", [](auto& e) { e.mutable_lead_created(); },
       "FIELD", "topic of created leads"},
      {"a status without a name", [](auto& e) { e.mutable_status_changed(); },
       "FIELD", "status_changed.status is missing"},
      {"a withdrawal of nothing", [](auto& e) { e.mutable_withdrawn(); },
       "FIELD", "withdrawn.event_id is missing"},
      {"an unknown direction",
       [](auto& e) {
         e.mutable_touch()->set_direction(
             static_cast<v1::Touch::Direction>(99));
       },
       "FIELD", "direction"},
      {"a company of less than nobody",
       [](auto& e) {
         e.mutable_attributes_changed()->mutable_attributes()->set_company_size(
             -1);
       },
       "FIELD", "company_size"},
      {"a role that has a field of its own",
       [](auto& e) {
         (*e.mutable_assigned()->mutable_roles())["manager"] = "mia";
       },
       "FIELD", "manager_id"},
      {"a role without a name",
       [](auto& e) { (*e.mutable_assigned()->mutable_roles())[""] = "mia"; },
       "FIELD", "assigned.roles"},
  }));
  INFO(test.what);
  v1::LeadEvent event = Good();
  event.mutable_assigned()->set_owner_id("anna");
  test.spoil(event);
  const Rejection rejection = Refused(OnActivity(event));
  CHECK(rejection.code == test.code);
  CHECK_THAT(rejection.message, Catch::Contains(test.message));
}

TEST_CASE("An assignment may name who holds other roles") {
  v1::LeadEvent event = Good();
  event.mutable_assigned()->set_team_lead_id("tom");
  (*event.mutable_assigned()->mutable_roles())["operations"] = "ops";
  (*event.mutable_assigned()->mutable_roles())["enrichment"] = "";
  const auto body = std::get<Assigned>(Read(OnActivity(event)).body);
  CHECK(body.holders == RoleHolders{{"enrichment", PersonId()},
                                    {"operations", PersonId("ops")},
                                    {"team_lead", PersonId("tom")}});
}

TEST_CASE("An activity among the created leads is refused") {
  v1::LeadEvent event = Good();
  event.mutable_assigned()->set_owner_id("anna");
  CHECK(Refused(RecordOf(event, LeadInput::kCreated)).code == "FIELD");
}

TEST_CASE("An event may be ahead of its record by the allowed skew") {
  v1::LeadEvent event = Good();
  event.mutable_assigned()->set_owner_id("anna");
  event.set_occurred_at_ms(kMonday + 5 * 60'000 + 3'000);
  Read(OnActivity(event));

  SECTION("and by anything if the record has no timestamp") {
    event.set_occurred_at_ms(kMonday + 24 * 3'600'000);
    InputRecord record = OnActivity(event);
    record.timestamp.reset();
    Read(record);
  }
}

TEST_CASE("Bytes that are no message are refused as such") {
  InputRecord record = OnActivity(Good());
  record.value = "\xff\xff\xff";
  CHECK(Refused(record).code == "DECODE");
  record.headers = {{"content-type", "application/json"}};
  CHECK(Refused(record).code == "DECODE");
  record.headers = {{"content-type", "text/csv"}};
  CHECK(Refused(record).code == "DECODE");
  CHECK_THAT(Refused(record).message, Catch::Contains("text/csv"));
}

TEST_CASE("A heartbeat says up to when its source has sent everything") {
  v1::LeadEvent event = Good();
  event.mutable_heartbeat();
  event.clear_lead_id();
  event.clear_id();
  InputRecord record = OnActivity(event);
  record.key.reset();
  const auto heartbeat = std::get<Heartbeat>(ReadLeadEvent(record, {}));
  CHECK(heartbeat.source == event.source());
  CHECK(heartbeat.at == absl::FromUnixMillis(event.occurred_at_ms()));

  event.clear_source();
  CHECK(Refused(OnActivity(event)).code == "FIELD");
}

TEST_CASE("A record without a value erases its lead, as an event does") {
  v1::LeadEvent event = Good();
  event.mutable_erased();
  InputRecord record = OnActivity(event);
  const Event said = std::get<Event>(ReadLeadEvent(record, {}));
  CHECK(std::holds_alternative<Erased>(said.body));

  record.value.reset();
  record.offset = 17;
  record.timestamp.reset();
  CHECK(Refused(record).code == "TIME");
  record.timestamp = said.occurred_at;
  record.read_at = said.occurred_at;
  const Event tombstone = std::get<Event>(ReadLeadEvent(record, {}));
  CHECK(std::holds_alternative<Erased>(tombstone.body));
  CHECK(tombstone.occurred_at == said.occurred_at);
  CHECK(tombstone.kind == said.kind);
  CHECK(tombstone.ref == EventRef{"tombstone", "1/0/17"});

  record.timestamp = said.occurred_at + absl::Hours(1);
  CHECK(Refused(record).code == "FUTURE");
}

TEST_CASE("A record without a value names its lead as any event does") {
  InputRecord record = OnActivity(Good());
  record.value.reset();
  record.read_at = *record.timestamp;
  for (const char* good :
       {"lead-1", "Zo\xc3\xab", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    record.key = good;
    CHECK(std::holds_alternative<Event>(ReadLeadEvent(record, {})));
  }
  // Cut off, out of place, longer than need be, half of a pair, out of range.
  for (const char* bad :
       {"lead\xb3", "\xe2\x82", "\xc3(", "\xc0\xaf", "\xe0\x80\xaf",
        "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    record.key = bad;
    CHECK(Refused(record).code == "KEY");
  }
  record.key = std::string(300, 'x');
  CHECK(Refused(record).code == "FIELD");
}

TEST_CASE("A record that is too large is refused") {
  v1::LeadEvent event = Good();
  event.mutable_withdrawn()->set_event_id(std::string(70'000, 'x'));
  CHECK(Refused(OnActivity(event)).code == "SIZE");
}

}  // namespace
}  // namespace leadclock
