// What a policy says and what can never come to be.

#include <catch2/catch.hpp>
#include <string>

#include "tests/policy/layers.h"
#include "tests/policy/policy_parts.h"

namespace leadclock {
namespace {

using policy_parts::Each;
using policy_parts::Errors;

// Clocks stand from line 4 on, `parts` in line 3.
std::string With(const std::string& parts, const std::string& clocks) {
  return "version: 1\n"
         "responses: {reply: {direction: outbound}}\n" +
         parts + "\nclocks:\n" + clocks;
}

std::string ClockThat(const std::string& fields) {
  return "- {name: a, stops: reply, target: 1h, " + fields + "}\n";
}

TEST_CASE("A clock for leads that are not eligible never starts") {
  const auto [eligible, when] = GENERATE(Each({
      {"{when: {market: {not: uk}}, then: exclude, reason: out}", "market: fr"},
      {"{when: {company_size: {not: \">= 50\"}}, then: stop, reason: out}",
       "company_size: \"< 10\""},
  }));
  CHECK(Errors(With("eligible: [" + eligible + "]",
                    ClockThat("starts: lead_created, when: {" + when + "}"))) ==
        "policy.yaml:5:67: this clock can never start: 'eligible' takes the "
        "leads that it is for out, for the reason 'out'");
}

TEST_CASE("A clock whose leads several rules take out never starts") {
  const std::string eligible =
      "eligible: [{when: {market: uk, intent: high}, then: exclude, reason: a},"
      " {when: {market: uk, intent: {not: high}}, then: exclude, reason: b}]";
  CHECK(Errors(With(eligible, ClockThat("starts: lead_created, "
                                        "when: {market: uk}"))) ==
        "policy.yaml:5:67: this clock can never start: 'eligible' takes the "
        "leads that it is for out, for the reasons 'a' and 'b'");
  CHECK(Errors(With(eligible, ClockThat("starts: lead_created, "
                                        "when: {market: [uk, fr]}")))
            .empty());
}

TEST_CASE("A clock whose start makes its condition untrue never starts") {
  const std::string reentry =
      "reentry: {ends: {milestone: lost}, returns: reply}";
  const auto [starts, when] = GENERATE(Each({
      {"{stage_changed: sql}", "stage: mql"},
      {"{stage_changed: [sql, sal]}", "stage: {not: [sql, sal, mql]}"},
      {"{status_changed: open}", "status: closed"},
      {"{flag_added: vip}", "flag: {not: vip}"},
      {"assigned", "owner: nobody"},
      {"{assigned: backup}", "backup: nobody"},
      {"{disposition: lost}", "disposition: won"},
      {"{contact_broken: phone}", "broken_channel: {not: phone}"},
      {"[{stage_changed: sql}, {stage_changed: sal}]", "stage: mql"},
      {"{consent_changed: {consent: granted, channel: \"\"}}",
       "consent: withdrawn"},
      {"lead_created", "cycle: \">= 2\""},
      {"reentered", "cycle: 1"},
  }));
  const std::string other =
      "- {name: b, starts: lead_created, stops: reply, target: 1h}\n";
  CHECK_THAT(
      Errors(With(
          reentry,
          ClockThat("starts: " + starts + ", when: {" + when + "}") + other)),
      Catch::Contains(": this clock can never start: what starts it never "
                      "happens to a lead that it is for, as just this makes "
                      "its 'when' untrue"));
}

TEST_CASE("A clock starts if one of its triggers leaves its condition true") {
  const auto [starts, when] = GENERATE(Each({
      {"[lead_created, {stage_changed: sql}]", "stage: mql"},
      {"{stage_changed: [sql, mql]}", "stage: mql"},
      {"{flag_added: vip}", "flag: spam"},
      {"{flag_added: [vip, spam]}", "flag: {not: vip}"},
      {"assigned", "backup: nobody"},
      // Consent for one channel says nothing of the others.
      {"{consent_changed: {consent: granted, channel: sms}}",
       "consent: withdrawn"},
      {"{consent_changed: granted}", "consent: withdrawn"},
      {"{contact_mended: phone}", "broken_channel: {not: phone}"},
      {"b.missed", "missed_clock: b"},
      {"b.answered", "missed_clock: {not: b}"},
  }));
  const std::string other =
      "- {name: b, starts: lead_created, stops: reply, target: 1h}\n";
  CHECK(Errors(
            With("", ClockThat("starts: " + starts + ", when: {" + when + "}") +
                         other))
            .empty());
}

// Who misses a clock is looked at before another one starts.
TEST_CASE("A clock cannot start on a miss that takes its lead out") {
  CHECK_THAT(
      Errors(With("eligible: [{when: {missed_clock: b}, then: stop, reason: "
                  "late}]",
                  ClockThat("starts: b.missed") +
                      "- {name: b, starts: lead_created, stops: reply, "
                      "target: 1h}\n")),
      Catch::Contains("this clock can never start: 'eligible' takes the leads "
                      "that it is for out, for the reason 'late'"));
}

// A clock that is open since before is missed for that time, and not for now.
TEST_CASE("What is missed is missed unless the lead has come back since") {
  const std::string reentry =
      "reentry: {ends: {milestone: lost}, returns: reply}";
  const std::string starts =
      ClockThat("starts: b.missed, when: {missed_clock: {not: b}}") +
      "- {name: b, starts: lead_created, stops: reply, target: 1h}\n";
  const std::string fires = ClockThat(
      "starts: lead_created, ladder: [{at: due, do: remind, to: "
      "owner, when: {missed_clock: {not: a}}}]");
  CHECK_THAT(Errors(With("", starts)),
             Catch::Contains("this clock can never start: what starts it never "
                             "happens"));
  CHECK_THAT(Errors(With("", fires)),
             Catch::Contains("its own clock is open, and was missed"));
  CHECK(Errors(With(reentry, starts)).empty());
  CHECK(Errors(With(reentry, fires)).empty());
}

TEST_CASE("What a base cannot mean any more says how to take it out") {
  const std::string base =
      With("", ClockThat("starts: lead_created, acknowledge: {when: closed, "
                         "to: owner}, at_risk: 50%, ladder: [{at: 10m, do: "
                         "remind, to: owner, when: {market: uk}}]"));
  const std::string errors = layers::Errors(
      {{"policy.yaml",
        "version: 2\nextends: base.yaml\n"
        "eligible: [{when: {market: uk}, then: exclude, reason: uk}]\n"},
       {"base.yaml", base}});
  const std::string take_out =
      "; if a policy that extends this file makes it so, take it out there "
      "with 'remove: true'";
  CHECK_THAT(errors, Catch::Contains("for the reason 'uk'" + take_out) &&
                         Catch::Contains("leave this out" + take_out));
}

TEST_CASE("A base's at_risk gives way to a ladder that warns of every lead") {
  const std::string base =
      With("", ClockThat("starts: lead_created, at_risk: 50%"));
  CHECK(layers::Errors({{"policy.yaml",
                         "version: 2\nextends: base.yaml\nclocks: [{name: a, "
                         "ladder: [{at: 30m, do: warn, to: owner}]}]\n"},
                        {"base.yaml", base}})
            .empty());
}

TEST_CASE("No clock starts on what lets the lead go") {
  const auto errors = [](const std::string& starts) {
    return Errors(
        With("reentry: {ends: {disposition: [recycled, lost]}, returns: reply}",
             ClockThat("starts: " + starts)));
  };
  CHECK_THAT(errors("{disposition: [recycled, lost]}"),
             Catch::Contains("this clock can never start: what starts it is "
                             "what 'reentry' lets the lead go by, and no clock "
                             "starts while it is away; let it start on "
                             "'reentered'"));
  CHECK(errors("[{disposition: [recycled, lost]}, reentered]").empty());
  CHECK(errors("{disposition: bad_fit}").empty());
}

TEST_CASE("When a rung is reached its clock is open, and after due missed") {
  const auto errors = [](const std::string& at, const std::string& when) {
    return Errors(
        With("", ClockThat("starts: lead_created, ladder: [{at: " + at +
                           ", do: remind, to: owner, when: {" + when + "}}]")));
  };
  CHECK_THAT(errors("10m", "open_clock: {not: a}"),
             Catch::Contains("this rung can never fire: when it is reached its "
                             "own clock is open, so that its 'when' is "
                             "untrue"));
  CHECK_THAT(errors("due", "missed_clock: {not: a}"),
             Catch::Contains("its own clock is open, and was missed, so that "
                             "its 'when' is untrue"));
  CHECK(errors("10m", "missed_clock: {not: a}").empty());
  CHECK(errors("due + 5m", "open_clock: a").empty());
}

TEST_CASE("Without reentry every lead is here for the first time") {
  CHECK_THAT(
      Errors(
          With("", ClockThat("starts: lead_created, when: {cycle: \">= 2\"}"))),
      Catch::Contains("this clock can never start: no lead ever comes back, as "
                      "the policy has no 'reentry', so that 'cycle' is always "
                      "1"));
  CHECK_THAT(
      Errors(With("", ClockThat("starts: lead_created, ladder: [{at: 10m, do: "
                                "remind, to: owner, when: {cycle: 2}}]"))),
      Catch::Contains("this rung can never fire: no lead ever comes back"));
}

TEST_CASE("A rung for leads that are not eligible fires if the clock goes on") {
  const auto with = [](const std::string& ineligible) {
    return Errors(With(
        "eligible: [{when: {consent: withdrawn}, then: stop, reason: no}]",
        ClockThat("starts: lead_created, " + ineligible +
                  "ladder: [{at: due, do: review, to: manager, when: {consent: "
                  "withdrawn}}]")));
  };
  CHECK_THAT(with(""), Catch::Contains("this rung can never fire: 'eligible' "
                                       "takes the leads that it is for out"));
  CHECK(with("ineligible: keep, ").empty());
}

TEST_CASE("A clock that is cancelled for good is not answered afterwards") {
  const auto with = [](const std::string& repeats) {
    return Errors(With("",
                       "- {name: b, starts: c.stopped, stops: c.answered, "
                       "target: 1h}\n"
                       "- {name: c, starts: lead_created, stops: reply, "
                       "cancels: {milestone: x}, target: 1h" +
                           repeats + "}\n"));
  };
  CHECK(with("") ==
        "policy.yaml:5:39: this clock can never stop: what would stop it is "
        "over before it starts; write what it waits for after its start");
  CHECK(with(", repeats: after_end").empty());
}

TEST_CASE("Nothing is acknowledged where the calendar is never closed") {
  const auto with = [](const std::string& calendar_for,
                       const std::string& fields) {
    return Errors(
        With("calendars: {day: {zone: UTC, hours: {mon-sun: \"00:00-24:00\"}}, "
             "office: {zone: UTC, hours: {mon-fri: \"09:00-17:00\"}}}\n"
             "calendar_for: " +
                 calendar_for,
             ClockThat("starts: lead_created, acknowledge: {when: closed, to: "
                       "owner}" +
                       fields)));
  };
  const std::string never = "nothing is ever acknowledged: the calendar";
  CHECK_THAT(with("[{otherwise: always}]", ""),
             Catch::Contains(never + " 'always' is never closed"));
  CHECK_THAT(with("[{otherwise: day}]", ""),
             Catch::Contains(never + " 'day' is never closed"));
  CHECK_THAT(with("[{when: {market: uk}, use: day}, {otherwise: always}]", ""),
             Catch::Contains(never + "s 'day' and 'always' are never closed"));
  CHECK_THAT(with("[{otherwise: office}]", ", calendar: day"),
             Catch::Contains(never + " 'day' is never closed"));
  CHECK(with("[{otherwise: office}]", "").empty());
  CHECK(with("[{otherwise: day}]", ", calendar: office").empty());
  CHECK(with("[{when: {market: uk}, use: office}, {otherwise: day}]", "")
            .empty());
  CHECK(with("[{otherwise: office}]",
             ", calendar: [{when: {market: uk}, use: day}]")
            .empty());
}

// ---- Circles

TEST_CASE("A circle of clocks hides no other one, nor other mistakes") {
  CHECK(Errors(With("",
                    "- {name: a, starts: [lead_created, b.missed, c.missed], "
                    "stops: reply, target: 1h}\n"
                    "- {name: b, starts: a.missed, stops: reply, target: 1h}\n"
                    "- {name: c, starts: a.missed, stops: reply, target: 1h}\n"
                    "- {name: d, starts: lead_created, stops: e.answered, "
                    "target: 1h}\n"
                    "- {name: e, starts: d.answered, stops: reply, target: "
                    "1h}\n")) ==
        "policy.yaml:5:21: clocks start each other in a circle: a on b on a; "
        "take one of these starts out\n"
        "policy.yaml:5:21: clocks start each other in a circle: a on c on a; "
        "take one of these starts out\n"
        "policy.yaml:8:42: this clock can never stop: it waits for 'e' to be "
        "answered, which can never be, as each waits for the other or for what "
        "never happens; let one of them stop on a response or on assigned\n"
        "policy.yaml:9:21: this clock can never start: it waits for 'd' to be "
        "answered, which can never be; let it start on what happens, or mend "
        "that clock");
}

// ---- Breaches

std::string Breach(const std::string& target, const std::string& rung) {
  return Errors(With("",
                     "- {name: a, starts: lead_created, stops: reply, "
                     "target: " +
                         target + ", ladder: [\n{do: breach, to: owner, " +
                         rung + "}]}\n"));
}

TEST_CASE("A promise is not broken before it is due, for some of the leads") {
  const std::string two = "[{when: {intent: high}, is: 1h}, {otherwise: 15m}]";
  const auto [target, rung] = GENERATE_COPY(Each({
      {two, "at: 15m"},
      {two, "at: 30m, when: {intent: high}"},
      {two, "at: 30m, when: {market: uk}"},
      {two, "at: 59m wall"},
      {"[{when: {intent: high}, is: 1h}, {otherwise: 2 business days}]",
       "at: 30m"},
  }));
  CAPTURE(target, rung);
  CHECK_THAT(Breach(target, rung),
             Catch::Contains("policy.yaml:6:1: this rung comes too soon: a "
                             "promise is not broken before it is due"));
}

TEST_CASE("A rung is judged by the targets that its condition allows") {
  const std::string two = "[{when: {intent: high}, is: 15m}, {otherwise: 4h}]";
  CHECK(Breach(two, "at: 15m, when: {intent: high}").empty());
  CHECK(Breach(two, "at: 4h").empty());
  CHECK(Breach(two, "at: 4h wall").empty());
  CHECK(Breach("[{when: {intent: high}, is: 2 business days}, {otherwise: "
               "15m}]",
               "at: 30m")
            .empty());
  CHECK(Breach(two, "at: 15m") ==
        "policy.yaml:6:1: this rung comes too soon: a promise is not broken "
        "before it is due, as with the target 4h it would be said; write due "
        "or later, such as due + 5m, or let the rung warn");
}

TEST_CASE("A warning beyond the target that its condition allows never fires") {
  CHECK_THAT(Errors(With("",
                         "- {name: a, starts: lead_created, stops: reply, "
                         "target: [{when: {intent: high}, is: 15m}, "
                         "{otherwise: 4h}], ladder: [{at: 30m, do: warn, "
                         "to: owner, when: {intent: high}}]}\n")),
             Catch::Contains("this rung can never fire: the clock is due "
                             "before that"));
}

TEST_CASE("An override may put a target beyond a breach of the clock") {
  CHECK(Errors(
            "version: 1\n"
            "clocks:\n"
            "- {name: a, starts: lead_created, stops: assigned, target: "
            "15m, ladder: [{at: 15m, do: breach, to: owner}]}\n"
            "overrides: [{when: {market: uk}, clocks: {a: {target: 1h}}}]\n") ==
        "policy.yaml:3:74: this rung comes too soon: a promise is not broken "
        "before it is due, as with the target 1h it would be said; write due "
        "or later, such as due + 5m, or let the rung warn");
}

TEST_CASE("Of a mark that is not understood nothing further is said") {
  const auto [at, error] = GENERATE(Each({
      {"soon",
       "'soon' is not a mark; write 10m, 50%, due, due - 5m, due + 5m, "
       "24h wall or due + 1h wall"},
      {"due + 5 min", "'due + 5 min' is not a mark; did you mean 'due + 5m'?"},
      {"due+5", "'5' has no unit; write 5s, 5m or 5h"},
      {"due+5min", "'due+5min' is not a mark; did you mean 'due + 5m'?"},
      {"2 hours", "'2 hours' is not a mark; did you mean '2h'?"},
      {"1h 30m", "'1h 30m' is not a mark; did you mean '1h30m'?"},
      {"10 minutes before due",
       "'10 minutes before due' is not a mark; did you mean 'due - 10m'?"},
      {"80", "'80' has no unit; write 80m, 80h or 80%"},
      {"200", "'200' has no unit; write 200m or 200h"},
      {"deu", "'deu' is not a mark; did you mean 'due'?"},
  }));
  CHECK(Breach("4h", "at: " + at) == "policy.yaml:6:29: " + error);
}

// ---- What has no effect

TEST_CASE("A single attempt is apart from no other") {
  CHECK_THAT(Errors(With("",
                         "- {name: a, starts: lead_created, attempts: {of: "
                         "reply, at_least: 1, apart: 4h}, target: 1h}\n")),
             Catch::Contains("a single attempt is apart from no other"));
}

}  // namespace
}  // namespace leadclock
