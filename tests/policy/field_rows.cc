#include "tests/policy/field_rows.h"

#include <catch2/catch.hpp>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/policy/activity_words.h"

namespace leadclock::field_rows {

// The first calendar counts from Monday 15:00: two hours of Monday, none of
// Tuesday, and two more until Wednesday at 14:00.
const char* const kPolicy = R"(version: 1
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

std::string WithNext(const std::string& fields) {
  const std::string stops = absl::StrContains(fields, "stops:") ||
                                    absl::StrContains(fields, "attempts:")
                                ? ""
                                : ", stops: {milestone: never}";
  const std::string starts =
      absl::StrContains(fields, "starts:") ? "" : ", starts: lead_created";
  return absl::StrCat("to: owner}\n- {name: next, target: 1m, ", fields, starts,
                      stops, "}\n");
}

namespace {

constexpr char kBase[] = R"(version: 1
clocks:
- {name: second, starts: lead_created, stops: assigned, target: 1h}
- name: third
  starts: lead_created
  stops: [{t: {channel: phone}}]
  target: 1h
  ladder: [{name: late, at: 30m, do: remind, to: owner}]
responses: {t: {channel: phone}}
reviews: [{when: {market: uk}, reason: seen}]
outcomes: [{name: born, on: lead_created}]
)";

// A clock whose lead is not eligible any more once it has a flag.
std::string Leaving(const std::string& ineligible) {
  return absl::StrCat(
      "version: 1\n"
      "eligible: [{when: {flag: vip}, then: stop, reason: vip}]\n"
      "clocks: [{name: stays, starts: lead_created, stops: {milestone: never}, "
      "target: 1m, ineligible: ",
      ineligible, "}]\n");
}

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
           {"changes_terms", "true", "false"},
           {"apology", "true", "false"},
           {"channel", "phone", "email"}}) {
    const auto text = [&, &field = field](const std::string& value) {
      return absl::StrCat(before, field, ": ", value, after);
    };
    rows.push_back({map, field, place, text(one), text(other)});
  }
  return rows;
}

// The clock starts on an activity whose field is as it is, or otherwise.
std::vector<Row> ActivityRows() {
  const std::map<std::string, std::pair<std::string, std::string>> values = {
      {"stage", {"sal", "sql"}},
      {"handoff", {"accepted", "rejected"}},
      {"status", {"working", "closed"}},
      {"consent", {"granted", "withdrawn"}},
      {"channel", {"phone", "sms"}},
      {"outcome", {"recycled", "won"}},
      {"track", {"slow", "fast"}},
      {"purpose", {"intro", "kickoff"}},
      {"meeting", {"m1", "m2"}},
      {"no_show", {"false", "true"}},
      {"name", {"kickoff_done", "never"}},
      {"clock", {"first", "next"}},
      {"resolution", {"called", "written"}},
      {"actor", {"owner-1", "backup-1"}},
      {"task", {"task-1", "task-2"}},
      {"cancelled", {"false", "true"}}};
  const std::map<std::string, std::string> reasons = {
      {"stage_changed", "fit"},           {"status_changed", "back"},
      {"consent_changed", "form"},        {"disposition", "later"},
      {"contact_broken", "bounce"},       {"contact_mended", "called"},
      {"breach_explained", "no_capacity"}};
  std::vector<Row> rows;
  for (const ActivityWords& activity : AllActivities()) {
    const std::string name(activity.name);
    for (const absl::string_view each : activity.fields) {
      const std::string field(each);
      const auto [is, is_not] =
          field == "reason" ? std::pair(reasons.at(name), std::string("none"))
                            : values.at(field);
      const auto starts = [&, &field = field](const std::string& value) {
        return WithNext(
            absl::StrCat("starts: {", name, ": {", field, ": ", value, "}}"));
      };
      rows.push_back({"a trigger on " + name, field, "to: owner}\n", starts(is),
                      starts(is_not)});
    }
  }
  return rows;
}

// What the rule book adds.
std::vector<Row> MoreRows() {
  const std::string the_policy = "the policy";
  const std::string clock = "a clock";
  const std::string end = "to: owner}\n";
  const auto top = [&](const std::string& text) { return end + text + "\n"; };
  const auto review = [&](const std::string& fields) {
    return top("reviews: [{" + fields + "}]");
  };
  const auto outcome = [&](const std::string& fields) {
    return top("outcomes: [{" + fields + "}]");
  };
  // Something starts when the lead is back.
  const auto reentry = [&](const std::string& fields) {
    return WithNext("starts: reentered") + "reentry: {" + fields + "}\n";
  };
  const auto attempts = [&](const std::string& fields) {
    return WithNext("attempts: {" + fields + "}");
  };
  const auto task = [&](const std::string& fields) {
    return WithNext("task: {kind: call" + fields + "}");
  };
  const std::string twice = "starts: [contact_broken, contact_mended]";
  const std::string a_rung = "{at: due, do: breach, to: owner}";
  const std::string a_rule =
      "{when: {customer: existing}, then: exclude, reason: customer}";
  const auto any = [](const std::string& market) {
    return "{when: {any: [{market: " + market +
           "}, {market: ie}]}, then: exclude, reason: customer}";
  };
  const std::string extends = "version: 1\nextends: base.yaml\n";
  return {
      {"a condition", "any", a_rule, any("uk"), any("fr")},

      {the_policy, "reviews", end, end,
       review("when: {market: uk}, reason: look")},
      {the_policy, "reentry", end, end,
       top("reentry: {ends: disposition, returns: {date: return}}")},
      {the_policy, "outcomes", end, end,
       outcome("name: born, on: lead_created")},
      // A clock that is open: of others nobody is told so late anyway.
      {the_policy, "notify_within", end, WithNext("at_risk: 50%"),
       WithNext("at_risk: 50%") + "notify_within: 1h\n"},

      {"a rule of 'reviews'", "when", end,
       review("when: {market: uk}, reason: look"),
       review("when: {market: fr}, reason: look")},
      {"a rule of 'reviews'", "reason", end,
       review("when: {market: uk}, reason: look"),
       review("when: {market: uk}, reason: see")},
      {"a rule of 'reviews'", "to", end,
       review("when: {stage: mql}, reason: look, to: owner"),
       review("when: {stage: mql}, reason: look, to: backup")},
      {"a rule of 'reviews'", "recommended_action", end,
       review("when: {market: uk}, reason: look"),
       review("when: {market: uk}, reason: look, recommended_action: Look")},
      {"a rule of 'reviews'", "remove", "version: 1\n", extends,
       "version: 1\nextends: without_seen.yaml\n"},

      {"'reentry'", "ends", end,
       reentry("ends: {disposition: recycled}, returns: {date: return}"),
       reentry("ends: {disposition: won}, returns: {date: return}")},
      {"'reentry'", "returns", end,
       reentry("ends: disposition, returns: {date: return}"),
       reentry("ends: disposition, returns: {milestone: never}")},

      {"an outcome", "name", end, outcome("name: born, on: lead_created"),
       outcome("name: come, on: lead_created")},
      {"an outcome", "on", end, outcome("name: done, on: first.missed"),
       outcome("name: done, on: first.breach_1")},
      {"an outcome", "when", end,
       outcome("name: born, on: lead_created, when: {market: uk}"),
       outcome("name: born, on: lead_created, when: {market: fr}")},
      {"an outcome", "repeats", end,
       outcome("name: milestone_reached, on: milestone"),
       outcome("name: milestone_reached, on: milestone, repeats: true")},
      {"an outcome", "remove", "version: 1\n", extends,
       "version: 1\nextends: without_born.yaml\n"},

      {clock, "when", end, WithNext("when: {market: uk}"),
       WithNext("when: {market: fr}")},
      {clock, "repeats", end, WithNext(twice),
       WithNext(twice + ", repeats: each")},
      {clock, "ineligible", "version: 1\n", "version: 1\nextends: stops.yaml\n",
       "version: 1\nextends: keeps.yaml\n"},
      {clock, "attempts", end, WithNext("stops: reply"),
       attempts("of: reply, at_least: 2")},
      {clock, "cancels", end, WithNext("cancels: {stage_changed: sal}"),
       WithNext("cancels: {stage_changed: sql}")},
      {clock, "resumes", "pauses: waiting",
       "pauses: on_hold\n  resumes: {milestone: resumed}",
       "pauses: on_hold\n  resumes: {milestone: never}"},
      {clock, "task", end, WithNext("kpi: a"), WithNext("kpi: a, task: call")},
      {clock, "responsible", end, WithNext("responsible: owner"),
       WithNext("responsible: backup")},
      {clock, "kpi", end, WithNext("kpi: a"), WithNext("kpi: b")},
      {"a pause", "when", "pauses: waiting", "pauses: {when: {market: uk}}",
       "pauses: {when: {market: fr}}"},

      {"'attempts'", "of", end, attempts("of: reply, at_least: 1"),
       attempts("of: {reply: {channel: email}}, at_least: 1")},
      {"'attempts'", "at_least", end, attempts("of: reply, at_least: 1"),
       attempts("of: reply, at_least: 2")},
      {"'attempts'", "channels", end, attempts("of: reply, at_least: 2"),
       attempts("of: reply, at_least: 2, channels: 2")},
      {"'attempts'", "apart", end,
       attempts("of: reply, at_least: 2, apart: 1m"),
       attempts("of: reply, at_least: 2, apart: 3m")},

      {"'task'", "kind", end, task(""), WithNext("task: {kind: ring}")},
      {"'task'", "to", end, task(", to: owner"), task(", to: backup")},
      {"'task'", "recommended_action", end, task(""),
       task(", recommended_action: Ring twice")},

      {"a trigger on a date", "date", end,
       WithNext("starts: {date: next_step}"),
       WithNext("starts: {date: meeting}")},
      {"a trigger on a date", "before", end,
       WithNext("starts: {date: next_step, before: 1h}"),
       WithNext("starts: {date: next_step, before: 1 day}")},
      {"a trigger on a date", "after", end,
       WithNext("starts: {date: next_step, after: 30m}"),
       WithNext("starts: {date: next_step, after: 1h}")},
  };
}

}  // namespace

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
      {eligible, "recommended_action", a_rule,
       "{when: {stage: mql}, then: review, reason: held}",
       "{when: {stage: mql}, then: review, reason: held, recommended_action: "
       "Look}"},
      {eligible, "remove", "version: 1\n", "version: 1\nextends: barred.yaml\n",
       "version: 1\nextends: unbarred.yaml\n"},

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

      {rung, "at", a_rung, a_rung, "{at: due + 5m, do: breach, to: owner}"},
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
  add(MoreRows());
  add(ActivityRows());
  add(TouchRows("a response", "reply: {", "reply: {channel: [phone, email]}",
                "}"));
  add(TouchRows("a trigger", "stops: {reply: {", "stops: reply", "}}"));
  return rows;
}

layers::Files FilesOf(const Row& row, const std::string& variant) {
  std::string text = kPolicy;
  const size_t place = text.find(row.place);
  REQUIRE(place != std::string::npos);
  text.replace(place, row.place.size(), variant);
  return {{"policy.yaml", text},
          {"base.yaml", kBase},
          {"without_second.yaml",
           "extends: base.yaml\nclocks: [{name: second, remove: true}]"},
          {"without_seen.yaml",
           "extends: base.yaml\nreviews: [{reason: seen, remove: true}]"},
          {"stops.yaml", Leaving("stop")},
          {"keeps.yaml", Leaving("keep")},
          {"without_born.yaml",
           "extends: base.yaml\noutcomes: [{name: born, remove: true}]"},
          {"barred.yaml",
           "eligible: [{when: {market: uk}, then: stop, reason: barred}]"},
          {"unbarred.yaml",
           "extends: barred.yaml\neligible: [{reason: barred, remove: true}]"},
          {"without_late.yaml",
           "extends: base.yaml\n"
           "clocks: [{name: third, ladder: [{name: late, remove: true}]}]"}};
}

}  // namespace leadclock::field_rows
