// What a person reads who doubts a breach.
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "app/lead/record_lines.h"
#include "app/lead/tell.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

const Policy& ThePolicy() {
  static const Policy* const policy = new Policy(*ParsePolicy(
      R"(
version: 7
calendars:
  london:
    zone: Europe/London
    hours: {mon-fri: "09:00-17:30", sat: "09:00-12:00"}
    holidays: [2026-04-03: Good Friday, 2026-04-06: Easter Monday]
    dates: {2026-04-07: "10:00-12:00"}
calendar_for: [{otherwise: london}]
eligible:
  - {when: {consent: withdrawn}, then: stop, reason: consent}
responses:
  call: {channel: phone, by: owner}
clocks:
  - name: first
    starts: lead_created
    stops: call
    pauses: on_hold
    target:
      - {when: {intent: high}, is: 15m}
      - {otherwise: 4h}
    ladder:
      - {at: 10m, do: remind, to: owner}
      - {at: due, do: breach, to: owner}
      - {at: due + 5m, do: escalate, to: manager, when: {market: uk}}
      - {at: due + 3h, do: reassign, to: backup}
)",
      "policy.yaml"));
  return *policy;
}

// Records of the lead L1 in a file, one to a line.
class RecordFile {
 public:
  explicit RecordFile(const std::string& lines)
      : path_(std::filesystem::temp_directory_path() /
              ("leadclock-lead-story-" + std::to_string(::getpid()))) {
    std::ofstream(path_) << lines;
  }
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;
  ~RecordFile() { std::filesystem::remove(path_); }

  absl::StatusOr<LeadFile> Events() const {
    LeadFile file;
    file.lead_id = "L1";
    WireInputOptions options;
    options.format = WireFormat::kJson;
    const absl::Status status = AddEventsOf(path_.string(), options, file);
    if (!status.ok()) return status;
    return file;
  }
  std::string path() const { return path_.string(); }

 private:
  const std::filesystem::path path_;
};

std::string Millis(const std::string& instant) {
  absl::Time time;
  std::string error;
  REQUIRE(absl::ParseTime(absl::RFC3339_full, instant, &time, &error));
  return std::to_string(absl::ToUnixMillis(time));
}

absl::Time At(const std::string& instant) {
  absl::Time time;
  std::string error;
  REQUIRE(absl::ParseTime(absl::RFC3339_full, instant, &time, &error));
  return time;
}

// A line with an event of L1, as a message by itself.
std::string Line(const std::string& id, const std::string& happened_at,
                 const std::string& what) {
  return R"({"lead_id":"L1","source":"crm","id":")" + id +
         R"(","occurred_at_ms":)" + Millis(happened_at) + "," + what + "}\n";
}

const std::string kCreated =
    R"("lead_created":{"attributes":{"intent":"high","market":"fr"},)"
    R"("owner_id":"ann","manager_id":"mia"})";

std::string StoryOf(const std::string& lines, const std::string& at) {
  const RecordFile records(lines);
  const absl::StatusOr<LeadFile> file = records.Events();
  INFO(file.status().message());
  REQUIRE(file.ok());
  return StoryText(TellStory(PolicyBook(ThePolicy()), *file, At(at)));
}

TEST_CASE("A story says how each minute of a clock was counted, or why not") {
  CHECK(
      StoryOf(Line("e1", "2026-04-02T16:20:00Z", kCreated) +
                  Line("e2", "2026-04-04T08:02:00Z",
                       R"("status_changed":{"status":"on_hold"})") +
                  Line("e3", "2026-04-04T08:10:00Z",
                       R"("status_changed":{"status":"working"})") +
                  Line("e4", "2026-04-07T09:05:00Z",
                       R"("logged_at_ms":)" + Millis("2026-04-07T11:00:00Z") +
                           R"(,"touch":{"channel":"phone",)"
                           R"("actor_id":"ann","actor_kind":"HUMAN"})"),
              "2026-04-07T12:00:00Z") ==
      R"(Lead L1 as of Tue 2026-04-07 13:00:00 (Europe/London, UTC+01:00), by policy version 7
eligible

What happened, in the order in which it counts:
  Thu 2026-04-02 17:20:00                                  created: market fr, intent high, owner ann, manager mia  [crm e1]
  Sat 2026-04-04 09:02:00                                  status on_hold                                           [crm e2]
  Sat 2026-04-04 09:10:00                                  status working                                           [crm e3]
  Tue 2026-04-07 10:05:00  logged Tue 2026-04-07 12:00:00  phone by ann, a human                                    [crm e4]

Clock first: missed (times of Europe/London)
  started   Thu 2026-04-02 17:20:00  by crm e1
  stops on  call (by the owner, on phone)
  target    15m                      because intent is high, calendar london
  due       Sat 2026-04-04 09:13:00
  answered  Tue 2026-04-07 10:05:00  by crm e4, 2h52m of counted time after due, 72h52m on the wall

  How its time was counted:
    from                     until                    counted  in all
    Thu 2026-04-02 17:20:00  Thu 2026-04-02 17:30:00  10m      10m
    Thu 2026-04-02 17:30:00  Fri 2026-04-03 00:00:00  -        10m     closed
    Fri 2026-04-03 00:00:00  Sat 2026-04-04 00:00:00  -        10m     closed, Good Friday
    Sat 2026-04-04 00:00:00  Sat 2026-04-04 09:00:00  -        10m     closed
    Sat 2026-04-04 09:00:00  Sat 2026-04-04 09:02:00  2m       12m
    Sat 2026-04-04 09:02:00  Sat 2026-04-04 09:10:00  -        12m     paused: status on_hold since crm e2; resumed by crm e3
    Sat 2026-04-04 09:10:00  Sat 2026-04-04 09:13:00  3m       15m     <- due
    Sat 2026-04-04 09:13:00  Sat 2026-04-04 12:00:00  2h47m    3h2m
    Sat 2026-04-04 12:00:00  Mon 2026-04-06 00:00:00  -        3h2m    closed
    Mon 2026-04-06 00:00:00  Tue 2026-04-07 00:00:00  -        3h2m    closed, Easter Monday
    Tue 2026-04-07 00:00:00  Tue 2026-04-07 10:00:00  -        3h2m    closed, other hours: 10:00-12:00 on 2026-04-07
    Tue 2026-04-07 10:00:00  Tue 2026-04-07 10:05:00  5m       3h7m    other hours: 10:00-12:00 on 2026-04-07

  Its ladder:
    remind_1    after 10m             remind owner                       fired Thu 2026-04-02 17:30:00                        to owner ann
    at_risk     at 80% of the target  warn owner                         fired Sat 2026-04-04 09:02:00                        to owner ann
    breach_1    when due              breach owner                       fired Sat 2026-04-04 09:13:00                        to owner ann
    escalate_1  5m after due          escalate manager  if market is uk  its condition did not hold, Sat 2026-04-04 09:18:00
    reassign_1  3h after due          reassign backup                    not reached: the clock ended before
)");
}

const std::string kCall =
    R"("touch":{"channel":"phone","actor_id":"ann","actor_kind":"HUMAN"})";

bool Contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

TEST_CASE("What lies ahead is foretold") {
  const std::string story =
      StoryOf(Line("e1", "2026-04-02T16:20:00Z", kCreated) +
                  Line("e2", "2026-04-07T09:05:00Z", kCall),
              "2026-04-04T08:00:00Z");
  CHECK(Contains(story, "Clock first: running"));
  CHECK(Contains(story,
                 "phone by ann, a human                                    "
                 "[crm e2] (lies ahead)"));
  CHECK(Contains(story,
                 "due       Sat 2026-04-04 09:05:00  if nothing changes it "
                 "until then"));
  CHECK(Contains(story,
                 "breach owner                       ahead Sat "
                 "2026-04-04 09:05:00"));
}

TEST_CASE("A target that another one followed says since when each held") {
  const std::string story = StoryOf(
      Line("e1", "2026-04-02T09:00:00Z",
           R"("lead_created":{"owner_id":"ann"})") +
          Line("e2", "2026-04-02T09:30:00Z",
               R"("attributes_changed":{"attributes":{"intent":"high"}})"),
      "2026-04-02T10:00:00Z");
  CHECK(Contains(story,
                 "target    4h                       because no other rule "
                 "holds, calendar london, from Thu 2026-04-02 10:00:00, due "
                 "then Thu 2026-04-02 14:00:00\n"));
  CHECK(Contains(story,
                 "target    15m                      because intent is high, "
                 "calendar london, from Thu 2026-04-02 10:30:00 by crm e2, "
                 "due then Thu 2026-04-02 10:30:00\n"));
  // Half an hour was counted by then.
  CHECK(Contains(story, "due       Thu 2026-04-02 10:30:00"));
}

TEST_CASE("What is not taken stands there with the reason") {
  const std::string story =
      StoryOf(Line("e1", "2026-04-02T09:00:00Z", kCreated) +
                  Line("e2", "2026-04-02T09:05:00Z", kCall) +
                  Line("e3", "2026-04-02T09:06:00Z",
                       R"("withdrawn":{"event_id":"e2"})") +
                  R"({"topic":"leads.activity","key":"L1","payload":)"
                  R"("{\"lead_id\":\"L1\",\"source\":\"crm\",)"
                  R"(\"id\":\"e4\",\"touch\":{}}"})"
                  "\n"
                  R"({"topic":"leads.activity","key":"L2","payload":)"
                  R"("{\"lead_id\":\"L2\",\"id\":\"e5\"}"})"
                  "\n",
              "2026-04-02T09:07:00Z");
  CHECK(Contains(story, "[crm e2] (withdrawn by crm e3)"));
  CHECK(Contains(story, "withdraws crm e2"));
  CHECK(Contains(story,
                 "[crm e4] (does not count, it is in quarantine: FIELD, "
                 "occurred_at_ms is missing)"));
  CHECK_FALSE(Contains(story, "e5"));
}

TEST_CASE("A stop by the policy ends the clock with its reason") {
  const std::string story =
      StoryOf(Line("e1", "2026-04-02T09:00:00Z", kCreated) +
                  Line("e2", "2026-04-02T09:05:00Z",
                       R"("consent_changed":{"consent":"withdrawn"})"),
              "2026-04-02T12:00:00Z");
  CHECK(Contains(story,
                 "stopped: consent, because consent is withdrawn, since "
                 "Thu 2026-04-02 10:05:00 by crm e2\n"));
  CHECK(Contains(story,
                 "ended     Thu 2026-04-02 10:05:00  stopped (consent), "
                 "because consent is withdrawn, by crm e2"));
}

TEST_CASE("Records may come as kcat prints them") {
  const RecordFile records(
      R"({"topic":"leads.created","ts":1775120400000,"key":"L1",)"
      R"("headers":["content-type","application/json"],"payload":)"
      R"("{\"lead_id\":\"L1\",\"source\":\"crm\",\"id\":\"e1\",)"
      R"(\"occurred_at_ms\":1775120400000,\"lead_created\":{}}"})"
      "\n\n");
  const absl::StatusOr<LeadFile> file = records.Events();
  REQUIRE(file.ok());
  REQUIRE(file->events.size() == 1);
  CHECK(file->events[0].event.ref.id == "e1");
  CHECK(file->events[0].logged_at == At("2026-04-02T09:00:00Z"));
}

TEST_CASE("A line that is no record is named") {
  const RecordFile no_json("\nabc\n");
  CHECK(std::string(no_json.Events().status().message())
            .rfind(no_json.path() + ":2: is not a JSON object: ", 0) == 0);
  const RecordFile no_record("{}\n");
  CHECK(std::string(no_record.Events().status().message()) ==
        no_record.path() +
            ":1: has neither 'lead_id', as a message has, nor 'payload', as "
            "what kcat -J prints");
}

TEST_CASE("A line that is no event is named, with what is wrong with it") {
  const std::string what = GENERATE(
      R"("tuch":{"channel":"phone"})", R"("touch":{"actor":"ann"})",
      R"("touch":{"direction":"outbound"})", R"("touch":{"meaningful":yes})");
  INFO(what);
  const RecordFile file(Line("e1", "2026-04-02T09:00:00Z", kCreated) +
                        Line("e2", "2026-04-02T09:05:00Z", what));
  const std::string error(file.Events().status().message());
  INFO(error);
  CHECK(error.rfind(file.path() + ":2: ", 0) == 0);
  CHECK(!Contains(error, "\n"));
  CHECK(Contains(error, "is not"));
}

TEST_CASE("What stood on a topic and is no event was quarantined") {
  const std::string story =
      StoryOf(R"({"topic":"leads.activity","ts":1775120400000,"key":"L1",)"
              R"("headers":["content-type","application/json"],"payload":)"
              R"("{\"lead_id\":\"L1\",\"tuch\":{}}"})"
              "\n",
              "2026-04-02T12:00:00Z");
  CHECK(Contains(story, "does not count, it is in quarantine: DECODE"));
}

TEST_CASE("What was said stands below, with what it takes back") {
  LeadFile file;
  file.lead_id = "L1";
  const auto say = [&](int64_t number, v1::SlaEvent::Kind kind,
                       v1::SlaEvent::Form form, const std::string& corrects) {
    v1::SlaEvent event;
    event.set_lead_id("L1");
    event.set_lead_seq(number);
    event.set_id("id" + std::to_string(number));
    event.set_kind(kind);
    event.set_form(form);
    event.set_clock("first");
    event.set_rung("breach_1");
    event.set_corrects(corrects);
    event.set_notify(number == 1);
    event.set_at_ms(absl::ToUnixMillis(At("2026-04-02T09:15:00Z")));
    event.set_emitted_at_ms(absl::ToUnixMillis(At("2026-04-02T09:15:05Z")));
    AddOutput(event.SerializeAsString(), {}, WireFormat::kProtobuf, file);
  };
  say(2, v1::SlaEvent::BREACH, v1::SlaEvent::RETRACTED, "id1");
  say(1, v1::SlaEvent::BREACH, v1::SlaEvent::SAID, "");
  const std::string story = StoryText(
      TellStory(PolicyBook(ThePolicy()), file, At("2026-04-02T10:00:00Z")));
  CHECK(story ==
        R"(Lead L1 as of Thu 2026-04-02 10:00:00 (UTC), by policy version 7
its history is no longer on record

What Leadclock said of it:
  1  first breach_1  breach            of Thu 2026-04-02 09:15:00  said Thu 2026-04-02 09:15:05
  2  first breach_1  breach retracted  of Thu 2026-04-02 09:15:00  said Thu 2026-04-02 09:15:05  takes back 1; recorded, nobody told
)");
}

std::string AssignedTo(const std::string& owner) {
  return R"("assigned":{"owner_id":")" + owner + R"("})";
}

TEST_CASE("But I called: why each touch did not answer the clock") {
  const std::string story = StoryOf(
      Line("e1", "2026-04-02T09:00:00Z", kCreated) +
          Line("e2", "2026-04-02T09:05:00Z",
               R"("touch":{"channel":"phone","actor_id":"ben"})") +
          Line("e3", "2026-04-02T09:06:00Z",
               R"("touch":{"channel":"email",)"
               R"("actor_kind":"AUTOMATION"})") +
          Line("e4", "2026-04-02T09:07:00Z", kCall) +
          // Nobody asks any more.
          Line("e5", "2026-04-02T09:08:00Z", R"("touch":{"channel":"chat"})"),
      "2026-04-02T10:00:00Z");
  CHECK(Contains(story, R"(
  What did not answer it, and why:
    Thu 2026-04-02 10:05:00  phone by ben [crm e2]         by ben, who was not the owner (ann)
    Thu 2026-04-02 10:06:00  email by automation [crm e3]  nobody knows who did it; on email, not phone
)"));
  CHECK(Contains(story,
                 "answered  Thu 2026-04-02 10:07:00  by crm e4, 8m "
                 "before due"));
}

// What a touch is asked for that may stop this clock.
std::string WhyNot(const std::string& response, const std::string& touch) {
  const absl::StatusOr<Policy> policy = ParsePolicy(
      "version: 1\nresponses: {answer: {" + response +
          "}}\nclocks: [{name: first, starts: [lead_created], stops: answer, "
          "target: 1h}]",
      "policy.yaml");
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  const RecordFile records(
      Line("e1", "2026-04-02T09:00:00Z", kCreated) +
      Line("e2", "2026-04-02T09:05:00Z", "\"touch\":{" + touch + "}"));
  const v1::LeadStory story = TellStory(PolicyBook(*policy), *records.Events(),
                                        At("2026-04-02T10:00:00Z"));
  REQUIRE(story.clocks(0).uncounted_touches_size() == 1);
  return story.clocks(0).uncounted_touches(0).why();
}

TEST_CASE("Each test that a touch fails is named in words") {
  CHECK(WhyNot("actor: human", R"("actor_kind":"AUTOMATION")") ==
        "by automation, not a human");
  CHECK(WhyNot("actor: human", "") == "not known to be by a human");
  CHECK(WhyNot("direction: outbound", R"("direction":"INBOUND")") ==
        "inbound, not outbound");
  CHECK(WhyNot("direction: outbound", "") ==
        "of no known direction, not outbound");
  CHECK(WhyNot("by: [owner, backup, manager]", R"("actor_id":"ben")") ==
        "by ben, who was neither owner (ann), backup (nobody) nor manager "
        "(mia)");
  CHECK(WhyNot("meaningful: true", "") == "not judged meaningful");
  CHECK(WhyNot("meaningful: true", R"("meaningful":false)") ==
        "not meaningful, but it must be");
  CHECK(WhyNot("personalized: true", "") == "not judged personalized");
  CHECK(WhyNot("reply_path: true", "") ==
        "not judged whether a reply reaches anyone");
  CHECK(WhyNot("channel: phone", "") == "on no known channel, not phone");
}

TEST_CASE("Who is told stands at each rung, and who took whose place") {
  const std::string story = StoryOf(
      Line("e1", "2026-04-02T09:00:00Z",
           R"("lead_created":{"attributes":{"intent":"high","market":"uk"},)"
           R"("manager_id":"mia"})"),
      "2026-04-02T13:00:00Z");
  CHECK(Contains(story,
                 "fired Thu 2026-04-02 10:15:00  to manager mia, for "
                 "nobody is owner\n"));
  CHECK(Contains(story, "fired Thu 2026-04-02 10:20:00  to manager mia\n"));
  const std::string nobody =
      StoryOf(Line("e1", "2026-04-02T09:00:00Z", R"("lead_created":{})"),
              "2026-04-02T14:00:00Z");
  CHECK(Contains(nobody, "to nobody: nobody is owner\n"));

  const RecordFile records(Line("e1", "2026-04-02T09:00:00Z", kCreated));
  const v1::LeadStory json = TellStory(
      PolicyBook(ThePolicy()), *records.Events(), At("2026-04-02T10:00:00Z"));
  REQUIRE(json.clocks(0).rungs(0).recipients_size() == 1);
  CHECK(json.clocks(0).rungs(0).recipients(0).role() == "owner");
  CHECK(json.clocks(0).rungs(0).recipients(0).id() == "ann");
}

TEST_CASE("What no clock asks about is named by what it is") {
  const std::string story = StoryOf(
      Line("e1", "2026-04-02T09:00:00Z", kCreated) +
          Line("e2", "2026-04-02T09:01:00Z",
               R"("meeting_booked":{"purpose":"discovery","starts_at_ms":)" +
                   Millis("2026-04-03T09:00:00Z") + "}") +
          Line("e3", "2026-04-02T09:02:00Z",
               R"("milestone":{"name":"first_value"})") +
          Line("e4", "2026-04-02T09:03:00Z",
               R"("breach_explained":{"clock":"first","reason":"ill",)"
               R"("actor_id":"ann"})") +
          Line("e5", "2026-04-02T09:04:00Z",
               R"("contact_broken":{"channel":"phone"})") +
          Line("e6", "2026-04-02T09:05:00Z",
               R"("meeting_held":{"no_show":true})"),
      "2026-04-02T10:00:00Z");
  CHECK(Contains(story, "meeting booked (discovery) for 2026-04-03 09:00 UTC"));
  CHECK(Contains(story, "milestone first_value"));
  CHECK(Contains(story, "breach of first explained by ann: ill"));
  CHECK(Contains(story, "cannot be reached on phone"));
  CHECK(Contains(story, "meeting to which the lead did not come"));
}

v1::SlaEvent Spoken(int64_t number, v1::SlaEvent::Form form,
                    const std::string& owner) {
  v1::SlaEvent event;
  event.set_lead_id("L1");
  event.set_lead_seq(number);
  event.set_id("id" + std::to_string(number));
  event.set_kind(v1::SlaEvent::BREACH);
  event.set_form(form);
  event.set_clock("first");
  event.set_rung("breach_1");
  if (form != v1::SlaEvent::SAID) event.set_corrects("id1");
  event.set_notify(true);
  event.set_owner_id(owner);
  v1::SlaEvent::Recipient& to = *event.add_recipients();
  to.set_role("owner");
  to.set_id(owner);
  event.set_at_ms(absl::ToUnixMillis(At("2026-04-02T09:15:00Z")));
  event.set_emitted_at_ms(absl::ToUnixMillis(At("2026-04-02T09:15:05Z")));
  return event;
}

TEST_CASE("A correction says what it mends, and a retraction because of what") {
  const RecordFile records(
      Line("e1", "2026-04-02T09:00:00Z", kCreated) +
      Line("e2", "2026-04-02T09:05:00Z", AssignedTo("cat")) +
      Line("e3", "2026-04-02T09:06:00Z",
           R"("touch":{"channel":"phone",)"
           R"("actor_id":"cat"})"));
  LeadFile file = *records.Events();
  file.said = {Spoken(1, v1::SlaEvent::SAID, "ann"),
               Spoken(2, v1::SlaEvent::CORRECTED, "cat"),
               Spoken(3, v1::SlaEvent::RETRACTED, "cat")};
  const std::string story = StoryText(
      TellStory(PolicyBook(ThePolicy()), file, At("2026-04-02T10:00:00Z")));
  CHECK(Contains(story, "said Thu 2026-04-02 10:15:05  to owner ann\n"));
  CHECK(Contains(story,
                 "breach corrected  of Thu 2026-04-02 10:15:00  said "
                 "Thu 2026-04-02 10:15:05  mends 1: owner cat, was "
                 "ann; to owner cat, was owner ann\n"));
  CHECK(Contains(story,
                 "breach retracted  of Thu 2026-04-02 10:15:00  said "
                 "Thu 2026-04-02 10:15:05  takes back 1 because of crm "
                 "e3: phone by cat\n"));
}

PolicyBook Carrying() {
  const std::string clock =
      "responses: {touch: {actor: human}}\n"
      "clocks: [{name: a, starts: lead_created, stops: touch, at_risk: never,";
  std::vector<Policy> versions = {
      *ParsePolicy("version: 1\n" + clock +
                       "target: 2h, ladder: [{at: due, do: breach, to: "
                       "owner}]}]",
                   "a.yaml"),
      *ParsePolicy("version: 2\neffective: 2026-04-02T09:30:00Z\n"
                   "open_clocks: carry\n" +
                       clock +
                       "target: 1h, ladder: [{at: due, do: breach, to: "
                       "owner}]}]",
                   "b.yaml")};
  return *PolicyBook::Create(std::move(versions));
}

TEST_CASE("A version that lies ahead is named, and what it will do") {
  const RecordFile records(Line("e1", "2026-04-02T09:00:00Z", kCreated));
  const std::string story = StoryText(
      TellStory(Carrying(), *records.Events(), At("2026-04-02T09:10:00Z")));
  CHECK(Contains(story, "due       Thu 2026-04-02 10:00:00  if nothing"));
  CHECK(Contains(story,
                 "goes to   policy version 2         at Thu 2026-04-02 "
                 "09:30:00, due then Thu 2026-04-02 10:00:00\n"));
  CHECK(Contains(story,
                 "ahead Thu 2026-04-02 10:00:00  to owner ann, by "
                 "policy version 2\n"));
}

TEST_CASE("A changed due says from when to when") {
  const RecordFile records(Line("e1", "2026-04-02T09:00:00Z", kCreated));
  LeadFile file = *records.Events();
  v1::SlaEvent changed = Spoken(1, v1::SlaEvent::SAID, "ann");
  changed.set_kind(v1::SlaEvent::DUE_CHANGED);
  changed.set_clock("a");
  changed.set_cycle(1);
  changed.set_rung("due_changed");
  changed.clear_recipients();
  changed.set_at_ms(absl::ToUnixMillis(At("2026-04-02T09:30:00Z")));
  changed.set_due_ms(absl::ToUnixMillis(At("2026-04-02T10:00:00Z")));
  file.said = {changed};
  const std::string story =
      StoryText(TellStory(Carrying(), file, At("2026-04-02T09:40:00Z")));
  CHECK(Contains(story,
                 "due Thu 2026-04-02 10:00:00, was Thu 2026-04-02 "
                 "11:00:00\n"));
}

TEST_CASE("A paused clock says that nobody can know its due") {
  const std::string story =
      StoryOf(Line("e1", "2026-04-02T09:00:00Z", kCreated) +
                  Line("e2", "2026-04-02T09:05:00Z",
                       R"("status_changed":{"status":"on_hold"})"),
              "2026-04-02T10:00:00Z");
  CHECK(Contains(story,
                 "due       cannot be known while it is paused; 5m "
                 "counted so far\n"));
  CHECK(Contains(story, "breach owner                       waits\n"));
  CHECK(Contains(story, "if market is uk  its condition does not hold now\n"));
}

v1::LeadStory Unanswered() {
  const RecordFile records(
      Line("e1", "2026-04-02T09:00:00Z", kCreated) +
      Line("e2", "2026-08-05T10:00:00Z",
           R"("attributes_changed":{"attributes":{"market":"uk"}})"));
  return TellStory(PolicyBook(ThePolicy()), *records.Events(),
                   At("2026-12-01T12:00:00Z"));
}

TEST_CASE(
    "What lies long past due is told in one line, but not what happened") {
  const std::string story =
      StoryText(Unanswered(), {.how_to_see_all = "--all shows them"});
  CHECK(Contains(
      story,
      "    Thu 2026-04-02 10:15:00  Thu 2026-04-02 17:30:00  7h15m    7h30m\n"
      "    Thu 2026-04-02 17:30:00  Wed 2026-08-05 09:00:00  778h30m  786h     "
      "... 4 months more, in 214 parts; --all shows them\n"
      "    Wed 2026-08-05 09:00:00  Wed 2026-08-05 17:30:00  8h30m    "
      "794h30m\n"));
  CHECK(Contains(story, "... 3 months more, in "));
  CHECK(std::count(story.begin(), story.end(), '\n') < 40);
}

TEST_CASE("All of it is told if that is asked for") {
  const v1::LeadStory all = Unanswered();
  const std::string story = StoryText(all, {.all = true});
  CHECK(!Contains(story, "more, in"));
  CHECK(std::count(story.begin(), story.end(), '\n') >
        all.clocks(0).stretches_size());
  CHECK(all.clocks(0).stretches_size() > 400);
}

TEST_CASE("A story may be told in the time of another place") {
  const RecordFile records(Line("e1", "2026-04-02T09:00:00Z", kCreated));
  absl::TimeZone new_york;
  REQUIRE(absl::LoadTimeZone("America/New_York", &new_york));
  const std::string story =
      StoryText(TellStory(PolicyBook(ThePolicy()), *records.Events(),
                          At("2026-04-02T09:10:00Z")),
                {.zone = new_york});
  CHECK(Contains(
      story, "as of Thu 2026-04-02 05:10:00 (America/New_York, UTC-04:00)"));
  CHECK(Contains(story, "(times of America/New_York)"));
  CHECK(Contains(story, "due       Thu 2026-04-02 05:15:00"));
}

}  // namespace
}  // namespace leadclock
