#include <catch2/catch.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/policy.h"
#include "tests/policy/policy_parts.h"

// Marks and rungs, being at risk, and acknowledging.

namespace leadclock {
namespace {

using policy_parts::Each;
using policy_parts::Errors;
using policy_parts::Parsed;
using policy_parts::WithClock;
using policy_parts::WithRungs;
using policy_parts::WithTarget;

TEST_CASE("A mark that is written as it is told says how to write it") {
  const auto [mark, meant] = GENERATE(table<std::string, std::string>({
      {"5m after due", "due + 5m"},
      {"1h before due", "due - 1h"},
      {"dua", "due"},
      {"when due", "due"},
      {"after 10m", "10m"},
      {"at 80% of the target", "80%"},
      {"after due + 10m", "due + 10m"},
      {"24h of wall", "24h wall"},
      {"after 24h on the wall", "24h wall"},
      {"1h on the wall after due", "due + 1h wall"},
  }));
  CHECK(Errors(WithRungs("{at: " + mark + ", do: remind, to: owner}")) ==
        "policy.yaml:5:6: '" + mark + "' is not a mark; did you mean '" +
            meant + "'?");
}

TEST_CASE("A mark counts from the start or from due, or is a share") {
  const auto [text, from, length, percent] =
      GENERATE(table<std::string, Mark::From, absl::Duration, int>({
          {"10m", Mark::From::kStart, absl::Minutes(10), 0},
          {"0m", Mark::From::kStart, absl::ZeroDuration(), 0},
          {"due", Mark::From::kAfterDue, absl::ZeroDuration(), 0},
          {"due + 5m", Mark::From::kAfterDue, absl::Minutes(5), 0},
          {"due+1h30m", Mark::From::kAfterDue, absl::Minutes(90), 0},
          {"due - 5m", Mark::From::kBeforeDue, absl::Minutes(5), 0},
          {"due - 0m", Mark::From::kAfterDue, absl::ZeroDuration(), 0},
          {"50%", Mark::From::kShare, absl::ZeroDuration(), 50},
          {"100%", Mark::From::kShare, absl::ZeroDuration(), 100},
      }));
  CAPTURE(text);
  const Policy policy =
      Parsed(WithRungs("{at: " + text + ", do: remind, to: owner}"));
  CHECK(policy.clocks.at(0).ladder.at(0).mark == Mark{from, length, percent});
}

TEST_CASE("Rungs are named by action and ordinal, unless they have a name") {
  const Policy policy = Parsed(WithRungs(
      "{at: 10m, do: remind, to: owner},"
      "{at: 20m, do: remind, to: owner, name: nudge, when: {intent: high}},"
      "{at: due, do: breach, to: manager},"
      "{at: 30m, do: remind, to: owner}"));
  std::vector<std::string> names;
  for (const Rung& rung : policy.clocks.at(0).ladder) {
    names.push_back(rung.name);
  }
  CHECK(names == std::vector<std::string>{"remind_1", "nudge", "breach_1",
                                          "remind_3", "at_risk"});
  CHECK(policy.clocks[0].ladder[1].when == Condition{{"intent", {"high"}}});
}

TEST_CASE("An anchor saves writing a ladder twice") {
  const Policy policy = Parsed(
      "version: 1\n"
      "clocks:\n"
      "- {name: a, starts: lead_created, stops: assigned, target: 1h, ladder: "
      "&usual [{at: due, do: breach, to: owner}]}\n"
      "- {name: b, starts: a.missed, stops: assigned, target: 1h, ladder: "
      "*usual}\n");
  CHECK(policy.clocks.at(1).ladder == policy.clocks.at(0).ladder);
}

TEST_CASE("Mistakes in a ladder") {
  const auto [rungs, error] = GENERATE(Each({
      {"", "4:73: 'ladder' is an empty list; write at least one entry"},
      {"{do: remind, to: owner}", "5:1: missing field 'at' in a rung"},
      {"{at: 10m, to: owner}", "5:1: missing field 'do' in a rung"},
      {"{at: 10m, do: remind}", "5:1: missing field 'to' in a rung"},
      {"{at: 10, do: remind, to: owner}",
       "5:6: '10' has no unit; write 10m, 10h or 10%"},
      {"{at: due * 2, do: remind, to: owner}",
       "5:6: 'due' is followed by '+' or '-', not '* 2'; write due, due + 5m "
       "or due - 5m"},
      {"{at: due + 5, do: remind, to: owner}",
       "5:6: '5' has no unit; write 5s, 5m or 5h"},
      {"{at: 150%, do: remind, to: owner}",
       "5:6: '150%' is not a share of the target; write a whole number from 1% "
       "to 100%, or due + 5m for what comes after"},
      {"{at: 0%, do: remind, to: owner}",
       "5:6: '0%' is not a share of the target; write a whole number from 1% "
       "to 100%, or due + 5m for what comes after"},
      {"{at: due - 10m wall, do: remind, to: owner}",
       "5:6: 'due - 10m wall' is no mark: 'wall' time is counted on from the "
       "start or from due; write 24h wall or due + 1h wall"},
      {"{at: 50% wall, do: remind, to: owner}",
       "5:6: '50% wall' is no mark: 'wall' time is counted on from the start "
       "or from due; write 24h wall or due + 1h wall"},
      {"{at: due wall, do: remind, to: owner}",
       "5:6: 'due wall' is no later on the wall; write 'due'"},
      {"{at: 10 wall, do: remind, to: owner}",
       "5:6: '10' has no unit; write 10s, 10m or 10h"},
      {"{at: {wall: 10m}, do: remind, to: owner}",
       "5:6: a mark is a text; write 10m, 50%, due, due - 5m, due + 5m, 24h "
       "wall or due + 1h wall"},
      {"{at: soon, do: remind, to: owner}",
       "5:6: 'soon' is not a mark; write 10m, 50%, due, due - 5m, due + 5m, "
       "24h wall or due + 1h wall"},
      {"{at: 10 minutes, do: remind, to: owner}",
       "5:6: '10 minutes' is not a mark; did you mean '10m'?"},
      {"{at: 10m, do: remnd, to: owner}",
       "5:15: 'remnd' is not an action; did you mean 'remind'?"},
      {"{at: 10m, do: remind, to: onwer}",
       "5:27: nobody defines the recipient 'onwer'; did you mean 'owner'?"},
      {"{at: 10m, do: remind, to: operations}",
       "5:27: nobody defines the recipient 'operations'; known: owner, backup, "
       "manager, team_lead; write who holds another role into 'recipients'"},
      {"{at: 10m, do: remind, to: {first: owner, else: manager}}",
       "5:27: 'to' is a text, not a map"},
      {"{at: 10m, do: remind, to: []}",
       "5:27: 'to' is an empty list; write at least one entry"},
      {"{at: 10m, do: remind, to: [owner, owner]}",
       "5:35: 'owner' is written twice"},
      {"{at: 10m, do: reassign, to: [backup, manager]}",
       "5:29: a lead is reassigned to one person; write one recipient"},
      {"{at: 10m, do: acknowledge, to: owner}",
       "5:15: 'acknowledge' is not an action; known: remind, warn, breach, "
       "escalate, reassign, request_alternate_owner, review, set_priority"},
      {"{at: 10m, do: set_priority}",
       "5:1: missing field 'priority' in a rung"},
      {"{at: 10m, do: set_priority, priority: \"\"}",
       "5:39: there are no words; write them, such as 'high', or leave the "
       "field out"},
      {"{at: 10m, do: remind, to: owner, priority: high}",
       "5:34: only a rung that does 'set_priority' has one"},
      {"{at: 10m, do: remind, to: owner, recommended_action: \"\"}",
       "5:54: there are no words; write them, such as 'Call now', or leave "
       "the field out"},
      {"{at: 10m, do: remind, to: owner, when: {}}",
       "5:40: the condition is empty, and would always hold; write what it "
       "asks for"},
      {"{at: 10m, do: remind, to: owner, wen: {intent: high}}",
       "5:34: unknown field 'wen' in a rung; did you mean 'when'?"},
      {"{at: 10m, do: remind, to: owner}, {at: 5m, do: review, to: owner, "
       "name: remind_1}",
       "5:35: two rungs of one ladder are named 'remind_1'; choose another "
       "'name' for one of them"},
  }));
  CHECK(Errors(WithRungs(rungs)) == "policy.yaml:" + error);
}

TEST_CASE("A rung does one of eight things") {
  const auto [word, action] = GENERATE(table<std::string, RungAction>({
      {"remind", RungAction::kRemind},
      {"warn", RungAction::kWarn},
      {"breach", RungAction::kBreach},
      {"escalate", RungAction::kEscalate},
      {"reassign", RungAction::kReassign},
      {"request_alternate_owner", RungAction::kRequestAlternateOwner},
      {"review", RungAction::kReview},
  }));
  const std::string at = action == RungAction::kBreach ? "due" : "10m";
  const Rung rung =
      Parsed(WithRungs("{at: " + at + ", do: " + word + ", to: owner}"))
          .clocks.at(0)
          .ladder.at(0);
  CHECK(rung.action == action);
  CHECK(rung.name == word + "_1");
}

// A rung of a clock with these targets that says that the promise is broken.
std::string WithBreach(const std::string& targets, const std::string& at) {
  return WithTarget(targets + ", ladder: [\n{at: " + at +
                    ", do: breach, to: owner}]");
}

TEST_CASE("A promise is not broken before it is due") {
  const std::string two = "[{when: {intent: high}, is: 15m}, {otherwise: 4h}]";
  const auto [targets, at] = GENERATE_COPY(table<std::string, std::string>({
      {"1h", "50%"},
      {"1h", "99%"},
      {"1h", "due - 5m"},
      {"1h", "59m"},
      {"1h", "59m wall"},
      {two, "14m"},
      {"2 business days", "50%"},
      {"2 business days", "due - 5m"},
  }));
  CAPTURE(targets, at);
  CHECK(Errors(WithBreach(targets, at)) ==
        "policy.yaml:6:1: this rung comes too soon: a promise is not broken "
        "before it is due; write due or later, such as due + 5m, or let the "
        "rung warn");
}

TEST_CASE("A promise may be broken when it is due, later, or who knows when") {
  const std::string three =
      "[{when: {intent: high}, is: 30m}, {when: {intent: [medium, low]}, is: "
      "1h}, {otherwise: 4h}]";
  const std::string two = "[{when: {intent: high}, is: 15m}, {otherwise: 4h}]";
  const auto [targets, at] = GENERATE_COPY(table<std::string, std::string>({
      {"1h", "due"},
      {"1h", "100%"},
      {"1h", "due + 5m"},
      {"1h", "1h"},
      {"1h", "1h wall"},
      {"0m", "50%"},
      {two, "4h"},
      {two, "4h wall"},
      // Of its leads none has the target of the others.
      {three, "1h, when: {intent: [high, medium, low]}"},
      // Whom it is for was missed before.
      {"1h", "50%, when: {missed_clock: first}"},
      // How much open time that is, nobody knows before it starts.
      {"2 business days", "10m"},
      {"end of business day", "10m"},
  }));
  CAPTURE(targets, at);
  CHECK(Errors(WithBreach(targets, at)).empty());
}

TEST_CASE("A rung may set a priority, and tell nobody") {
  const Rung rung =
      Parsed(WithRungs("{at: 10m, do: set_priority, priority: high}"))
          .clocks.at(0)
          .ladder.at(0);
  CHECK(rung.action == RungAction::kSetPriority);
  CHECK(rung.priority == "high");
  CHECK(rung.to.empty());
}

// `at_risk` stands in line 4, column 74, before a ladder of one rung.
std::string WithAtRisk(const std::string& at_risk,
                       const std::string& action = "escalate") {
  return WithClock(
      "name: first, starts: lead_created, stops: reply, target: "
      "1h, at_risk: " +
      at_risk + ",\n ladder: [{at: 30m, do: " + action +
      ", to: manager, name: alarm}]");
}

TEST_CASE("A clock warns its owner at 80%, or at another mark, or never") {
  const std::vector<Rung> by_default =
      Parsed(WithTarget("1h")).clocks.at(0).ladder;
  REQUIRE(by_default.size() == 1);
  CHECK(by_default[0] ==
        Rung{.name = "at_risk",
             .mark = {Mark::From::kShare, absl::ZeroDuration(), 80},
             .action = RungAction::kWarn,
             .to = {"owner"},
             .when = {},
             .for_the_rest = true});

  const std::vector<Rung> before_due =
      Parsed(WithAtRisk("due - 5m")).clocks.at(0).ladder;
  REQUIRE(before_due.size() == 2);
  CHECK(before_due[0].name == "alarm");
  CHECK(before_due[1].name == "at_risk");
  CHECK(before_due[1].mark ==
        Mark{Mark::From::kBeforeDue, absl::Minutes(5), 0});

  CHECK(Parsed(WithAtRisk("never")).clocks.at(0).ladder.size() == 1);
}

TEST_CASE("A rung that warns takes the place of the warning of every clock") {
  const std::vector<Rung> ladder =
      Parsed(WithRungs("{at: 30m, do: warn, to: manager, name: at_risk},"
                       "{at: 40m, do: warn, to: owner}"))
          .clocks.at(0)
          .ladder;
  REQUIRE(ladder.size() == 2);
  CHECK(ladder[0].to == std::vector<std::string>{"manager"});
}

TEST_CASE("Mistakes in when a clock is at risk") {
  const std::string after_due =
      "a clock that is due is not at risk any more; write a mark before due, "
      "such as 80% or due - 5m";
  const auto [policy, error] = GENERATE_COPY(Each({
      {WithAtRisk("due"), "4:74: " + after_due + ", or never"},
      {WithAtRisk("due + 5m"), "4:74: " + after_due + ", or never"},
      {WithAtRisk("100%"), "4:74: " + after_due + ", or never"},
      {WithAtRisk("nevr"), "4:74: 'nevr' is not a mark; did you mean 'never'?"},
      {WithAtRisk("none"), "4:74: 'none' is not a mark; did you mean 'never'?"},
      {WithAtRisk("50%", "warn"),
       "4:74: rungs of the ladder warn of every lead, and are what says that "
       "the clock is at risk; leave this out, or them"},
      {WithRungs("{at: due, do: warn, to: owner}"),
       "5:1: this rung can never fire: " + after_due},
      {WithRungs("{at: 10m, do: remind, to: owner, name: at_risk}"),
       "4:73: a rung is named 'at_risk', as what the clock's own 'at_risk' "
       "says; choose another name for the rung"},
  }));
  CHECK(Errors(policy) == "policy.yaml:" + error);
}

// `acknowledge` stands in line 5, from column 1, of a clock in office hours.
std::string WithAcknowledge(const std::string& acknowledge,
                            const std::string& more = "calendar: office") {
  return "version: 1\n"
         "calendars: {office: {zone: UTC, hours: {mon-fri: 09:00-17:00}}}\n"
         "clocks: [{name: first, starts: lead_created, stops: assigned, "
         "target: "
         "1h, at_risk: never,\n"
         "acknowledge:\n" +
         acknowledge + ",\n" + more + "}]\n";
}

TEST_CASE("A clock may acknowledge what starts while it is closed") {
  CHECK(Parsed(WithAcknowledge("{when: closed, to: [owner, manager], "
                               "recommended_action: Say when we open}"))
            .clocks.at(0)
            .ladder ==
        std::vector<Rung>{
            {.name = "acknowledge",
             .mark = {Mark::From::kStarted, absl::ZeroDuration(), 0},
             .action = RungAction::kAcknowledge,
             .to = {"owner", "manager"},
             .when = {},
             .priority = "",
             .recommended_action = "Say when we open"}});
}

TEST_CASE("Mistakes in what a clock acknowledges") {
  const auto [policy, error] = GENERATE(Each({
      {WithAcknowledge("{to: owner}"),
       "5:1: missing field 'when' in 'acknowledge'"},
      {WithAcknowledge("{when: closed}"),
       "5:1: missing field 'to' in 'acknowledge'"},
      {WithAcknowledge("manager"),
       "5:1: 'acknowledge' says when, and who is told; write {when: closed, "
       "to: manager}"},
      {WithAcknowledge("always"),
       "5:1: 'acknowledge' says when, and who is told; write {when: closed, "
       "to: owner}"},
      {WithAcknowledge("{when: open, to: owner}"),
       "5:8: 'open' is not when a clock acknowledges a lead; known: closed"},
      {WithAcknowledge("{when: closed, to: onwer}"),
       "5:20: nobody defines the recipient 'onwer'; did you mean 'owner'?"},
      {WithAcknowledge("{when: closed, to: owner, at: 10m}"),
       "5:27: unknown field 'at' in 'acknowledge'; known: when, to, "
       "recommended_action"},
      {WithAcknowledge("{when: closed, to: owner}", "calendar: always"),
       "5:1: nothing is ever acknowledged: the calendar 'always' is never "
       "closed; let the clock count by another one, or leave this out"},
      {WithAcknowledge("{when: closed, to: owner}",
                       "calendar: office, ladder: [{at: due, do: breach, to: "
                       "owner, name: acknowledge}]"),
       "6:27: a rung is named 'acknowledge', as what the clock's own "
       "'acknowledge' says; choose another name for the rung"},
  }));
  CHECK(Errors(policy) == "policy.yaml:" + error);
}

TEST_CASE("A rung may recommend what to do") {
  CHECK(Parsed(WithRungs("{at: 10m, do: remind, to: owner, "
                         "recommended_action: Call now}"))
            .clocks.at(0)
            .ladder.at(0)
            .recommended_action == "Call now");
}

}  // namespace
}  // namespace leadclock
