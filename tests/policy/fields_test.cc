// No setting is read and ignored: what the parser looks for, what
// docs/policy.md describes, and what is shown here to change an outcome are the
// same fields.

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "processor/job/wire_output.h"
#include "processor/lead/lead_fold.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/policy_book.h"
#include "tests/lead/story.h"
#include "tests/policy/field_rows.h"
#include "tests/policy/layers.h"

namespace leadclock {
namespace {

using field_rows::FilesOf;
using field_rows::kPolicy;
using field_rows::Row;
using field_rows::Rows;
using field_rows::WithNext;
using layers::Files;

// ---- What is said of a lead

// Monday at 15:00, two hours before London closes.
Event Birth() {
  return story::Created("2026-03-02 15:00",
                        {{"market", "uk"}, {"source", "web"}});
}

// The owner calls, and everything can be said of that call.
Event Call() {
  Event call = story::CallBy("2026-03-05 10:00", "owner-1");
  auto& touch = std::get<Touched>(call.body);
  touch.personalized = true;
  touch.reply_path = true;
  touch.changes_terms = true;
  touch.apology = true;
  return call;
}

// And once more, and writes.
std::vector<Event> MoreTouches() {
  Event again = story::CallBy("2026-03-05 10:02", "owner-1");
  Event mail = story::CallBy("2026-03-05 10:05", "owner-1");
  std::get<Touched>(mail.body).channel = "email";
  return {again, mail};
}

Event Did(const std::string& at, ActivityKind kind, AttributeChanges fields,
          AttributeChanges learnt = {}) {
  Event event = story::Changed(at, "", "");
  event.ref.id = absl::StrCat("did ", at);
  std::sort(fields.begin(), fields.end());
  event.body = Activity{kind, std::move(fields), std::move(learnt)};
  return event;
}

std::string Millis(const std::string& at) {
  return absl::StrCat(absl::ToUnixMillis(story::At(at)));
}

// Everything that can be said of what happens beside touches. On Wednesday,
// one after the other.
std::vector<Event> Activities() {
  const std::string day = "2026-03-04 ";
  Event flag = story::Changed(day + "15:00", "", "");
  flag.ref.id = "flag";
  flag.body = FlagsChanged{{"vip"}, {}};
  return {
      Did("2026-03-02 15:40", ActivityKind::kMilestone, {{"name", "resumed"}}),
      Did(day + "13:00", ActivityKind::kStageChanged,
          {{"stage", "sal"}, {"handoff", "accepted"}, {"reason", "fit"}},
          {{"stage", "sal"}}),
      Did(day + "13:10", ActivityKind::kStatusChanged,
          {{"status", "working"}, {"reason", "back"}}, {{"status", "working"}}),
      Did(day + "13:20", ActivityKind::kConsentChanged,
          {{"consent", "granted"}, {"channel", "phone"}, {"reason", "form"}}),
      Did(day + "13:25", ActivityKind::kConsentChanged,
          {{"consent", "withdrawn"}, {"channel", "sms"}}),
      Did(day + "13:30", ActivityKind::kMeetingBooked,
          {{"purpose", "intro"}, {"meeting", "m1"}},
          {{"meeting", Millis("2026-03-06 09:40")}}),
      Did(day + "13:40", ActivityKind::kMeetingHeld,
          {{"purpose", "intro"}, {"meeting", "m1"}, {"no_show", "false"}}),
      Did(day + "13:50", ActivityKind::kNextStepScheduled, {},
          {{"next_step", Millis("2026-03-06 10:00")}}),
      Did(day + "14:10", ActivityKind::kMilestone, {{"name", "kickoff_done"}}),
      Did(day + "14:20", ActivityKind::kContactBroken,
          {{"channel", "phone"}, {"reason", "bounce"}}),
      Did(day + "14:30", ActivityKind::kContactMended,
          {{"channel", "phone"}, {"reason", "called"}}),
      Did(day + "14:40", ActivityKind::kBreachExplained,
          {{"clock", "first"},
           {"reason", "no_capacity"},
           {"resolution", "called"},
           {"actor", "owner-1"}}),
      Did(day + "14:50", ActivityKind::kTaskDone,
          {{"task", "task-1"}, {"actor", "owner-1"}, {"cancelled", "false"}}),
      flag,
      Did(day + "15:10", ActivityKind::kDisposition,
          {{"outcome", "recycled"}, {"reason", "later"}, {"track", "slow"}},
          {{"disposition", "recycled"},
           {"return", Millis("2026-03-06 11:00")}})};
}

std::vector<Event> History() {
  std::vector<Event> history = {
      Birth(), story::Changed("2026-03-02 15:30", "status", "on_hold"),
      story::Changed("2026-03-02 16:00", "status", "open"),
      // After hours.
      story::AssignedTo("2026-03-02 20:00", "owner-1"),
      story::Changed("2026-03-04 10:00", "stage", "mql"), Call()};
  for (const auto& more : {MoreTouches(), Activities()}) {
    history.insert(history.end(), more.begin(), more.end());
  }
  return history;
}

// A policy that takes effect at some instant has another one before it.
PolicyBook BookOf(const Policy& policy) {
  if (policy.effective == absl::InfinitePast()) return PolicyBook(policy);
  Policy before = policy;
  before.version = 0;
  before.effective = absl::InfinitePast();
  before.hash = "the hash of version 0";
  before.clocks[0].targets[0].target.length += absl::Minutes(30);
  return *PolicyBook::Create({before, policy});
}

// The whole event, but for what any other text of a policy would change.
std::string Told(const PolicyBook& policies, const Utterance& utterance) {
  const LeadId lead("lead-1");
  const Attributes none;
  Moment moment;
  moment.now = story::At("2026-03-06 12:00");
  moment.read_at = moment.now;
  moment.wall = moment.now;
  const std::string no_trace;
  const WireOutputOptions options;
  const OutputRecord record = WriteSlaEvent(
      utterance, {policies, lead, &none, moment, no_trace}, options);
  v1::SlaEvent event =
      *ReadSlaEvent(record.value, record.headers, options.format);
  event.clear_policy_hash();
  return absl::StrCat(record.output, " ", event.ShortDebugString());
}

// Everything that the world hears of it by then: the events with their ids, and
// how the lead stands.
std::string Outcome(const Policy& policy, const std::vector<Event>& history) {
  const PolicyBook policies = BookOf(policy);
  story::Listener listener(policies);
  std::vector<std::string> outcome = listener.Read(history, "2026-03-06 12:00");
  for (const Utterance& utterance : listener.said()) {
    outcome.push_back(UtteranceId(policies, "lead-1", utterance));
    outcome.push_back(Told(policies, utterance));
  }
  outcome.push_back(absl::StrCat(
      "eligibility ", static_cast<int>(listener.lead().progress->eligibility)));
  return absl::StrJoin(outcome, "\n");
}

// ---- Policies that differ in one field

Policy PolicyOf(const Files& files) {
  absl::StatusOr<Policy> policy = layers::Parsed(files);
  INFO(files.at("policy.yaml"));
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  return *std::move(policy);
}

// ---- The three lists

// What is shown by other means, each in the test that is named after it.
const YamlFieldNames& ShownApart() {
  static const auto& fields = *new YamlFieldNames{{"'acknowledge'", "when"}};
  return fields;
}

YamlFieldNames Shown() {
  YamlFieldNames shown = ShownApart();
  for (const Row& row : Rows()) shown.emplace(row.map, row.field);
  return shown;
}

// By the reader of all these policies.
const YamlFieldNames& LookedFor() {
  static const auto& looked_for = *[] {
    auto* const fields = new YamlFieldNames;
    for (const Row& row : Rows()) {
      for (const std::string& variant : {row.one, row.other}) {
        const Files files = FilesOf(row, variant);
        fields->merge(FieldsLookedFor(
            files.at("policy.yaml"), [&files](const std::string& path) {
              return absl::StatusOr<std::string>(files.at(path));
            }));
      }
    }
    return fields;
  }();
  return looked_for;
}

std::string Lines(const YamlFieldNames& fields) {
  return absl::StrJoin(fields, "\n", [](std::string* out, const auto& field) {
    absl::StrAppend(out, field.second, " in ", field.first);
  });
}

// The maps that one table of docs/policy.md describes: the table of that number
// under that heading.
const std::map<std::pair<std::string, int>, std::vector<std::string>>&
MapsByTable() {
  static const auto& maps =
      *new std::map<std::pair<std::string, int>, std::vector<std::string>>{
          {{"The policy", 0}, {"the policy"}},
          {{"`calendars`", 0}, {"a calendar"}},
          {{"Conditions", 0}, {"a condition", "a value of a condition"}},
          {{"Rules", 0},
           {"a rule of 'calendar_for'", "a rule of 'calendar'",
            "a rule of 'target'", "a rule of 'team_lead'"}},
          {{"`eligible`", 0}, {"a rule of 'eligible'"}},
          {{"`reviews`", 0}, {"a rule of 'reviews'"}},
          {{"`reentry`", 0}, {"'reentry'"}},
          {{"`outcomes`", 0}, {"an outcome"}},
          {{"`responses`", 0}, {"a response", "a trigger"}},
          {{"Triggers", 0},
           {"a trigger on stage_changed", "a trigger on status_changed",
            "a trigger on consent_changed", "a trigger on disposition",
            "a trigger on meeting_booked", "a trigger on meeting_held",
            "a trigger on milestone", "a trigger on contact_broken",
            "a trigger on contact_mended", "a trigger on breach_explained",
            "a trigger on task_done"}},
          {{"Triggers", 1}, {"a trigger on a date"}},
          {{"`clocks`", 0}, {"a clock"}},
          {{"`clocks`", 1}, {"a pause"}},
          {{"`clocks`", 2}, {"'attempts'"}},
          {{"`clocks`", 3}, {"'task'"}},
          {{"`clocks`", 4}, {"'acknowledge'"}},
          {{"The rungs of a `ladder`", 0}, {"a rung"}},
          {{"`overrides`", 0}, {"an override"}},
          {{"`overrides`", 1}, {"a clock of an override"}},
      };
  return maps;
}

std::string ReadDocument() {
  std::ifstream file(LEADCLOCK_SOURCE_DIR "/docs/policy.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The fields that docs/policy.md has in its tables of fields, by heading and
// the table's number under it.
std::map<std::pair<std::string, int>, std::set<std::string>> Documented() {
  std::map<std::pair<std::string, int>, std::set<std::string>> documented;
  std::string heading;
  int table = -1;
  bool is_open = false;
  for (const absl::string_view line : absl::StrSplit(ReadDocument(), '\n')) {
    if (absl::StartsWith(line, "## ")) {
      heading = std::string(line.substr(3));
      table = -1;
    }
    if (absl::StartsWith(line, "| field |")) {
      is_open = true;
      ++table;
    } else if (!absl::StartsWith(line, "|")) {
      is_open = false;
    } else if (is_open && absl::StartsWith(line, "| `")) {
      // A row may be of several fields.
      const std::vector<absl::string_view> cells = absl::StrSplit(line, '|');
      const std::vector<absl::string_view> parts =
          absl::StrSplit(cells[1], '`');
      for (size_t i = 1; i < parts.size(); i += 2) {
        documented[{heading, table}].emplace(parts[i]);
      }
    } else if (heading == "Conditions" && absl::StrContains(line, "not: ")) {
      documented[{heading, 0}].insert("not");
    } else if (heading == "Conditions" && absl::StrContains(line, "any: ")) {
      documented[{heading, 0}].insert("any");
    }
  }
  return documented;
}

TEST_CASE(
    "Every field that the parser looks for is shown to change what "
    "happens") {
  CHECK(Lines(LookedFor()) == Lines(Shown()));
}

TEST_CASE("Every field changes what happens to a lead") {
  for (const Row& row : Rows()) {
    INFO(row.field << " in " << row.map << ":\n"
                   << row.one << "\nor\n"
                   << row.other);
    CHECK(Outcome(PolicyOf(FilesOf(row, row.one)), History()) !=
          Outcome(PolicyOf(FilesOf(row, row.other)), History()));
  }
}

TEST_CASE("docs/policy.md describes the fields that there are, and no others") {
  const auto documented = Documented();
  YamlFieldNames described;
  for (const auto& [table, maps] : MapsByTable()) {
    const auto found = documented.find(table);
    INFO("table " << table.second << " of " << table.first);
    REQUIRE(found != documented.end());
    for (const std::string& field : found->second) {
      // Some of the maps of one table have a field that others have not.
      bool is_known = false;
      for (const std::string& map : maps) {
        if (LookedFor().contains({map, field})) {
          described.emplace(map, field);
          is_known = true;
        }
      }
      INFO("the field " << field << " is described, and is not known");
      CHECK(is_known);
    }
  }
  for (const auto& [table, fields] : documented) {
    INFO("table " << table.second << " of " << table.first
                  << " describes a map that no policy has");
    CHECK(MapsByTable().contains(table));
  }
  CHECK(Lines(described) == Lines(LookedFor()));
}

// The examples in YAML, each with the heading under which it stands.
std::vector<std::pair<std::string, std::string>> Examples() {
  std::vector<std::pair<std::string, std::string>> examples;
  std::string heading;
  bool is_open = false;
  for (const absl::string_view line : absl::StrSplit(ReadDocument(), '\n')) {
    if (is_open && line == "```") {
      is_open = false;
    } else if (is_open) {
      absl::StrAppend(&examples.back().second, line, "\n");
    } else if (line == "```yaml") {
      is_open = true;
      examples.emplace_back(heading, "");
    } else if (absl::StartsWith(line, "## ")) {
      heading = std::string(line.substr(3));
    }
  }
  return examples;
}

// What the examples stand over.
constexpr char kCompany[] = R"(version: 1
extends: default
calendars:
  london: {zone: Europe/London, hours: {mon-fri: "09:00-17:30"}}
calendar_for: [{otherwise: london}]
recipients: {operations: sales-ops}
responses: {lead_reply: {direction: inbound, actor: human}}
reviews: [{when: {flag: legal}, reason: sensitive}]
reentry: {ends: {disposition: later}, returns: {date: return}}
outcomes: [{name: lost, on: {disposition: closed_lost}}]
)";

constexpr char kHolidays[] = R"(BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Leadclock//tests//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20261225
SUMMARY:Christmas Day
END:VEVENT
END:VCALENDAR
)";

// The example as a policy: as it is if it is a whole one, over the company if
// it is a part of one, and as the condition of a review if it is one.
std::string WholeOf(const std::string& example) {
  if (absl::StartsWith(example, "version: ")) return example;
  if (absl::StartsWith(example, "extends: ")) return "version: 2\n" + example;
  const std::string part =
      absl::StartsWith(example, "when: ")
          ? absl::StrCat("reviews:\n- reason: example\n  ", example)
          : example;
  return absl::StrCat("version: 2\nextends: company.yaml\n", part);
}

TEST_CASE("Every example of docs/policy.md is accepted") {
  for (const auto& [heading, example] : Examples()) {
    INFO("under " << heading << ":\n" << example);
    CHECK(layers::Errors({{"policy.yaml", WholeOf(example)},
                          {"company.yaml", kCompany},
                          {"holidays/gb.ics", kHolidays}}) == "");
  }
}

TEST_CASE("Every field of docs/policy.md stands in an example below it") {
  const auto examples = Examples();
  for (const auto& [table, fields] : Documented()) {
    for (const std::string& field : fields) {
      const std::regex written("(^|[ {\\[\n])" + field + ": ?");
      const bool is_shown = std::any_of(
          examples.begin(), examples.end(), [&](const auto& example) {
            return example.first == table.first &&
                   std::regex_search(example.second, written);
          });
      INFO(field << " under " << table.first);
      CHECK(is_shown);
    }
  }
}

// The cell of defaults, by heading, the table's number under it, and field.
std::map<std::tuple<std::string, int, std::string>, std::string>
WrittenDefaults() {
  std::map<std::tuple<std::string, int, std::string>, std::string> defaults;
  std::string heading;
  int table = -1;
  for (const absl::string_view line : absl::StrSplit(ReadDocument(), '\n')) {
    if (absl::StartsWith(line, "## ")) {
      heading = std::string(line.substr(3));
      table = -1;
    }
    if (absl::StartsWith(line, "| field |")) ++table;
    const std::vector<absl::string_view> cells = absl::StrSplit(line, '|');
    const std::vector<absl::string_view> name =
        absl::StrSplit(cells.size() > 5 ? cells[1] : "", '`');
    if (name.size() == 3) {
      defaults[{heading, table, std::string(name[1])}] = std::string(cells[4]);
    }
  }
  return defaults;
}

// A policy that leaves the field out, and where in it the default may be
// written.
struct Default {
  std::string heading;
  int table;
  std::string field;
  std::string is;
  std::string place;
  std::string left_out;
  std::string written;
};

std::vector<Default> Defaults() {
  const std::string end = "to: owner}\n";
  const auto next = [](const std::string& more) {
    return WithNext("when: {market: uk}" + more);
  };
  const auto rung = [&](const std::string& more) {
    return next(", ladder: [{at: 10s, do: remind, to: owner" + more + "}]");
  };
  const auto review = [&](const std::string& more) {
    return end + "reviews: [{when: {stage: mql}, reason: look" + more + "}]\n";
  };
  const auto eligible = [&](const std::string& more) {
    return "{when: {stage: mql}, then: review, reason: held" + more + "}";
  };
  const auto nobody = [](const std::string& more) {
    return "to: team_lead}\nrecipients: {team_lead: [{otherwise: \"\"}]}\n" +
           more;
  };
  const std::string later = "version: 1\neffective: 2026-03-02T15:10:00Z\n";
  const std::string attempts = "attempts: {of: reply, at_least: 2";
  return {
      {"The policy", 0, "open_clocks", "keep", "version: 1\n", later,
       later + "open_clocks: keep\n"},
      {"The policy", 0, "fallback", "manager", end, nobody(""),
       nobody("fallback: manager\n")},
      {"`eligible`", 0, "to", "manager",
       "{when: {customer: existing}, then: exclude, reason: customer}",
       eligible(""), eligible(", to: manager")},
      {"`reviews`", 0, "to", "manager", end, review(""),
       review(", to: manager")},
      {"`clocks`", 0, "repeats", "never", end, next(""),
       next(", repeats: never")},
      {"`clocks`", 0, "ineligible", "stop", end, next(""),
       next(", ineligible: stop")},
      {"`clocks`", 0, "at_risk", "80%", end, next(""), next(", at_risk: 80%")},
      {"`clocks`", 2, "channels", "1", end, WithNext(attempts + "}"),
       WithNext(attempts + ", channels: 1}")},
      {"`clocks`", 3, "to", "owner", end, next(", task: {kind: call}"),
       next(", task: {kind: call, to: owner}")},
      {"The rungs of a `ladder`", 0, "name", "remind_1", end, rung(""),
       rung(", name: remind_1")},
  };
}

TEST_CASE("What docs/policy.md gives as a default is what holds") {
  const auto written = WrittenDefaults();
  for (const Default& each : Defaults()) {
    INFO(each.field << " under " << each.heading);
    const auto cell = written.find({each.heading, each.table, each.field});
    REQUIRE(cell != written.end());
    CHECK(absl::StrContains(cell->second, each.is));
    const Row row{"", each.field, each.place, each.left_out, each.written};
    CHECK(Outcome(PolicyOf(FilesOf(row, row.one)), History()) ==
          Outcome(PolicyOf(FilesOf(row, row.other)), History()));
  }
}

TEST_CASE("A comment changes nothing that happens to a lead") {
  const std::string commented = absl::StrCat("# A comment.\n", kPolicy);
  CHECK(Outcome(PolicyOf({{"policy.yaml", kPolicy}}), History()) ==
        Outcome(PolicyOf({{"policy.yaml", commented}}), History()));
}

// The words in back quotes between two texts of docs/policy.md.
std::set<std::string> QuotedWords(const std::string& from,
                                  const std::string& to) {
  const std::string document = ReadDocument();
  const size_t begin = document.find(from);
  REQUIRE(begin != std::string::npos);
  const std::string part =
      document.substr(begin, document.find(to, begin) - begin);
  std::set<std::string> words;
  static const std::regex quoted("`([a-z_]+)`");
  for (std::sregex_iterator word(part.begin(), part.end(), quoted), none;
       word != none; ++word) {
    words.insert((*word)[1]);
  }
  return words;
}

// As the parser tells them.
std::set<std::string> KnownAttributes() {
  const std::string error = layers::Errors(
      {{"policy.yaml", absl::StrReplaceAll(kPolicy, {{"customer: existing",
                                                      "xxxxxxxxxx: y"}})}});
  const size_t begin = error.find("known: ");
  REQUIRE(begin != std::string::npos);
  const size_t end = error.find(", and the company's own");
  REQUIRE(end != std::string::npos);
  return absl::StrSplit(error.substr(begin + 7, end - begin - 7), ", ");
}

TEST_CASE("docs/policy.md names the attributes that conditions may ask for") {
  CHECK(QuotedWords("Attributes are", "Conditions are\njudged") ==
        KnownAttributes());
}

// What a lead's story says of it, as it is when its phone is broken, and as it
// is not. There is one more outcome, which never is, and leads may come back.
const std::map<std::string, std::pair<std::string, std::string>>& OfStories() {
  static const auto& all =
      *new std::map<std::string, std::pair<std::string, std::string>>{
          {"broken_channel", {"phone", "sms"}},
          {"opted_out_channel", {"sms", "phone"}},
          {"date_ahead", {"next_step", "term_ends"}},
          {"reachable", {"no", "yes"}},
          {"owner", {"somebody", "nobody"}},
          {"backup", {"somebody", "nobody"}},
          {"manager", {"somebody", "nobody"}},
          {"owner_acted", {"no", "yes"}},
          {"autoresponder", {"no", "yes"}},
          {"open_clock", {"first", "next"}},
          {"missed_clock", {"first", "next"}},
          {"escalated_clock", {"first", "next"}},
          {"outcome", {"born", "never"}},
          {"cycle", {"1", "2"}}};
  return all;
}

TEST_CASE("A condition on what a lead's story says decides by it") {
  for (const auto& [attribute, values] : OfStories()) {
    const auto outcome = [&, &name = attribute](const std::string& value) {
      std::string text = absl::StrReplaceAll(
          kPolicy, {{"do: breach", "do: escalate"},
                    {"to: owner}\n",
                     WithNext(absl::StrCat("starts: contact_broken, when: {",
                                           name, ": ", value, "}"))}});
      text +=
          "outcomes: [{name: born, on: lead_created}, {name: never, on: "
          "{milestone: never}}]\n"
          "reentry: {ends: disposition, returns: {date: return}}\n";
      return Outcome(PolicyOf({{"policy.yaml", text}}), History());
    };
    INFO(attribute);
    CHECK(outcome(values.first) != outcome(values.second));
  }
}

TEST_CASE("A condition on any attribute decides by it") {
  std::set<std::string> attributes = KnownAttributes();
  attributes.insert("custom.region");
  for (const auto& [attribute, values] : OfStories()) {
    CHECK(attributes.erase(attribute) == 1);
  }
  for (const std::string& attribute : attributes) {
    const Policy policy =
        PolicyOf({{"policy.yaml",
                   absl::StrReplaceAll(
                       kPolicy, {{"{customer: existing}",
                                  absl::StrCat("{", attribute, ": 7}")}})}});
    const auto outcome = [&](const std::string& value) {
      Event birth = Birth();
      auto& created = std::get<LeadCreated>(birth.body);
      if (attribute == "flag") {
        created.flags = {value};
      } else {
        std::erase_if(created.attributes, [&](const auto& change) {
          return change.first == attribute;
        });
        created.attributes.emplace_back(attribute, value);
      }
      return Outcome(policy, {birth, Call()});
    };
    INFO(attribute);
    CHECK(outcome("7") != outcome("8"));
  }
}

}  // namespace
}  // namespace leadclock
