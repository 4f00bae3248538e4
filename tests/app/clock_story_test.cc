// What a person reads of one clock, and what tools do.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "app/lead/record_lines.h"
#include "app/lead/tell.h"
#include "app/show_json.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

absl::Time At(const std::string& instant) {
  absl::Time time;
  std::string error;
  REQUIRE(absl::ParseTime(absl::RFC3339_full, instant, &time, &error));
  return time;
}

// A line with an event of L1.
std::string Line(const std::string& id, const std::string& happened_at,
                 const std::string& what) {
  return R"({"lead_id":"L1","source":"crm","id":")" + id +
         R"(","occurred_at_ms":)" +
         std::to_string(absl::ToUnixMillis(At(happened_at))) + "," + what +
         "}\n";
}

v1::LeadStory StoryOf(const std::string& policy_text, const std::string& lines,
                      const std::string& at) {
  const absl::StatusOr<Policy> policy = ParsePolicy(policy_text, "policy.yaml");
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() /
      ("leadclock-clock-story-" + std::to_string(::getpid()));
  std::ofstream(path) << lines;
  LeadFile file;
  file.lead_id = "L1";
  WireInputOptions options;
  options.format = WireFormat::kJson;
  const absl::Status status = AddEventsOf(path.string(), options, file);
  std::filesystem::remove(path);
  INFO(status.message());
  REQUIRE(status.ok());
  return TellStory(PolicyBook(*policy), file, At(at));
}

bool Contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

const std::string kCreated = R"("lead_created":{"owner_id":"ann"})";

// In London's summer, so that UTC is another time.
constexpr char kPolicy[] = R"(
version: 7
calendars:
  london:
    zone: Europe/London
    hours: {mon-fri: "09:00-17:30"}
    holidays: [2026-04-03: Good Friday]
    dates: {2026-04-02: "10:00-12:00"}
  ny: {zone: America/New_York, hours: {mon-fri: "09:00-17:00"}}
calendar_for:
  - {when: {market: us}, use: ny}
  - {otherwise: london}
eligible:
  - {when: {flag: [complaint, conflict]}, then: review, reason: flag}
responses:
  call: {direction: outbound, actor: human}
  mail: {direction: outbound, channel: email}
  reply: {direction: inbound}
clocks:
  - {name: assignment, starts: lead_created, stops: assigned, calendar: always,
     target: 2m, at_risk: never}
  - name: first
    starts: [lead_created, reply]
    stops: {call: {channel: another}}
    pauses: on_hold
    target: [{when: {intent: high}, is: 15m}, {otherwise: 4h}]
    at_risk: never
    ladder:
      - {at: 24h wall, do: escalate, to: owner}
      - {at: due - 10m, do: remind, to: owner}
      - {at: 30m, do: remind, to: owner, when: {market: fr}}
      - {at: due, do: breach, to: owner}
  - name: cadence
    starts: lead_created
    stops: [mail]
    attempts: {of: call, at_least: 2, channels: 2, apart: 1h}
    target: 40h
    at_risk: never
  - {name: abroad, starts: lead_created, stops: call, target: 1h,
     when: {market: us}, at_risk: never}
outcomes: [{name: late, on: first.missed}]
)";

std::string Call(const std::string& channel) {
  return R"("touch":{"channel":")" + channel +
         R"(","direction":"OUTBOUND","actor_id":"ann","actor_kind":"HUMAN"})";
}
std::string Attribute(const std::string& name, const std::string& value) {
  return R"("attributes_changed":{"attributes":{")" + name + R"(":")" + value +
         R"("}})";
}
std::string Status(const std::string& status) {
  return R"("status_changed":{"status":")" + status + R"("})";
}

// Missed at once, by e4.
std::string Missed() {
  return Line("e1", "2026-04-01T08:00:00Z", kCreated) +
         Line("e2", "2026-04-01T08:10:00Z", Status("on_hold")) +
         Line("e3", "2026-04-01T08:20:00Z", Status("working")) +
         Line("e4", "2026-04-01T09:20:00Z", Attribute("intent", "high"));
}

TEST_CASE("A clock tells why it was due, and what each change made of that") {
  const std::string story =
      StoryText(StoryOf(kPolicy, Missed(), "2026-04-02T12:00:00Z"));
  CHECK(Contains(story, R"(
Clock assignment: met (times of Europe/London)
  started   Wed 2026-04-01 09:00:00  by crm e1
)"));
  CHECK(Contains(story, R"(
Clock first: missed, and still open (times of Europe/London)
  started   Wed 2026-04-01 09:00:00  by crm e1
  stops on  call on another channel than the touch that started it (outbound, by a human)
  target    4h                       because no other rule holds, calendar london because no other rule holds, from Wed 2026-04-01 09:00:00, due then Wed 2026-04-01 13:00:00
  target    15m                      because intent is high, calendar london because no other rule holds, from Wed 2026-04-01 10:20:00 by crm e4, due then Wed 2026-04-01 10:20:00
  due       Wed 2026-04-01 10:20:00  at once: 1h10m was counted already when the target became 15m, by crm e4

  How its time was counted:
    from                     until                    counted  in all
    Wed 2026-04-01 09:00:00  Wed 2026-04-01 09:10:00  10m      10m
    Wed 2026-04-01 09:10:00  Wed 2026-04-01 09:20:00  -        10m     paused: status on_hold since crm e2; resumed by crm e3
    Wed 2026-04-01 09:20:00  Wed 2026-04-01 10:20:00  1h       1h10m   <- due
    Wed 2026-04-01 10:20:00  Wed 2026-04-01 17:30:00  7h10m    8h20m
    Wed 2026-04-01 17:30:00  Thu 2026-04-02 00:00:00  -        8h20m   closed
    Thu 2026-04-02 00:00:00  Thu 2026-04-02 10:00:00  -        8h20m   closed, other hours: 10:00-12:00 on 2026-04-02
    Thu 2026-04-02 10:00:00  Thu 2026-04-02 12:00:00  2h       10h20m  other hours: 10:00-12:00 on 2026-04-02
    Thu 2026-04-02 12:00:00  Thu 2026-04-02 13:00:00  -        10h20m  closed, other hours: 10:00-12:00 on 2026-04-02

  Its ladder:
    remind_2    after 30m              remind owner    if market is fr  its condition did not hold, Wed 2026-04-01 09:40:00
    remind_1    10m before due         remind owner                     skipped: the clock was due before, Wed 2026-04-01 10:20:00
    breach_1    when due               breach owner                     fired Wed 2026-04-01 10:20:00                               to owner ann
    escalate_1  after 24h on the wall  escalate owner                   fired Thu 2026-04-02 09:00:00                               to owner ann
)"));
  CHECK(Contains(story, R"(
Clocks that did not start:
  abroad  Wed 2026-04-01 09:00:00  by crm e1  it is for others only: market is us

What became of it:
  Wed 2026-04-01 10:20:00  outcome late
)"));
}

TEST_CASE("An answer while nobody can know the due says what was counted") {
  const std::string story = StoryText(
      StoryOf(kPolicy,
              Line("e1", "2026-04-01T08:00:00Z", kCreated) +
                  Line("e2", "2026-04-01T08:10:00Z", Status("on_hold")) +
                  Line("e3", "2026-04-01T08:20:00Z", Call("phone")),
              "2026-04-01T12:00:00Z"));
  CHECK(Contains(story,
                 "answered  Wed 2026-04-01 09:20:00  by crm e3, 10m of 4h "
                 "counted\n"));
}

TEST_CASE("A cadence tells of each touch whether it counted, and why not") {
  const std::string story = StoryText(
      StoryOf(kPolicy,
              Line("e1", "2026-04-01T08:00:00Z", kCreated) +
                  Line("e2", "2026-04-01T08:10:00Z", Call("phone")) +
                  Line("e3", "2026-04-01T08:30:00Z", Call("phone")) +
                  Line("e4", "2026-04-01T08:40:00Z",
                       R"("touch":{"channel":"sms","direction":"INBOUND"})") +
                  Line("e5", "2026-04-01T10:10:00Z", Call("phone")),
              "2026-04-01T12:00:00Z"));
  CHECK(Contains(story, R"(
  Its attempts:
    Wed 2026-04-01 09:10:00  outbound phone by ann, a human [crm e2]  attempt 1 of 2, on 1 of 2 channels
    Wed 2026-04-01 09:30:00  outbound phone by ann, a human [crm e3]  does not count: 20m after crm e2, and two must be at least 1h apart
    Wed 2026-04-01 11:10:00  outbound phone by ann, a human [crm e5]  attempt 2 of 2, on 1 of 2 channels

  What did not answer it, and why:
    Wed 2026-04-01 09:40:00  inbound sms [crm e4]  no mail: inbound, not outbound; on sms, not email - no call: inbound, not outbound; not known to be by a human
)"));
}

TEST_CASE("A lead that is let out says by which rule, and so do its clocks") {
  const std::string story =
      StoryText(StoryOf(kPolicy,
                        Line("e1", "2026-04-01T08:00:00Z", kCreated) +
                            Line("e2", "2026-04-01T08:10:00Z",
                                 R"("flags_changed":{"added":["complaint"]})"),
                        "2026-04-01T12:00:00Z"));
  CHECK(Contains(story,
                 "\nunder review: flag, because flag is complaint or conflict, "
                 "since Wed 2026-04-01 09:10:00 by crm e2\n"));
  CHECK(Contains(story,
                 "ended     Wed 2026-04-01 09:10:00  under review (flag), "
                 "because flag is complaint or conflict, by crm e2\n"));
}

TEST_CASE("A date is told as one, and so is what an absorbed lead brought") {
  const std::string story = StoryText(StoryOf(
      kPolicy,
      Line("e1", "2026-04-01T08:00:00Z",
           R"("lead_created":{"attributes":{"term_ends_ms":1775552700000}})") +
          Line("m", "2026-04-01T08:30:00Z",
               R"("merged":{"absorbed":{"lead_id":"L0","started_at_ms":)" +
                   std::to_string(
                       absl::ToUnixMillis(At("2026-03-31T14:00:00Z"))) +
                   R"(,"first_answered_at_ms":)" +
                   std::to_string(
                       absl::ToUnixMillis(At("2026-03-31T15:00:00Z"))) +
                   "}}"),
      "2026-04-01T12:00:00Z"));
  CHECK(Contains(story, "created: term_ends 2026-04-07 09:05 UTC"));
  CHECK(Contains(story,
                 "takes over the lead L0, begun 2026-03-31 14:00 UTC, first "
                 "answered 2026-03-31 15:00 UTC"));
  CHECK(Contains(story,
                 "started   Tue 2026-03-31 15:00:00  as the lead that crm m "
                 "took over; before that Wed 2026-04-01 09:00:00, by crm e1"));
  CHECK(Contains(story,
                 "by crm m, which brought an answer of Tue 2026-03-31 "
                 "16:00:00, "));
}

TEST_CASE("Tools read lengths as numbers, and events and names by themselves") {
  const std::string json =
      JsonOf(StoryOf(kPolicy, Missed(), "2026-04-03T12:00:00Z"));
  const auto has = [&](const std::string& part) {
    return Contains(json, part);
  };
  CHECK(has(R"("name":"first")"));
  CHECK(has(R"("counted_ms":"37200000")"));
  CHECK(has(R"("due_at_once":{"counted":"1h10m","counted_ms":"4200000",)"
            R"("changed":"target","by":{"source":"crm","id":"e4"}})"));
  CHECK(has(R"({"since":"2026-04-01T09:20:00Z","target":"15m","open_time":"",)"
            R"("rule":"intent is high","calendar":"london",)"
            R"("calendar_rule":"otherwise","by":{"source":"crm","id":"e4"},)"
            R"("due":"2026-04-01T09:20:00Z","length_ms":"900000"})"));
  CHECK(has(R"({"from":"2026-04-01T08:10:00Z","to":"2026-04-01T08:20:00Z",)"
            R"("length":"10m","counted":false,)"
            R"("why":"paused: status on_hold since crm e2; resumed by crm e3",)"
            R"("kind":"paused","name":"on_hold","other_hours":"",)"
            R"("paused_by":{"source":"crm","id":"e2"},)"
            R"("paused_since":"2026-04-01T08:10:00Z",)"
            R"("resumed_by":{"source":"crm","id":"e3"},)"
            R"("length_ms":"600000"})"));
  CHECK(has(R"("kind":"holiday","name":"Good Friday")"));
  CHECK(has(R"("kind":"counted","name":"",)"
            R"("other_hours":"10:00-12:00 on 2026-04-02")"));
  CHECK(has(R"("outcome":"skipped: the clock was due before",)"
            R"("at":"2026-04-01T09:20:00Z")"));
  CHECK(has(R"("not_started":[{"clock":"abroad","at":"2026-04-01T08:00:00Z",)"
            R"("by":{"source":"crm","id":"e1"},"when":"market is us",)"
            R"("policy_version":"7"}])"));
  CHECK(has(R"("outcomes":[{"at":"2026-04-01T09:20:00Z","kind":"outcome",)"
            R"("name":"late","recipients":[]}])"));
}

}  // namespace
}  // namespace leadclock
