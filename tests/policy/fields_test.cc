// No setting is read and ignored: what the parser looks for, what
// docs/policy.md describes, and what is shown here to change an outcome are the
// same fields.

#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "processor/lead/lead_fold.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/policy_book.h"
#include "tests/lead/story.h"
#include "tests/policy/layers.h"

namespace leadclock {
namespace {

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
  return call;
}

std::vector<Event> History() {
  return {Birth(), story::Changed("2026-03-02 15:30", "status", "on_hold"),
          story::Changed("2026-03-02 16:00", "status", "open"),
          // After hours.
          story::AssignedTo("2026-03-02 20:00", "owner-1"),
          story::Changed("2026-03-04 10:00", "stage", "mql"), Call()};
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

// Everything that the world hears of it by then: the events with their ids, and
// how the lead stands.
std::string Outcome(const Policy& policy, const std::vector<Event>& history) {
  const PolicyBook policies = BookOf(policy);
  story::Listener listener(policies);
  std::vector<std::string> outcome = listener.Read(history, "2026-03-06 12:00");
  for (const Utterance& utterance : listener.said()) {
    outcome.push_back(UtteranceId(policies, "lead-1", utterance));
    const Fact& fact = utterance.fact;
    if (!IsRung(fact.kind)) continue;
    // What events carry of a rung beside its fact.
    const Rung& rung = policies.Of(fact).clocks[fact.clock].ladder[fact.rung];
    outcome.push_back(rung.recommended_action);
    outcome.push_back(rung.priority);
  }
  outcome.push_back(absl::StrCat(
      "eligibility ", static_cast<int>(listener.lead().progress->eligibility)));
  return absl::StrJoin(outcome, "\n");
}

// ---- Policies that differ in one field

// The first calendar counts from Monday 15:00: two hours of Monday, none of
// Tuesday, and two more until Wednesday at 14:00.
constexpr char kPolicy[] = R"(version: 1
calendars:
  london:
    zone: Europe/London
    hours: {mon-fri: "09:00-17:00"}
    holidays: [2026-03-03]
    dates: {2026-03-04: "12:00-17:00"}
calendar_for:
- {when: {market: fr}, use: always}
- {otherwise: london}
eligible:
- {when: {customer: existing}, then: exclude, reason: customer}
responses:
  reply: {channel: [phone, email]}
clocks:
- name: first
  starts: lead_created
  stops: reply
  pauses: waiting
  target: 4h
  ladder:
  - {at: due, do: breach, to: owner}
)";

constexpr char kBase[] = R"(version: 1
clocks:
- {name: second, starts: lead_created, stops: assigned, target: 1h}
- name: third
  starts: lead_created
  stops: [{t: {channel: phone}}]
  target: 1h
  ladder: [{name: late, at: 30m, do: remind, to: owner}]
responses: {t: {channel: phone}}
)";

// Two policies: `place` of the policy above, written as `one` and as `other`.
struct Row {
  std::string map;
  std::string field;
  std::string place;
  std::string one;
  std::string other;
};

std::vector<Row> TouchRows(const std::string& map, const std::string& before,
                           const std::string& place, const std::string& after) {
  std::vector<Row> rows;
  for (const auto& [field, one, other] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"direction", "outbound", "inbound"},
           {"actor", "human", "import"},
           {"by", "owner", "backup"},
           {"meaningful", "true", "false"},
           {"personalized", "true", "false"},
           {"reply_path", "true", "false"},
           {"channel", "phone", "email"}}) {
    const auto text = [&, &field = field](const std::string& value) {
      return absl::StrCat(before, field, ": ", value, after);
    };
    rows.push_back({map, field, place, text(one), text(other)});
  }
  return rows;
}

std::vector<Row> Rows() {
  const std::string the_policy = "the policy";
  const std::string calendar = "a calendar";
  const std::string eligible = "a rule of 'eligible'";
  const std::string clock = "a clock";
  const std::string rung = "a rung";
  const std::string an_override = "an override";
  const std::string of_override = "a clock of an override";
  const std::string end = "to: owner}\n";
  const std::string market_fr = "- {when: {market: fr}, use: always}";
  const std::string a_rule =
      "{when: {customer: existing}, then: exclude, reason: customer}";
  const std::string a_rung = "{at: due, do: breach, to: owner}";
  const std::string a_target = "target: 4h";
  const auto overriding = [&](const std::string& text) {
    return absl::StrCat(end, "overrides: [", text, "]\n");
  };
  const auto team_lead = [](const std::string& rules) {
    return absl::StrCat("to: team_lead}\nrecipients: {team_lead: [", rules,
                        "]}\n");
  };
  const auto after_hours = [&](const std::string& fields) {
    return absl::StrCat(end,
                        "- {name: assigned_late, starts: assigned, stops: "
                        "reply, target: 1h",
                        fields, "}\n");
  };
  std::vector<Row> rows = {
      {the_policy, "version", "version: 1", "version: 1", "version: 2"},
      // Before the lead is born, and after.
      {the_policy, "effective", "version: 1",
       "version: 1\neffective: 2026-03-02T14:50:00Z",
       "version: 1\neffective: 2026-03-02T15:10:00Z"},
      {the_policy, "open_clocks", "version: 1",
       "version: 1\neffective: 2026-03-02T15:10:00Z\nopen_clocks: keep",
       "version: 1\neffective: 2026-03-02T15:10:00Z\nopen_clocks: carry"},
      {the_policy, "calendars", "\"09:00-17:00\"}", "\"09:00-17:00\"}",
       "\"09:00-16:00\"}"},
      {the_policy, "calendar_for", "otherwise: london", "otherwise: london",
       "otherwise: always"},
      {the_policy, "eligible", a_rule, a_rule,
       "{when: {market: uk}, then: exclude, reason: customer}"},
      {the_policy, "responses", "[phone, email]", "[phone, email]", "[email]"},
      {the_policy, "clocks", end, end,
       end + "- {name: next, starts: first.missed, stops: reply, target: 1m}"},
      {the_policy, "overrides", end, end,
       overriding("{when: {market: uk}, clocks: {first: {target: 1h}}}")},
      {the_policy, "extends", "version: 1", "version: 1",
       "version: 1\nextends: base.yaml"},

      {the_policy, "recipients", end,
       "to: team_lead}\nrecipients: {team_lead: u1}\n",
       "to: team_lead}\nrecipients: {team_lead: u2}\n"},
      {the_policy, "fallback", end,
       "to: team_lead}\nrecipients: {team_lead: [{otherwise: \"\"}]}\n"
       "fallback: owner\n",
       "to: team_lead}\nrecipients: {team_lead: [{otherwise: \"\"}]}\n"
       "fallback: backup\n"},

      {calendar, "zone", "Europe/London", "Europe/London", "America/New_York"},
      {calendar, "hours", "mon-fri:", "mon-fri:", "tue-fri:"},
      {calendar, "holidays", "2026-03-03", "2026-03-03", "2026-03-10"},
      {calendar, "dates", "2026-03-04", "2026-03-04", "2026-03-11"},

      {"a rule of 'calendar_for'", "when", "{market: fr}", "{market: fr}",
       "{market: uk}"},
      {"a rule of 'calendar_for'", "use", market_fr,
       "- {when: {market: uk}, use: always}",
       "- {when: {market: uk}, use: london}"},
      {"a rule of 'calendar_for'", "otherwise", "otherwise: london",
       "otherwise: london", "otherwise: always"},
      {"a rule of 'calendar'", "when", a_target,
       "target: 4h\n  calendar: [{when: {market: uk}, use: always}]",
       "target: 4h\n  calendar: [{when: {market: fr}, use: always}]"},
      {"a rule of 'calendar'", "use", a_target,
       "target: 4h\n  calendar: [{when: {market: uk}, use: always}]",
       "target: 4h\n  calendar: [{when: {market: uk}, use: london}]"},
      {"a rule of 'calendar'", "otherwise", a_target,
       "target: 4h\n  calendar: [{otherwise: always}]",
       "target: 4h\n  calendar: [{otherwise: london}]"},
      {"a rule of 'target'", "when", a_target,
       "target: [{when: {market: uk}, is: 1h}, {otherwise: 4h}]",
       "target: [{when: {market: fr}, is: 1h}, {otherwise: 4h}]"},
      {"a rule of 'target'", "is", a_target,
       "target: [{when: {market: uk}, is: 1h}, {otherwise: 4h}]",
       "target: [{when: {market: uk}, is: 2h}, {otherwise: 4h}]"},
      {"a rule of 'target'", "otherwise", a_target, "target: [{otherwise: 4h}]",
       "target: [{otherwise: 2h}]"},
      {"a rule of 'team_lead'", "when", end,
       team_lead("{when: {market: uk}, is: u1}, {otherwise: u3}"),
       team_lead("{when: {market: fr}, is: u1}, {otherwise: u3}")},
      {"a rule of 'team_lead'", "is", end,
       team_lead("{when: {market: uk}, is: u1}, {otherwise: u3}"),
       team_lead("{when: {market: uk}, is: u2}, {otherwise: u3}")},
      {"a rule of 'team_lead'", "otherwise", end, team_lead("{otherwise: u1}"),
       team_lead("{otherwise: u2}")},
      {"a condition", "not", "{customer: existing}", "{not: {market: uk}}",
       "{market: uk}"},
      {"a value of a condition", "not", "{customer: existing}",
       "{market: {not: uk}}", "{market: uk}"},

      {eligible, "when", a_rule,
       "{when: {market: fr}, then: exclude, reason: customer}",
       "{when: {market: uk}, then: exclude, reason: customer}"},
      {eligible, "then", a_rule,
       "{when: {market: uk}, then: exclude, reason: customer}",
       "{when: {market: uk}, then: stop, reason: customer}"},
      {eligible, "reason", a_rule,
       "{when: {status: on_hold}, then: stop, reason: held}",
       "{when: {status: on_hold}, then: stop, reason: kept}"},

      {eligible, "to", a_rule,
       "{when: {stage: mql}, then: review, reason: held, to: manager}",
       "{when: {stage: mql}, then: review, reason: held, to: owner}"},

      {clock, "name", "name: first", "name: first", "name: primary"},
      {clock, "starts", "starts: lead_created", "starts: lead_created",
       "starts: [{reply: {channel: email}}]"},
      {clock, "stops", "stops: reply", "stops: reply",
       "stops: [{reply: {channel: email}}]"},
      {clock, "pauses", "pauses: waiting", "pauses: waiting",
       "pauses: on_hold"},
      {clock, "target", a_target, a_target, "target: 1h"},
      {clock, "calendar", a_target, a_target, "target: 4h\n  calendar: always"},
      {clock, "at_risk", a_target, "target: 4h\n  at_risk: 50%",
       "target: 4h\n  at_risk: never"},
      {clock, "acknowledge", end, after_hours(""),
       after_hours(", acknowledge: {when: closed, to: owner}")},
      {"'acknowledge'", "to", end,
       after_hours(", acknowledge: {when: closed, to: owner}"),
       after_hours(", acknowledge: {when: closed, to: backup}")},
      {"'acknowledge'", "recommended_action", end,
       after_hours(", acknowledge: {when: closed, to: owner}"),
       after_hours(", acknowledge: {when: closed, to: owner, "
                   "recommended_action: Say when we open}")},
      {clock, "ladder", "  ladder:\n  - " + a_rung + "\n",
       "  ladder:\n  - " + a_rung + "\n", ""},
      {clock, "remove", "version: 1\n", "version: 1\nextends: base.yaml\n",
       "version: 1\nextends: without_second.yaml\n"},

      {rung, "at", a_rung, a_rung, "{at: 50%, do: breach, to: owner}"},
      {rung, "do", a_rung, a_rung, "{at: due, do: escalate, to: owner}"},
      {rung, "to", a_rung, a_rung, "{at: due, do: breach, to: backup}"},
      {rung, "when", a_rung, a_rung,
       "{at: due, do: breach, to: owner, when: {market: fr}}"},
      {rung, "name", a_rung, a_rung,
       "{at: due, do: breach, to: owner, name: late}"},
      {rung, "priority", a_rung, "{at: due, do: set_priority, priority: high}",
       "{at: due, do: set_priority, priority: low}"},
      {rung, "recommended_action", a_rung, a_rung,
       "{at: due, do: breach, to: owner, recommended_action: Call now}"},
      {rung, "remove", "version: 1\n", "version: 1\nextends: base.yaml\n",
       "version: 1\nextends: without_late.yaml\n"},

      {an_override, "when", end,
       overriding("{when: {market: uk}, clocks: {first: {target: 1h}}}"),
       overriding("{when: {market: fr}, clocks: {first: {target: 1h}}}")},
      {an_override, "clocks", end,
       overriding("{when: {market: uk}, clocks: {first: {target: 1h}}}"),
       overriding("{when: {market: uk}, clocks: {first: {calendar: always}}}")},
      {of_override, "target", end,
       overriding("{when: {market: uk}, clocks: {first: {target: 1h}}}"),
       overriding("{when: {market: uk}, clocks: {first: {target: 2h}}}")},
      {of_override, "calendar", end,
       overriding("{when: {market: uk}, clocks: {first: {calendar: always}}}"),
       overriding("{when: {market: uk}, clocks: {first: {calendar: london}}}")},
      {of_override, "ladder", end,
       overriding("{when: {market: uk}, clocks: {first: {ladder: [{at: due, "
                  "do: breach, to: owner}]}}}"),
       overriding("{when: {market: uk}, clocks: {first: {ladder: [{at: due, "
                  "do: breach, to: manager}]}}}")},
  };
  const auto add = [&rows](const std::vector<Row>& more) {
    rows.insert(rows.end(), more.begin(), more.end());
  };
  add(TouchRows("a response", "reply: {", "reply: {channel: [phone, email]}",
                "}"));
  add(TouchRows("a trigger", "stops: {reply: {", "stops: reply", "}}"));
  return rows;
}

Files FilesOf(const Row& row, const std::string& variant) {
  std::string text = kPolicy;
  const size_t place = text.find(row.place);
  REQUIRE(place != std::string::npos);
  text.replace(place, row.place.size(), variant);
  return {{"policy.yaml", text},
          {"base.yaml", kBase},
          {"without_second.yaml",
           "extends: base.yaml\nclocks: [{name: second, remove: true}]"},
          {"without_late.yaml",
           "extends: base.yaml\n"
           "clocks: [{name: third, ladder: [{name: late, remove: true}]}]"}};
}

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
          {{"`responses`", 0}, {"a response", "a trigger"}},
          {{"`clocks`", 0}, {"a clock"}},
          {{"`clocks`", 1}, {"'acknowledge'"}},
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
      const std::vector<absl::string_view> parts = absl::StrSplit(line, '`');
      documented[{heading, table}].emplace(parts[1]);
    } else if (heading == "Conditions" && absl::StrContains(line, "not: ")) {
      documented[{heading, 0}].insert("not");
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

TEST_CASE("A condition on any attribute decides by it") {
  std::set<std::string> attributes = KnownAttributes();
  attributes.insert("custom.region");
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
