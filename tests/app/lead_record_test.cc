// What a story tells of its records: when they became known, what of them does
// not stand, and what was said in between.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "app/lead/lead_file.h"
#include "app/lead/record_lines.h"
#include "app/lead/tell.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

PolicyBook ThePolicies() {
  const auto policy = ParsePolicy(R"(
version: 1
calendars: {london: {zone: Europe/London, hours: {mon-sun: "00:00-24:00"}}}
calendar_for: [{otherwise: london}]
responses: {call: {channel: phone, by: owner}}
clocks:
  - {name: first, starts: lead_created, stops: call, target: 15m,
     at_risk: never, ladder: [{at: due, do: breach, to: owner}]}
)",
                                  "policy.yaml");
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  return PolicyBook(*policy);
}

absl::Time At(const std::string& instant) {
  absl::Time time;
  std::string error;
  REQUIRE(absl::ParseTime(absl::RFC3339_full, instant, &time, &error));
  return time;
}

std::string Millis(const std::string& instant) {
  return std::to_string(absl::ToUnixMillis(At(instant)));
}

const std::string kCreated = R"("lead_created":{"owner_id":"ann"})";
const std::string kCall =
    R"("touch":{"channel":"phone","actor_id":"ann","actor_kind":"HUMAN"})";

std::string Withdraws(const std::string& id, const std::string& reason) {
  return R"("withdrawn":{"event_id":")" + id + R"(","reason":")" + reason +
         R"("})";
}

// The lead's records, as a topic has them.
class Records {
 public:
  Records() { file_.lead_id = "L1"; }

  // `more`: the event itself, and what else its message says.
  Records& Add(const std::string& id, const std::string& happened_at,
               const std::string& more,
               const std::optional<std::string>& recorded_at = {}) {
    InputRecord record;
    record.input = more.find("lead_created") == std::string::npos ? 1 : 0;
    record.key = "L1";
    record.value = R"({"lead_id":"L1","source":"crm","id":")" + id +
                   R"(","occurred_at_ms":)" + Millis(happened_at) + "," + more +
                   "}";
    if (recorded_at) record.timestamp = At(*recorded_at);
    record.read_at = absl::InfiniteFuture();
    WireInputOptions options;
    options.format = WireFormat::kJson;
    const size_t before = file_.events.size();
    AddInput(record, options, file_);
    REQUIRE(file_.events.size() == before + 1);
    return *this;
  }

  Records& Say(int64_t number, v1::SlaEvent::Kind kind, const std::string& rung,
               const std::string& at, const std::string& said_at,
               int64_t takes_back = 0) {
    v1::SlaEvent event;
    event.set_lead_id("L1");
    event.set_lead_seq(number);
    event.set_id("s" + std::to_string(number));
    event.set_kind(kind);
    event.set_form(takes_back == 0 ? v1::SlaEvent::SAID
                                   : v1::SlaEvent::RETRACTED);
    if (takes_back != 0) {
      event.set_corrects("s" + std::to_string(takes_back));
    }
    event.set_clock("first");
    event.set_cycle(1);
    event.set_rung(rung);
    event.set_at_ms(absl::ToUnixMillis(At(at)));
    event.set_emitted_at_ms(absl::ToUnixMillis(At(said_at)));
    file_.said.push_back(std::move(event));
    return *this;
  }

  const LeadFile& file() const { return file_; }

 private:
  LeadFile file_;
};

v1::LeadStory StoryOf(const Records& records, const std::string& as_of) {
  return TellStory(ThePolicies(), records.file(), At(as_of));
}

v1::LeadStory KnownStoryOf(const Records& records,
                           const std::string& known_at) {
  return TellStory(ThePolicies(), records.file(), At(known_at),
                   {.known_at = At(known_at)});
}

std::string TextOf(const v1::LeadStory& story) {
  return StoryText(story, {.how_to_see_known = "so and so"});
}

bool Contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

// A call of 09:04 that reached the topic at 11:00: until then the lead was
// known to be missed, and that was said.
Records LateCall() {
  Records records;
  records.Add("e1", "2026-03-02T09:00:00Z", kCreated, "2026-03-02T09:00:01Z")
      .Add("e2", "2026-03-02T09:04:00Z",
           R"("logged_at_ms":)" + Millis("2026-03-02T09:04:30Z") + "," + kCall,
           "2026-03-02T11:00:00Z")
      .Say(1, v1::SlaEvent::MISSED, "missed", "2026-03-02T09:15:00Z",
           "2026-03-02T09:15:05Z")
      .Say(2, v1::SlaEvent::MISSED, "missed", "2026-03-02T09:15:00Z",
           "2026-03-02T11:00:05Z", 1)
      .Say(3, v1::SlaEvent::MET, "met", "2026-03-02T09:04:00Z",
           "2026-03-02T11:00:05Z");
  return records;
}

TEST_CASE("By what was known then, a lead was missed whose call came later") {
  const v1::LeadStory story = KnownStoryOf(LateCall(), "2026-03-02T10:30:00Z");
  CHECK(story.known_at() == "2026-03-02T10:30:00Z");
  CHECK(story.clocks(0).verdict() == "missed");
  CHECK(story.events_size() == 1);
  CHECK(story.said_size() == 1);
  CHECK(Contains(TextOf(story), "\nby what was known then\n"));

  const v1::LeadStory later = KnownStoryOf(LateCall(), "2026-03-02T11:00:05Z");
  CHECK(later.clocks(0).verdict() == "met");
  CHECK(later.said_size() == 3);
}

TEST_CASE("A story as of then says what became known only later") {
  const std::string story = TextOf(StoryOf(LateCall(), "2026-03-02T10:30:00Z"));
  CHECK(Contains(story,
                 "\nby all that is known now, also what became known after "
                 "then; so and so\n"));
  CHECK(Contains(story, "[crm e2] (not known by then)"));
  CHECK(Contains(
      story,
      "\nWhat Leadclock said of it:\n"
      "  1  first missed  missed  of Mon 2026-03-02 09:15:00  said Mon "
      "2026-03-02 09:15:05  recorded, nobody told\n"
      "\nSaid after then:\n"
      "  2  first missed  missed retracted  "));
  // Nothing came later than now.
  const std::string now = TextOf(StoryOf(LateCall(), "2026-03-02T12:00:00Z"));
  CHECK_FALSE(Contains(now, "known"));
  CHECK_FALSE(Contains(now, "after then"));
}

TEST_CASE("What was not known of a withdrawal had not been withdrawn") {
  Records records;
  records.Add("e1", "2026-03-02T09:00:00Z", kCreated)
      .Add("e2", "2026-03-02T09:04:00Z", kCall)
      .Add("w1", "2026-03-02T12:00:00Z", Withdraws("e2", "wrong lead"));
  const v1::LeadStory known = KnownStoryOf(records, "2026-03-02T10:30:00Z");
  CHECK(known.clocks(0).verdict() == "met");
  CHECK(known.events_size() == 2);

  const v1::LeadStory today = StoryOf(records, "2026-03-02T10:30:00Z");
  CHECK(today.clocks(0).verdict() == "missed");
  CHECK(today.events(2).what() == "withdraws crm e2: wrong lead");
  CHECK(today.events(2).note() ==
        "what it withdraws never counts; not known by then");
}

TEST_CASE("A record without a timestamp was known when its source logged it") {
  Records records;
  records.Add("e1", "2026-03-02T09:00:00Z", kCreated)
      .Add("e2", "2026-03-02T09:04:00Z",
           R"("logged_at_ms":)" + Millis("2026-03-02T11:00:00Z") + "," + kCall);
  CHECK(KnownStoryOf(records, "2026-03-02T10:59:59Z").events_size() == 1);
  CHECK(KnownStoryOf(records, "2026-03-02T11:00:00Z").events_size() == 2);
}

TEST_CASE("When a record reached the topic stands beside when it was logged") {
  const v1::LeadStory story = StoryOf(LateCall(), "2026-03-02T12:00:00Z");
  CHECK(story.events(1).logged_at() == "2026-03-02T09:04:30Z");
  CHECK(story.events(1).recorded_at() == "2026-03-02T11:00:00Z");
  CHECK(story.events(1).kind() == "touch");
  CHECK(Contains(TextOf(story),
                 "  Mon 2026-03-02 09:04:00  logged Mon 2026-03-02 09:04:30, "
                 "reached the topic Mon 2026-03-02 11:00:00  phone by ann"));
  // A second is nothing.
  CHECK(Contains(TextOf(story),
                 "  Mon 2026-03-02 09:00:00  logged Mon 2026-03-02 09:00:01   "
                 " "));
}

TEST_CASE("A clock says first what was said of its end, and taken back") {
  CHECK(Contains(TextOf(StoryOf(LateCall(), "2026-03-02T12:00:00Z")),
                 "\n  said      Mon 2026-03-02 09:15:05  missed, taken back "
                 "Mon 2026-03-02 11:00:05 because of crm e2: phone by ann, a "
                 "human\n"
                 "  said      Mon 2026-03-02 11:00:05  met\n"));
  // Of ten o'clock, by all that is known now, it was met, and nobody said so.
  const std::string earlier =
      TextOf(StoryOf(LateCall(), "2026-03-02T10:00:00Z"));
  CHECK(Contains(earlier, "missed, taken back Mon 2026-03-02 11:00:05"));
}

TEST_CASE("A retraction is not laid on what came after it") {
  Records records;
  records.Add("e1", "2026-03-02T09:00:00Z", kCreated, "2026-03-02T09:00:01Z")
      .Add("e2", "2026-03-02T09:04:00Z", kCall, "2026-03-02T11:00:00Z")
      .Add("w1", "2026-03-02T12:00:00Z", Withdraws("e2", ""),
           "2026-03-02T12:00:00Z")
      .Add("e3", "2026-03-02T09:05:00Z", kCall, "2026-03-02T13:00:00Z")
      .Say(1, v1::SlaEvent::MISSED, "missed", "2026-03-02T09:15:00Z",
           "2026-03-02T09:15:05Z")
      .Say(2, v1::SlaEvent::MISSED, "missed", "2026-03-02T09:15:00Z",
           "2026-03-02T11:00:05Z", 1)
      .Say(3, v1::SlaEvent::MISSED, "missed", "2026-03-02T09:15:00Z",
           "2026-03-02T12:00:05Z")
      .Say(4, v1::SlaEvent::MISSED, "missed", "2026-03-02T09:15:00Z",
           "2026-03-02T13:00:05Z", 3)
      // Nothing that was known by then.
      .Say(5, v1::SlaEvent::MISSED, "missed", "2026-03-02T09:15:00Z",
           "2026-03-02T10:00:00Z", 4);
  const v1::LeadStory story = StoryOf(records, "2026-03-02T14:00:00Z");
  CHECK(story.said(1).because() == "crm e2: phone by ann, a human");
  CHECK(story.said(3).because() == "crm e3: phone by ann, a human");
  CHECK(story.said(4).because().empty());
}

// Version 2 gives a lead 4 hours.
PolicyBook BothPolicies() {
  const Policy first = ThePolicies().newest();
  Policy second = first;
  second.version = 2;
  second.effective = At("2026-01-01T00:00:00Z");
  second.clocks[0].targets[0].target.length = absl::Hours(4);
  const auto book = PolicyBook::Create({first, second});
  REQUIRE(book.ok());
  return *book;
}

// The lead was missed, which was taken back at 11:00, by what was known then.
LeadFile TakenBackAt11(Records records, int64_t known_version) {
  records
      .Say(1, v1::SlaEvent::MISSED, "missed", "2026-03-02T09:15:00Z",
           "2026-03-02T09:15:05Z")
      .Say(2, v1::SlaEvent::MISSED, "missed", "2026-03-02T09:15:00Z",
           "2026-03-02T11:00:05Z", 1);
  LeadFile file = records.file();
  for (v1::SlaEvent& event : file.said) {
    event.set_policy_version(1);
    event.set_known_policy_version(1);
  }
  file.said[1].set_known_policy_version(known_version);
  return file;
}

TEST_CASE("A retraction names the version of the policy that made it untrue") {
  const auto because = [](const LeadFile& file) {
    return TellStory(BothPolicies(), file, At("2026-03-02T14:00:00Z"))
        .said(1)
        .because();
  };
  Records records;
  records.Add("e1", "2026-03-02T09:00:00Z", kCreated, "2026-03-02T09:00:01Z");
  CHECK(because(TakenBackAt11(records, 2)) == "policy version 2");
  // A call would have answered it by either version.
  records.Add("e2", "2026-03-02T09:04:00Z", kCall, "2026-03-02T11:00:00Z");
  CHECK(because(TakenBackAt11(records, 2)) == "");
  CHECK(because(TakenBackAt11(records, 1)) == "crm e2: phone by ann, a human");
}

TEST_CASE("A retraction is not laid on what was known when it was said") {
  Records records;
  records.Add("e1", "2026-03-02T09:00:00Z", kCreated, "2026-03-02T09:00:01Z")
      .Add("e2", "2026-03-02T09:04:00Z", kCall, "2026-03-02T09:15:03Z");
  const auto because = [](const LeadFile& file) {
    return TellStory(ThePolicies(), file, At("2026-03-02T14:00:00Z"))
        .said(1)
        .because();
  };
  LeadFile file = TakenBackAt11(records, 1);
  // The call stood there, but a feed that was silent had hidden it.
  CHECK(because(file) == "crm e2: phone by ann, a human");
  // Where other rules came in between, they may be the cause.
  file.said[1].set_time_zone_data("2026b");
  CHECK(because(file) == "");
}

TEST_CASE("What began by another event is another thing that was said") {
  Records records;
  records.Add("e1", "2026-03-02T09:00:00Z", kCreated, "2026-03-02T09:00:01Z")
      .Add("e0", "2026-03-02T09:00:00Z", kCreated, "2026-03-02T11:00:00Z");
  LeadFile file = TakenBackAt11(records, 1);
  for (v1::SlaEvent& event : file.said) {
    event.set_started_by_source("crm");
    event.set_started_by_id("e1");
  }
  CHECK(TellStory(ThePolicies(), file, At("2026-03-02T14:00:00Z"))
            .said(1)
            .because() == "crm e0: created: owner ann");
}

TEST_CASE("Of two contents of one event the one that does not stand is told") {
  Records records;
  records.Add("e1", "2026-03-02T09:00:00Z", kCreated)
      .Add("e2", "2026-03-02T09:40:00Z", R"("sequence":2,)" + kCall)
      .Add("e2", "2026-03-02T09:05:00Z", R"("sequence":1,)" + kCall)
      .Add("e2", "2026-03-02T09:05:00Z", R"("sequence":1,)" + kCall);
  const v1::LeadStory story = StoryOf(records, "2026-03-02T12:00:00Z");
  REQUIRE(story.events_size() == 3);
  CHECK(story.events(1).happened_at() == "2026-03-02T09:05:00Z");
  CHECK(story.events(1).note() == "replaced by a later content (sequence 2)");
  CHECK(story.events(2).note().empty());
  CHECK(story.clocks(0).answered_at() == "2026-03-02T09:40:00Z");
}

TEST_CASE("In the night of a change each time says by which clock it goes") {
  Records records;
  records.Add("e1", "2026-10-25T00:50:00Z", kCreated)
      .Add("e2", "2026-10-25T01:20:00Z", kCall);
  const std::string story = TextOf(StoryOf(records, "2026-10-26T12:00:00Z"));
  CHECK(Contains(story,
                 "as of Mon 2026-10-26 12:00:00 (Europe/London, UTC+00:00)"));
  CHECK(Contains(story, R"(
  Sun 2026-10-25 01:50:00 BST    created: owner ann     [crm e1]
  Sun 2026-10-25 02:00:00 BST    the clocks go back by 1h
  Sun 2026-10-25 01:20:00 GMT    phone by ann, a human  [crm e2]
)"));
  CHECK(Contains(story, R"(
    from                         until                        counted  in all
    Sun 2026-10-25 01:50:00 BST  Sun 2026-10-25 02:00:00 BST  10m      10m
                                                                               the clocks go back by 1h
    Sun 2026-10-25 01:00:00 GMT  Sun 2026-10-25 01:05:00 GMT  5m       15m     <- due
    Sun 2026-10-25 01:05:00 GMT  Sun 2026-10-25 01:20:00 GMT  15m      30m
)"));
}

TEST_CASE("Where an hour is missing the clocks go forward") {
  Records records;
  records.Add("e1", "2026-03-29T00:50:00Z", kCreated)
      .Add("e2", "2026-03-29T01:20:00Z", kCall);
  const std::string story = TextOf(StoryOf(records, "2026-03-30T12:00:00Z"));
  CHECK(Contains(story,
                 "  Sun 2026-03-29 01:00:00 GMT    the clocks go forward by "
                 "1h\n  Sun 2026-03-29 02:20:00 BST    phone"));
}

TEST_CASE("No text of an event can look like a row, or move the cursor") {
  Records records;
  records
      .Add("e1", "2026-03-02T09:00:00Z",
           R"("lead_created":{"owner_id":"a\u001b[2Kb","attributes":)"
           R"({"custom":{"x":"y\r  Clock first: met"}}})")
      .Add("e2", "2026-03-02T09:05:00Z",
           R"("next_step_scheduled":{"due_at_ms":1775120400000,)"
           R"("description":"z\n  Mon 2026-03-02 09:06:00  phone by ann"})");
  const std::string story = TextOf(StoryOf(records, "2026-03-02T09:06:00Z"));
  CHECK(Contains(story, R"(custom.x y\r  Clock first: met)"));
  CHECK(Contains(story, R"(z\n  Mon 2026-03-02 09:06:00  phone by ann)"));
  CHECK(Contains(story, R"(owner a\x1b[2Kb)"));
  CHECK(story.find_first_of("\r\x1b") == std::string::npos);
}

// ---- Files

// A file for the time of a test.
class LinesFile {
 public:
  explicit LinesFile(const std::string& lines)
      : path_(std::filesystem::temp_directory_path() /
              ("leadclock-lead-record-" + std::to_string(::getpid()))) {
    std::ofstream(path_) << lines;
  }
  LinesFile(const LinesFile&) = delete;
  LinesFile& operator=(const LinesFile&) = delete;
  ~LinesFile() { std::filesystem::remove(path_); }

  absl::StatusOr<LeadFile> Read() const { return ReadEvents(path_.string()); }

  static absl::StatusOr<LeadFile> ReadEvents(const std::string& path) {
    LeadFile file;
    file.lead_id = "L1";
    WireInputOptions options;
    options.format = WireFormat::kJson;
    const absl::Status status = AddEventsOf(path, options, file);
    if (!status.ok()) return status;
    return file;
  }

 private:
  const std::filesystem::path path_;
};

std::string Quoted(std::string text) {
  for (size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) {
    text.insert(at, "\\");
  }
  return "\"" + text + "\"";
}

// As kcat -J prints it.
std::string Printed(const std::string& topic, const std::string& key,
                    const std::string& value) {
  return R"({"topic":)" + Quoted(topic) + R"(,"key":)" + Quoted(key) +
         R"(,"ts":1772443200000,"payload":)" + Quoted(value) + "}\n";
}

std::string Message(const std::string& event) {
  return R"({"lead_id":"L1","source":"crm","id":"e1","occurred_at_ms":)" +
         Millis("2026-03-02T09:00:00Z") + "," + event + "}";
}

TEST_CASE("What a topic does not take does not count in a file of it either") {
  const LinesFile lines(Printed("leads.created", "L1", Message(kCall)) +
                        Printed("leads.activity", "L1", Message(kCreated)) +
                        Printed("leads.activity", "L2", Message(kCall)));
  const auto file = lines.Read();
  REQUIRE(file.ok());
  CHECK(file->events.empty());
  REQUIRE(file->unreadable.size() == 3);
  CHECK(file->unreadable[0].why.code == "FIELD");
  CHECK(file->unreadable[1].why.code == "FIELD");
  CHECK(file->unreadable[2].why.code == "KEY");
  CHECK(file->unreadable[2].recorded_at == At("2026-03-02T09:20:00Z"));

  // Of another name it is not known which of the two it is.
  const LinesFile other(Printed("a", "L1", Message(kCall)) +
                        Printed("b", "L1", Message(kCreated)));
  CHECK(other.Read()->events.size() == 2);
}

TEST_CASE("What Leadclock said is no event of the lead") {
  const std::string said =
      R"({"id":"s1","kind":"MISSED","form":"SAID","lead_id":"L1"})";
  for (const std::string& line : {said, Printed("sla.breaches", "L1", said)}) {
    const absl::Status status = LinesFile(line).Read().status();
    CHECK(Contains(std::string(status.message()),
                   ":1: is what Leadclock said, an SlaEvent; give the file "
                   "with --said"));
  }
}

TEST_CASE("A message that is no event is to be mended, whatever is wrong") {
  const std::string error(
      LinesFile(R"({"lead_id":"L1","source":"crm","id":"e4","touch":{}})")
          .Read()
          .status()
          .message());
  CHECK(Contains(error, ":1: occurred_at_ms is missing"));
}

TEST_CASE("A directory is no file of events") {
  const std::string path = std::filesystem::temp_directory_path().string();
  CHECK(LinesFile::ReadEvents(path).status().message() ==
        path + ": cannot be read");
}

TEST_CASE("A record that was read and refused all the same does not count") {
  LeadFile file;
  file.lead_id = "L1";
  InputRecord record;
  record.input = 1;
  record.key = "L1";
  record.value = Message(kCall);
  record.read_at = absl::InfiniteFuture();
  record.headers = {{"content-type", "application/json"}};
  AddInput(record, {}, file, "leads.activity[0]@7");
  AddInput(record, {}, file, "leads.activity[0]@8");
  record.value = "nonsense";
  AddInput(record, {}, file, "leads.activity[0]@9");
  REQUIRE(file.events.size() == 2);
  REQUIRE(file.unreadable.size() == 1);

  record.value = Message(kCall);
  record.headers.emplace_back("leadclock.error.code", "SIZE");
  AddRefused(record, {}, file, "leads.activity[0]@8");
  AddRefused(record, {}, file, "leads.activity[0]@9");
  REQUIRE(file.events.size() == 1);
  CHECK(file.events[0].place == "leads.activity[0]@7");
  REQUIRE(file.unreadable.size() == 2);
  CHECK(file.unreadable[1].why.code == "SIZE");
  CHECK(file.unreadable[1].place == "leads.activity[0]@8");
}

TEST_CASE("A record in quarantine is found by the lead that it names") {
  LeadFile file;
  file.lead_id = "L1";
  InputRecord record;
  record.key = "L2";
  record.value = Message(kCall);
  record.timestamp = At("2026-03-02T09:20:00Z");
  record.headers = {{"content-type", "application/json"},
                    {"leadclock.error.code", "KEY"},
                    {"__connect.errors.exception.message", "the key is L2"}};
  AddRefused(record, {}, file);
  record.value = R"({"lead_id":"L3"})";
  AddRefused(record, {}, file);
  record.value = "nonsense";
  AddRefused(record, {}, file);
  record.key = "L1";
  AddRefused(record, {}, file);
  REQUIRE(file.unreadable.size() == 2);
  CHECK(file.unreadable[0].why.code == "KEY");
  CHECK(file.unreadable[0].ref.id == "e1");
  const std::string story =
      StoryText(TellStory(ThePolicies(), file, At("2026-03-02T12:00:00Z")));
  CHECK(Contains(story,
                 "[crm e1] (does not count, it is in quarantine: "
                 "KEY, the key is L2)"));
}

}  // namespace
}  // namespace leadclock
