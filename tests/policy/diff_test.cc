#include "processor/policy/diff.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

using Sentences = std::vector<std::string>;

constexpr char kBefore[] = R"(version: 1
calendars:
  london:
    zone: Europe/London
    hours: {mon-fri: "09:00-17:30"}
    holidays: [2026-12-25: Christmas Day]
    dates: {2026-12-24: "09:00-12:00"}
calendar_for:
  - {when: {market: uk}, use: london}
  - {otherwise: always}
eligible:
  - {when: {customer: existing}, then: exclude, reason: customer}
responses:
  call: {channel: phone}
clocks:
  - name: first
    starts: lead_created
    stops: call
    target:
      - {when: {intent: high}, is: 15m}
      - {when: {market: uk}, is: 1h}
      - {otherwise: 4h}
    ladder:
      - {at: due, do: breach, to: owner}
)";

Policy Parse(const std::string& text) {
  const absl::StatusOr<Policy> policy = ParsePolicy(text, "policy.yaml");
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  return *policy;
}

// What the sentences say when a part of the policy becomes another one.
Sentences When(const std::string& part, const std::string& becomes) {
  INFO(part);
  const std::string before = kBefore;
  REQUIRE(before.find(part) != std::string::npos);
  return Differences(Parse(before),
                     Parse(absl::StrReplaceAll(before, {{part, becomes}})));
}

TEST_CASE("Policies that say the same do not differ, whatever their text") {
  CHECK(When("version: 1", "version: 2") == Sentences{});
  CHECK(When("clocks:", "# the promises\nclocks:") == Sentences{});
  // A holiday's name moves no clock.
  CHECK(When("Christmas Day", "Christmas") == Sentences{});
}

TEST_CASE("Clocks in another order are a difference, though a small one") {
  const auto with = [](const std::string& first, const std::string& second) {
    const auto clock = [](const std::string& name) {
      return "- {name: " + name +
             ", starts: lead_created, stops: assigned, target: 1h}\n";
    };
    return Parse("version: 1\nclocks:\n" + clock(first) + clock(second));
  };
  CHECK(Differences(with("a", "b"), with("b", "a")) ==
        Sentences{"Nothing for any lead but the order in which clocks, or "
                  "rungs of one mark, are taken; or rules are written in "
                  "another way."});
}

TEST_CASE("A difference of calendars names calendar, date and hours") {
  const std::string by_london =
      "What counts by calendar london: leads whose market is uk.";
  CHECK(When("\"09:00-17:30\"", "\"08:00-17:30\"") ==
        Sentences{"Calendar london: hours mon-fri 08:00-17:30, was mon-fri "
                  "09:00-17:30.",
                  by_london});
  CHECK(When("Europe/London", "Europe/Dublin") ==
        Sentences{"Calendar london: zone Europe/Dublin, was Europe/London.",
                  by_london});
  CHECK(When("2026-12-25: Christmas Day", "2026-12-28: Boxing Day") ==
        Sentences{"Calendar london: no longer closed on 2026-12-25 (Christmas "
                  "Day).",
                  "Calendar london: closed on 2026-12-28 (Boxing Day).",
                  by_london});
  CHECK(When("2026-12-24: \"09:00-12:00\"", "2026-12-24: closed") ==
        Sentences{"Calendar london: on 2026-12-24 closed, was 09:00-12:00.",
                  by_london});
  CHECK(When("calendar_for:",
             "  york: {zone: Europe/London, hours: {mon: \"09:00-10:00\"}}\n"
             "calendar_for:") ==
        Sentences{"Calendar york is new: Europe/London, mon 09:00-10:00."});
}

TEST_CASE("A difference of calendars says what counts by them") {
  const auto with = [](const std::string& hours, const std::string& clocks) {
    return Parse(
        "version: 1\n"
        "calendars: {a: {zone: UTC, hours: {mon: " +
        hours + "}}}\n" + clocks);
  };
  const auto said = [&](const std::string& clocks) {
    const Sentences all =
        Differences(with("09:00-10:00", clocks), with("09:00-11:00", clocks));
    REQUIRE(all.size() == 2);
    return all[1];
  };
  const std::string clock =
      "{name: first, starts: lead_created, stops: assigned, target: 1h";
  CHECK(said("calendar_for: [{otherwise: a}]\nclocks: [" + clock + "}]\n") ==
        "What counts by calendar a: all leads.");
  CHECK(said("calendar_for: [{when: {owner: nobody}, use: always}, "
             "{otherwise: a}]\nclocks: [" +
             clock + ", calendar: [{when: {market: uk}, use: a}]}]\n") ==
        "What counts by calendar a: all other leads; the clock first, if "
        "market is uk.");
  CHECK(said("clocks: [" + clock + ", calendar: always}]\n") ==
        "Nothing counts by calendar a.");
}

TEST_CASE("A difference of a response says what goes by it") {
  const auto with = [](const std::string& channels) {
    return Parse(
        "version: 1\n"
        "responses: {call: {channel: " +
        channels +
        "}, note: {channel: email}}\n"
        "reentry: {ends: {disposition: recycled}, returns: call}\n"
        "outcomes: [{name: tried, on: {call: {actor: human}}}, {name: born, "
        "on: lead_created}]\n"
        "clocks:\n"
        "- {name: a, starts: call, stops: {call: {channel: another}}, target: "
        "1h}\n"
        "- {name: b, starts: lead_created, stops: note, cancels: {call: "
        "{meaningful: true}}, pauses: hold, resumes: call, target: 1h}\n"
        "- {name: c, starts: lead_created, attempts: {of: [call, note], "
        "at_least: 2}, target: 1h}\n"
        "- {name: d, starts: lead_created, stops: note, target: 1h}\n");
  };
  CHECK(Differences(with("phone"), with("[phone, video]")) ==
        Sentences{"What counts as call: on phone or video, was on phone.",
                  "What goes by call: the clock a (starts, stops); the clock b "
                  "(is cancelled, goes on); the clock c (counts attempts); "
                  "leads that come back; the outcome tried."});
}

TEST_CASE("A version says from when it holds") {
  const auto version = [](const std::string& effective) {
    return Parse(absl::StrReplaceAll(
        kBefore, {{"version: 1", "version: 2" + effective}}));
  };
  const Policy one = version("\neffective: 2026-03-01T08:00:00Z");
  CHECK(WhenInForce(one, version("\neffective: 2026-04-01T09:00:00+01:00")) ==
        "Version 2 holds from 2026-04-01 08:00:00 UTC.");
  CHECK(WhenInForce(one, one) ==
        "Version 2 holds from 2026-03-01 08:00:00 UTC, which is no later than "
        "version 2 does; to come after it, it needs a later 'effective'.");
  CHECK(WhenInForce(one, version("")) ==
        "Version 2 does not say from when it holds; to come after another one, "
        "it needs an 'effective'.");
}

TEST_CASE("A difference of rules names the leads that it concerns") {
  CHECK(When("use: london", "use: always") ==
        Sentences{"Leads whose market is uk: their calendar is always, was "
                  "london."});
  CHECK(When("then: exclude", "then: stop") ==
        Sentences{"Leads whose customer is existing: they count as stopped, "
                  "with their clocks ended (customer),\n  was excluded, with "
                  "their clocks ended (customer)."});
  CHECK(
      When("then: exclude", "then: review") ==
      Sentences{
          "Leads whose customer is existing: they count as to be "
          "looked at by manager, with their clocks ended "
          "(customer),\n  was excluded, with their clocks ended (customer)."});
  CHECK(When("is: 15m", "is: 10m") ==
        Sentences{"Leads whose intent is high: the target of first is 10m, "
                  "was 15m."});
  CHECK(When("{otherwise: 4h}", "{otherwise: 5h}") ==
        Sentences{"Leads whose intent is not high and market is not uk: the "
                  "target of first is 5h, was 4h."});
}

TEST_CASE("A rule that is taken out says what decides now, and for whom") {
  CHECK(When("      - {when: {intent: high}, is: 15m}\n", "") ==
        Sentences{"Leads whose market is uk and intent is high: the target of "
                  "first is 1h, was 15m.",
                  "Leads whose market is not uk and intent is high: the target "
                  "of first is 4h, was 15m."});
}

TEST_CASE("A rule that is put on top says what decided before, and for whom") {
  CHECK(When("    target:\n",
             "    target:\n      - {when: {team: smb}, is: 2h}\n") ==
        Sentences{"Leads whose team is smb and intent is high: the target of "
                  "first is 2h, was 15m.",
                  "Leads whose team is smb and intent is not high and market "
                  "is uk: the target of first is 2h, was 1h.",
                  "Leads whose team is smb and intent is not high and market "
                  "is not uk: the target of first is 2h, was 4h."});
}

TEST_CASE("Leads that stay what they were are named by no difference") {
  CHECK(When("market: uk}, use", "market: [uk, ie]}, use") ==
        Sentences{"Leads whose market is ie: their calendar is london, was "
                  "always."});
  CHECK(When("customer: existing", "customer: [existing, former]") ==
        Sentences{"Leads whose customer is former: they count as excluded, "
                  "with their clocks ended (customer), was eligible."});
  CHECK(When("customer: existing", "flag: [junk, test]") ==
        Sentences{"Leads whose flag is junk and customer is not existing, or "
                  "whose flag is test and customer is not existing: they count "
                  "as excluded, with their clocks ended (customer), was "
                  "eligible.",
                  "Leads whose flag is not junk and not test and "
                  "customer is existing: they count as eligible, was excluded, "
                  "with their clocks ended (customer)."});
  // The same promise, by another rule.
  CHECK(When("{when: {market: uk}, is: 1h}",
             "{when: {market: uk, team: smb}, is: 1h}\n"
             "      - {when: {market: uk}, is: 60m}") ==
        Sentences{"Nothing for any lead but the order in which clocks, or "
                  "rungs of one mark, are taken; or rules are written in "
                  "another way."});
}

TEST_CASE("A comparison that is moved names the numbers in between") {
  const auto with = [](const std::string& comparison) {
    return Parse(absl::StrReplaceAll(
        kBefore, {{"intent: high}", "lead_score: \"" + comparison + "\"}"}}));
  };
  CHECK(Differences(with(">= 60"), with(">= 50")) ==
        Sentences{"Leads whose lead_score is at least 50 and less than 60 and "
                  "market is uk: the target of first is 15m, was 1h.",
                  "Leads whose lead_score is at least 50 and less than 60 and "
                  "market is not uk: the target of first is 15m, was 4h."});
}

TEST_CASE("Of flags that must and must not be there one sentence is made") {
  CHECK(When("      - {when: {intent: high}, is: 15m}\n",
             "      - {when: {flag: complaint}, is: 5m}\n"
             "      - {when: {flag: vip}, is: 10m}\n"
             "      - {when: {intent: high}, is: 15m}\n")
            .back() ==
        "Leads whose flag is vip and not complaint and intent is not high "
        "and market is not uk: the target of first is 10m, was 4h.");
}

TEST_CASE("Of very many rules the one that changes is named, and soon") {
  const auto policy = [](const std::string& target_of_777) {
    std::string text =
        "version: 1\nclocks:\n  - name: first\n    starts: "
        "lead_created\n    stops: assigned\n    target:\n";
    for (int i = 0; i < 1'000; ++i) {
      absl::StrAppend(&text, "      - {when: {source: s", i, "}, is: ",
                      i == 777 ? target_of_777 : absl::StrCat(i % 7 + 1, "h"),
                      "}\n");
    }
    return Parse(text + "      - {otherwise: 4h}\n");
  };
  CHECK(Differences(policy("30m"), policy("20m")) ==
        Sentences{"Leads whose source is s777: the target of first is 20m, was "
                  "30m."});
}

TEST_CASE("Where many rules cross, leads are named without all that excludes") {
  std::string target = "    target:\n";
  for (int i = 1; i <= 12; ++i) {
    const std::string n = std::to_string(i);
    target += "      - {when: {custom.a" + n + ": x, custom.b" + n +
              ": y}, is: 9h}\n";
  }
  const Policy before =
      Parse(absl::StrReplaceAll(kBefore, {{"    target:\n", target}}));
  const Policy after = Parse(absl::StrReplaceAll(
      kBefore, {{"    target:\n", target}, {"is: 15m", "is: 10m"}}));
  CHECK(Differences(before, after) ==
        Sentences{"Leads whose intent is high, unless a rule that stands "
                  "earlier decides: the target of first is 10m, was 15m."});
}

TEST_CASE("An override says for which leads a promise becomes another one") {
  const std::string override_of_paid =
      "overrides:\n"
      "  - when: {market: uk, source: paid}\n"
      "    clocks: {first: {target: 1h, calendar: london}}\n";
  // Of those whose intent is not high it was 1h already.
  CHECK(Differences(Parse(kBefore), Parse(kBefore + override_of_paid)) ==
        Sentences{"Leads whose market is uk and source is paid: first counts "
                  "the open time of london, was the open time of the lead's "
                  "calendar.",
                  "Leads whose market is uk and source is paid and intent is "
                  "high: the target of first is 1h, was 15m."});
}

TEST_CASE("A difference of recipients names who is told from now on") {
  const std::string one = "recipients: {ops: a}\nresponses:";
  CHECK(When("responses:", one) == Sentences{"Recipient ops is new: a."});
  CHECK(When("responses:",
             "recipients: {ops: [{when: {team: smb}, is: c}, {otherwise: a}]}\n"
             "responses:") ==
        Sentences{"Recipient ops is new: c if team is smb, otherwise a."});
  CHECK(When("responses:", "fallback: [owner, manager]\nresponses:") ==
        Sentences{"A recipient whom nobody holds falls to owner, then "
                  "manager, was manager."});

  const std::string before =
      absl::StrReplaceAll(kBefore, {{"responses:", one}});
  const auto when = [&](const std::string& ops) {
    return Differences(Parse(before),
                       Parse(absl::StrReplaceAll(before, {{"{ops: a}", ops}})));
  };
  CHECK(when("{ops: b}") == Sentences{"All leads: their ops is b, was a."});
  CHECK(when("{other: a}") ==
        Sentences{"Recipient other is new: a.", "Recipient ops is no more."});
  CHECK(when("{ops: [{when: {team: smb}, is: c}, {otherwise: a}]}") ==
        Sentences{"Leads whose team is smb: their ops is c, was a."});
}

TEST_CASE("Rules in another order concern the leads of whom several hold") {
  CHECK(When("      - {when: {intent: high}, is: 15m}\n"
             "      - {when: {market: uk}, is: 1h}\n",
             "      - {when: {market: uk}, is: 1h}\n"
             "      - {when: {intent: high}, is: 15m}\n") ==
        Sentences{"Leads whose market is uk and intent is high: the target of "
                  "first is 1h, was 15m."});
}

TEST_CASE("A difference of a clock names its part") {
  CHECK(When("call: {channel: phone}", "call: {channel: [phone, sms]}") ==
        Sentences{"What counts as call: on phone or sms, was on phone.",
                  "What goes by call: the clock first (stops)."});
  CHECK(When("    stops: call\n", "    stops: [call, assigned]\n") ==
        Sentences{"Clock first stops when call or somebody becomes its "
                  "owner, was call."});
  CHECK(When("    stops: call\n", "    stops: call\n    pauses: on_hold\n") ==
        Sentences{"Clock first stands still while status is on_hold, was "
                  "never."});
  CHECK(When("    stops: call\n", "    stops: call\n    calendar: always\n") ==
        Sentences{"All leads: first counts day and night, was the "
                  "open time of the lead's calendar."});
  CHECK(When("to: owner", "to: [owner, manager]") ==
        Sentences{"Clock first, rung breach_1: when due breach owner, "
                  "manager, was when due breach owner."});
  CHECK(When("name: first", "name: answer") ==
        Sentences{
            "Clock answer is new:\n"
            "  starts when  the lead comes in\n"
            "  stops when   call\n"
            "  counts       the open time of the lead's calendar\n"
            "  target       15m, if intent is high\n"
            "  target       1h, if market is uk\n"
            "  target       4h, otherwise\n"
            "  Ladder\n"
            "    at 80% of the target  warn owner    at_risk\n"
            "    when due              breach owner  breach_1",
            "Clock first is no more, for all leads. Those that are open when "
            "the version takes effect go on."});
  const std::string carries = absl::StrReplaceAll(
      kBefore, {{"version: 1", "open_clocks: carry\nversion: 2"},
                {"name: first", "name: answer"}});
  CHECK(Differences(Parse(kBefore), Parse(carries)).back() ==
        "Clock first is no more, for all leads. Those that are open when the "
        "version takes effect end.");
}

TEST_CASE("A difference in what else a clock says names its part") {
  const auto [fields, sentence] = GENERATE(table<std::string, std::string>({
      {"repeats: each",
       "Clock first starts each time, beside those that are open, was "
       "once in a cycle."},
      {"attempts: {of: call, at_least: 6, channels: 1}",
       "Clock first stops when call, or it has had 6 of call, was call."},
      {"cancels: {disposition: declined}",
       "Clock first is cancelled when its disposition is declined, was "
       "never."},
      {"pauses: [{when: {reachable: no}}]",
       "Clock first stands still while it cannot be reached, was never."},
      {"task: ring", "Clock first has the task ring for owner, was no task."},
      {"task: {kind: ring, recommended_action: Call them.}",
       "Clock first has the task ring for owner, recommending \"Call them.\", "
       "was no task."},
      {"ineligible: keep",
       "Clock first is, when the lead is not eligible any more, kept open, was "
       "ended."},
      {"responsible: backup",
       "Clock first is the responsibility of backup, was owner."},
      {"kpi: speed", "Clock first is measured as speed, was nothing."},
      {"when: {intent: [high, low]}",
       "Leads whose intent is not high or low: first is not promised, was "
       "promised."},
  }));
  const std::string stops = "    stops: call\n";
  CHECK(When(stops, stops + "    " + fields + "\n") == Sentences{sentence});
}

TEST_CASE("A clock that is for fewer leads says for whom it is no more") {
  const auto with = [](const std::string& when) {
    return Parse(absl::StrReplaceAll(
        kBefore,
        {{"    stops: call\n", "    stops: call\n    when: " + when + "\n"}}));
  };
  CHECK(Differences(with("{intent: [high, low]}"), with("{intent: high}")) ==
        Sentences{"Leads whose intent is low: first is not promised, was "
                  "promised."});
  CHECK(Differences(with("{owner: nobody}"), with("{owner: somebody}")) ==
        Sentences{"Leads whose owner is somebody: first is promised, was not "
                  "promised.",
                  "Leads whose owner is nobody: first is not promised, was "
                  "promised."});
  CHECK(Differences(with("{any: [{market: uk}, {market: ie}]}"),
                    with("{market: [uk, ie]}"))
            .size() == 1);  // written in another way
}

TEST_CASE("A difference in what becomes of leads names it") {
  const auto [part, sentence] = GENERATE(table<std::string, std::string>({
      {"notify_within: 12h",
       "Somebody is told of a rung if it can be said within 12h, was whenever "
       "it can be said."},
      {"reviews: [{when: {flag: vip}, reason: look}]",
       "Leads whose flag is vip: their review for look is by manager, was by "
       "nobody."},
      {"outcomes: [{name: won, on: {disposition: closed_won}}]",
       "The outcome won is reached when its disposition is closed_won, once in "
       "a cycle (new)."},
  }));
  CHECK(When("responses:", part + "\nresponses:") == Sentences{sentence});
  CHECK(When("responses:",
             "reentry: {ends: {disposition: recycled}, returns: {date: "
             "return}}\nresponses:") ==
        Sentences{
            "A lead is recycled when its disposition is recycled, was "
            "never.",
            "A lead is back when the time of its return comes, was never."});
}

TEST_CASE("A version that does not come after the other one is told so") {
  const Policy one = Parse(kBefore);
  const Policy two =
      Parse(absl::StrReplaceAll(kBefore, {{"version: 1", "version: 2"}}));
  CHECK(WhyNotAfter(one, two).empty());
  CHECK(WhyNotAfter(one, one).empty());
  CHECK(WhyNotAfter(two, one) ==
        "But its version, 1, is not greater than 2, as it must be to come "
        "after it; write 3.");
}

}  // namespace
}  // namespace leadclock
