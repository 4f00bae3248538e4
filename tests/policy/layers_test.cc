// `extends`: what a policy says over another one.

#include "processor/policy/layers.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "processor/policy/parse_policy.h"
#include "processor/policy/yaml_reader.h"
#include "tests/policy/layers.h"

namespace leadclock {
namespace {

using layers::Errors;
using layers::Files;
using layers::Parsed;
using layers::Says;

const char kBase[] = R"(version: 7
effective: 2026-01-01T00:00:00Z
calendars:
  london: {zone: Europe/London, hours: {mon-fri: "09:00-17:00"}}
  paris: {zone: Europe/Paris, hours: {mon-fri: "09:00-17:00"}}
calendar_for:
- {when: {market: fr}, use: paris}
- {otherwise: london}
eligible:
- {when: {customer: existing}, then: exclude, reason: customer}
responses:
  reply: {direction: outbound}
  call: {channel: phone}
clocks:
- name: first
  starts: lead_created
  stops: reply
  target:
  - {when: {intent: high}, is: 15m}
  - {otherwise: 4h}
  ladder:
  - {at: 10m, do: remind, to: owner}
  - {at: due, do: breach, to: owner}
  - {at: due + 5m, do: remind, to: manager}
- {name: second, starts: first.answered, stops: call, target: 2h}
)";

// `policy`, from line 3 on, over the base.
Files Over(const std::string& policy) {
  return {{"policy.yaml", "version: 8\nextends: base.yaml\n" + policy},
          {"base.yaml", kBase}};
}

// The base itself, with changes.
std::string BaseWith(
    const std::vector<std::pair<std::string, std::string>>& changes) {
  std::string text = kBase;
  for (const auto& [old, now] : changes) {
    const size_t place = text.find(old);
    REQUIRE(place != std::string::npos);
    text.replace(place, old.size(), now);
  }
  return Says(text);
}

TEST_CASE("A policy that extends another one says what that one says") {
  const auto policy = Parsed(Over(""));
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  CHECK(Says(Over("")) == Says(kBase));
  // A number and a date are of one policy only.
  CHECK(policy->version == 8);
  CHECK(policy->effective == absl::InfinitePast());
  CHECK(Errors({{"policy.yaml", "extends: base.yaml"}, {"base.yaml", kBase}}) ==
        "policy.yaml:1:1: missing field 'version' in the policy");
}

TEST_CASE("Calendars and responses replace those of the same name") {
  CHECK(Says(Over("calendars: {london: {zone: UTC, hours: {sat: closed, "
                  "sun: 10:00-12:00}}, rome: {zone: Europe/Rome, hours: {mon: "
                  "09:00-10:00}}}")) ==
        BaseWith({{"london: {zone: Europe/London, hours: {mon-fri: "
                   "\"09:00-17:00\"}}",
                   "london: {zone: UTC, hours: {sun: 10:00-12:00}}"},
                  {"calendar_for:",
                   "  rome: {zone: Europe/Rome, hours: {mon: 09:00-10:00}}\n"
                   "calendar_for:"}}));
  CHECK(Says(Over("responses: {reply: {actor: human}}")) ==
        BaseWith({{"{direction: outbound}", "{actor: human}"}}));
}

TEST_CASE("The policy's rules stand before those of its base") {
  CHECK(Says(Over(
            "eligible: [{when: {flag: spam}, then: stop, reason: spam}]")) ==
        BaseWith({{"eligible:\n",
                   "eligible:\n- {when: {flag: spam}, then: stop, reason: "
                   "spam}\n"}}));
  CHECK(Says(Over("calendar_for: [{when: {market: us}, use: always}]")) ==
        BaseWith({{"calendar_for:\n",
                   "calendar_for:\n- {when: {market: us}, use: always}\n"}}));
  CHECK(Says(Over("clocks: [{name: first, target: [{when: {source: web}, is: "
                  "1h}]}]")) ==
        BaseWith(
            {{"target:\n", "target:\n  - {when: {source: web}, is: 1h}\n"}}));
  CHECK(
      Says(Over("clocks: [{name: second, target: [{when: {source: web}, is: "
                "1h}]}]")) ==
      BaseWith({{"target: 2h",
                 "target: [{when: {source: web}, is: 1h}, {otherwise: 2h}]"}}));
}

TEST_CASE("What always holds leaves the base's rules without a say") {
  CHECK(Says(Over("calendar_for: [{otherwise: paris}]")) ==
        BaseWith({{"- {when: {market: fr}, use: paris}\n- {otherwise: london}",
                   "- {otherwise: paris}"}}));
  const std::string targets =
      "target:\n  - {when: {intent: high}, is: 15m}\n  - {otherwise: 4h}";
  CHECK(Says(Over("clocks: [{name: first, target: 1h}]")) ==
        BaseWith({{targets, "target: 1h"}}));
  CHECK(
      Says(Over("clocks: [{name: first, target: [{when: {source: web}, is: "
                "1h}, {otherwise: 3h}]}]")) ==
      BaseWith({{targets,
                 "target: [{when: {source: web}, is: 1h}, {otherwise: 3h}]"}}));
}

TEST_CASE("A rule of the base that is never reached any more is no mistake") {
  CHECK(Says(Over("calendar_for: [{when: {market: [fr, be]}, use: always}]")) ==
        BaseWith({{"- {when: {market: fr}, use: paris}",
                   "- {when: {market: [fr, be]}, use: always}"}}));
  CHECK(Says(Over("eligible: [{when: {customer: existing}, then: stop, reason: "
                  "known}]")) == BaseWith({{"then: exclude, reason: customer",
                                            "then: stop, reason: known"}}));
  CHECK(Errors(Over("calendar_for: [{when: {market: [fr, be]}, use: always}, "
                    "{when: {market: be}, use: paris}]")) ==
        "policy.yaml:3:57: this rule is never reached: the rule in line 3, "
        "column 16, holds wherever it does; put this one first, or take it "
        "out");
}

TEST_CASE("A clock changes in the fields that are given, where it stands") {
  CHECK(Says(Over("clocks:\n"
                  "- {name: third, starts: lead_created, stops: call, target: "
                  "1h}\n"
                  "- {name: first, stops: call, calendar: paris, pauses: "
                  "on_hold}")) ==
        BaseWith({{"stops: reply",
                   "stops: call\n  calendar: paris\n  pauses: on_hold"},
                  {"target: 2h}\n",
                   "target: 2h}\n- {name: third, starts: lead_created, stops: "
                   "call, target: 1h}\n"}}));
}

TEST_CASE("A clock of the base may be taken out") {
  CHECK(Says(Over("clocks: [{name: second, remove: true}]")) ==
        BaseWith({{"- {name: second, starts: first.answered, stops: call, "
                   "target: 2h}\n",
                   ""}}));
  CHECK(Errors(Over("clocks: [{name: first, remove: true}]")) ==
        "base.yaml:25:26: unknown clock 'first' (policy.yaml:3 takes it out)");
}

TEST_CASE("A ladder without names takes the place of the base's") {
  const std::string ladder =
      "  - {at: 10m, do: remind, to: owner}\n"
      "  - {at: due, do: breach, to: owner}\n"
      "  - {at: due + 5m, do: remind, to: manager}\n";
  CHECK(Says(Over("clocks: [{name: first, ladder: [{at: due, do: breach, to: "
                  "manager}]}]")) ==
        BaseWith({{ladder, "  - {at: due, do: breach, to: manager}\n"}}));
}

TEST_CASE("A ladder with names changes the base's rungs by these") {
  CHECK(
      Says(Over("clocks:\n"
                "- name: first\n"
                "  ladder:\n"
                "  - {name: late, at: due + 1h, do: escalate, to: manager}\n"
                "  - {name: remind_2, to: backup}\n"
                "  - {name: remind_1, remove: true}\n")) ==
      BaseWith({{"  - {at: 10m, do: remind, to: owner}\n", ""},
                {"  - {at: due + 5m, do: remind, to: manager}\n",
                 "  - {at: due + 5m, do: remind, to: backup, name: remind_2}\n"
                 "  - {name: late, at: due + 1h, do: escalate, to: manager}"
                 "\n"}}));
  // A ladder without rungs is none.
  CHECK(Says(Over("clocks:\n"
                  "- name: first\n"
                  "  ladder: [{name: remind_1, remove: true}, {name: breach_1, "
                  "remove: true}, {name: remind_2, remove: true}]")) ==
        BaseWith({{"  ladder:\n"
                   "  - {at: 10m, do: remind, to: owner}\n"
                   "  - {at: due, do: breach, to: owner}\n"
                   "  - {at: due + 5m, do: remind, to: manager}\n",
                   ""}}));
}

// The base with parts of every kind beside its clocks.
Files OverMore(const std::string& policy) {
  return {{"policy.yaml", "version: 8\nextends: base.yaml\n" + policy},
          {"base.yaml",
           std::string(kBase) +
               "reviews:\n"
               "- {when: {flag: complaint}, reason: complaint}\n"
               "- {when: {flag: vip}, reason: vip, to: owner}\n"
               "reentry: {ends: {disposition: recycled}, returns: reply}\n"
               "outcomes:\n"
               "- {name: won, on: {disposition: closed_won}}\n"
               "- {name: late, on: first.missed, when: {market: uk}}\n"
               "notify_within: 12h\n"}};
}

Policy ParsedOverMore(const std::string& policy) {
  const absl::StatusOr<Policy> parsed = Parsed(OverMore(policy));
  INFO(parsed.status().message());
  REQUIRE(parsed.ok());
  return *parsed;
}

TEST_CASE("Reviews of a base change by their reasons, outcomes by names") {
  const Policy policy = ParsedOverMore(
      "reviews:\n"
      "- {reason: vip, to: manager}\n"
      "- {reason: complaint, remove: true}\n"
      "- {when: {flag: new}, reason: new}\n"
      "outcomes:\n"
      "- {name: late, when: {market: fr}}\n"
      "- {name: won, remove: true}\n"
      "- {name: lost, on: {disposition: closed_lost}}\n");
  REQUIRE(policy.reviews.size() == 2);
  CHECK(policy.reviews[0] ==
        ReviewRule{{{"flag", {"vip"}}}, "vip", {"manager"}});
  CHECK(policy.reviews[1].reason == "new");
  REQUIRE(policy.outcomes.size() == 2);
  CHECK(policy.outcomes[0].name == "late");
  CHECK(policy.outcomes[0].when == Condition{{"market", {"fr"}}});
  CHECK(policy.outcomes[0].on.at(0).kind == Trigger::Kind::kClockMissed);
  CHECK(policy.outcomes[1].name == "lost");
}

TEST_CASE("What takes a lead away may change, and what brings it back stay") {
  const Policy policy =
      ParsedOverMore("reentry: {ends: {disposition: declined}}\n");
  CHECK(policy.reentry.ends.at(0).activity.fields.at(0).any_of ==
        std::vector<std::string>{"declined"});
  CHECK(policy.reentry.returns.at(0).kind == Trigger::Kind::kTouch);
  CHECK(policy.notify_within == absl::Hours(12));
  CHECK(ParsedOverMore("notify_within: 1h\n").notify_within == absl::Hours(1));
}

TEST_CASE("All reviews and outcomes of a base may be taken out") {
  const Policy policy = ParsedOverMore(
      "reviews: [{reason: vip, remove: true}, {reason: complaint, remove: "
      "true}]\n"
      "outcomes: [{name: won, remove: true}, {name: late, remove: true}]\n");
  CHECK(policy.reviews.empty());
  CHECK(policy.outcomes.empty());
}

// Line 10 on is the base's `eligible`.
TEST_CASE("Rules of eligibility may be taken out by their reason") {
  const std::string rules =
      "eligible:\n- {when: {customer: existing}, then: exclude, reason: "
      "customer}\n";
  CHECK(Says(Over("eligible: [{reason: customer, remove: true}]")) ==
        BaseWith({{rules, ""}}));
  CHECK(Says(Over("eligible: [{reason: customer, remove: true}, {when: "
                  "{customer: partner}, then: stop, reason: partner}]")) ==
        BaseWith({{rules,
                   "eligible: [{when: {customer: partner}, then: stop, reason: "
                   "partner}]\n"}}));
  CHECK(Errors(Over("eligible: [{reason: costumer, remove: true}]")) ==
        "policy.yaml:3:12: the base has no rule of 'eligible' 'costumer' to "
        "take out; did you mean 'customer'?");
  CHECK(Errors({{"policy.yaml",
                 "version: 1\n"
                 "eligible: [{reason: a, when: {market: uk}, then: stop, "
                 "remove: true}]\n"
                 "clocks: [{name: c, starts: lead_created, stops: assigned, "
                 "target: 1h}]\n"}}) ==
        "policy.yaml:2:56: 'remove' takes rules of the base out, and there is "
        "no base that has this reason; leave it out");
}

TEST_CASE("What a base says in a field may be taken back") {
  const std::string clock = "- {name: c, starts: lead_created, stops: assigned";
  const std::string plain = clock + ", target: 1h}\n";
  const auto [field, value] = GENERATE(table<std::string, std::string>({
      {"pauses", "on_hold"},
      {"cancels", "{disposition: closed_lost}"},
      {"when", "{market: uk}"},
      {"calendar", "always"},
      {"task", "call"},
      {"kpi", "speed"},
      {"at_risk", "50%"},
      {"repeats", "each"},
      {"responsible", "backup"},
      {"ladder", "[{at: due, do: breach, to: owner}]"},
  }));
  CAPTURE(field);
  const std::string base =
      "clocks:\n" + clock + ", target: 1h, " + field + ": " + value + "}\n";
  CHECK(Says({{"policy.yaml",
               "version: 1\nextends: base.yaml\nclocks: [{name: "
               "c, " +
                   field + ": {remove: true}}]"},
              {"base.yaml", base}}) == Says("version: 1\nclocks:\n" + plain));
}

TEST_CASE("So may what it says of all clocks, and of one rung") {
  const std::string clocks =
      "clocks:\n- {name: c, starts: lead_created, stops: assigned, target: 1h, "
      "ladder: [{name: late, at: due, do: breach, to: owner";
  CHECK(Says({{"policy.yaml",
               "version: 1\nextends: base.yaml\n"
               "reentry: {remove: true}\n"
               "notify_within: {remove: true}\n"
               "eligible: {remove: true}\n"
               "recipients: {operations: {remove: true}}\n"
               "clocks: [{name: c, ladder: [{name: late, when: {remove: "
               "true}}]}]"},
              {"base.yaml",
               "reentry: {ends: disposition, returns: {date: return}}\n"
               "notify_within: 1h\n"
               "eligible: [{when: {market: uk}, then: stop, reason: a}]\n"
               "recipients: {operations: u1, desk: u2}\n" +
                   clocks + ", when: {market: uk}}]}\n"}}) ==
        Says("version: 1\nrecipients: {desk: u2}\n" + clocks + "}]}\n"));
  CHECK(Errors(Over("reentry: {remove: true}")) ==
        "policy.yaml:3:1: the base has no 'reentry' to take out here");
}

TEST_CASE("A clock of the base may become a cadence, and be for fewer leads") {
  const Policy policy = ParsedOverMore(
      "clocks:\n"
      "- {name: first, when: {market: uk}, attempts: {of: reply, at_least: "
      "3}}\n"
      "- {name: third, starts: assigned, attempts: {of: call, at_least: 2}, "
      "target: 1h}\n");
  CHECK(policy.clocks.at(0).attempts->at_least == 3);
  CHECK(policy.clocks.at(0).when.size() == 1);
  CHECK(policy.clocks.at(2).stops.empty());
}

TEST_CASE("Mistakes in reviews and outcomes over a base") {
  const auto [policy, error] = GENERATE(table<std::string, std::string>({
      {"reviews: [{reason: vpi, to: owner}]",
       "policy.yaml:3:11: the base has no review 'vpi' to change; did you mean "
       "'vip'? (a new one has when as well)"},
      {"reviews: [{reason: vpi, remove: true}]",
       "policy.yaml:3:11: the base has no review 'vpi' to take out; did you "
       "mean 'vip'?"},
      {"reviews: [{reason: vip, to: owner, remove: true}]",
       "policy.yaml:3:25: a review that is taken out has a reason and nothing "
       "else; leave 'to' out"},
      {"outcomes: [{name: wno, repeats: true}]",
       "policy.yaml:3:12: the base has no outcome 'wno' to change; did you "
       "mean 'won'? (a new one has on as well)"},
      {"outcomes: [{name: won, repeats: true, remove: true}]",
       "policy.yaml:3:24: an outcome that is taken out has a name and nothing "
       "else; leave 'repeats' out"},
      {"clocks: [{name: first, remove: true}, {name: second, starts: "
       "assigned}]",
       "base.yaml:32:20: unknown clock 'first' (policy.yaml:3 takes it out)"},
  }));
  CHECK(Errors(OverMore(policy)) == error);
}

TEST_CASE("Mistakes in what is said over a base") {
  const auto [policy, error] = GENERATE(table<std::string, std::string>({
      {"clocks: [{name: thrid, remove: true}]",
       "policy.yaml:3:10: the base has no clock 'thrid' to take out; known: "
       "first, second"},
      {"clocks: [{name: secnd, remove: true}]",
       "policy.yaml:3:10: the base has no clock 'secnd' to take out; did you "
       "mean 'second'?"},
      {"clocks: [{name: second, remove: false}]",
       "policy.yaml:3:33: 'remove' is true where it is written; leave it out"},
      {"clocks: [{name: second, target: 1h, remove: true}]",
       "policy.yaml:3:25: a clock that is taken out has a name and nothing "
       "else; leave 'target' out"},
      {"clocks: [{name: second, targt: 1h}]",
       "policy.yaml:3:25: unknown field 'targt' in a clock; did you mean "
       "'target'?"},
      {"clocks: [{name: second, target: 1h}, {name: second, target: 2h}]",
       "policy.yaml:3:38: missing field 'starts' in a clock\n"
       "policy.yaml:3:38: missing field 'stops' in a clock\n"
       "policy.yaml:3:45: two clocks are named 'second'; choose another name "
       "for one of them"},
      {"clocks: [{name: first, ladder: [{name: late, at: due, do: breach, to: "
       "owner}, {at: 5m, do: remind, to: owner}]}]",
       "policy.yaml:3:79: other rungs of this ladder have a name, and this one "
       "has none; name all of them to change the base's ladder by names, or "
       "none to write another ladder"},
      {"clocks: [{name: first, ladder: [{name: remind_3, remove: true}]}]",
       "policy.yaml:3:33: the base has no rung 'remind_3' to take out; did you "
       "mean 'remind_1'?"},
      // There is no clock beneath it from which a rung could be taken.
      {"clocks: [{name: third, starts: lead_created, stops: assigned, target: "
       "1h, ladder: [{name: late, at: due, do: breach, to: owner, remove: "
       "true}]}]",
       "policy.yaml:3:129: 'remove' takes a rung of the base's ladder out, and "
       "there is none beneath this one; leave it out"},
      {"clocks: [{name: secnd, target: 1h}]",
       "policy.yaml:3:10: the base has no clock 'secnd' to change; did you "
       "mean 'second'? (a new one has starts, stops, target as well)"},
      {"clocks: [{name: first, ladder: [{name: remind_3, to: manager}]}]",
       "policy.yaml:3:33: the base has no rung 'remind_3' to change; did you "
       "mean 'remind_1'? (a new one has at, do as well)"},
      {"calendars: {paris: {zone: Europe/Pari, hours: {mon: closed, tue: "
       "09:00-10:00}}}",
       "policy.yaml:3:27: unknown zone 'Europe/Pari'; did you mean "
       "'Europe/Paris'?"},
  }));
  CHECK(Errors(Over(policy)) == error);
}

TEST_CASE("A mistake in a base is told in the name of its file") {
  CHECK(Errors({{"policy.yaml", "version: 1\nextends: shared/base.yaml"},
                {"shared/base.yaml", "clocks: []\nclock: 1"}}) ==
        "shared/base.yaml:1:9: 'clocks' is an empty list; write at least one "
        "entry\n"
        "shared/base.yaml:2:1: unknown field 'clock' in the policy; did you "
        "mean 'clocks'?");
  CHECK(Errors({{"policy.yaml", "version: 1\nextends: base.yaml"},
                {"base.yaml", "clocks: ["}}) ==
        "base.yaml:1:1: this is not YAML: end of sequence flow not found");
  CHECK(Errors({{"policy.yaml", "version: 1\nextends: base.yaml"},
                {"base.yaml", "- a"}}) ==
        "base.yaml:1:1: 'the file' is a map of fields, not a list");
}

TEST_CASE("A base that names what a policy takes out is told who did") {
  const auto errors = [](const std::string& policy, const std::string& base) {
    return Errors(
        {{"policy.yaml", "version: 1\nextends: base.yaml\n" + policy},
         {"base.yaml",
          "clocks:\n"
          "- {name: first, starts: lead_created, stops: assigned, target: 1h, "
          "ladder: [{at: due, do: breach, to: owner, name: late}]}\n"
          "- {name: second, starts: lead_created, stops: assigned, target: "
          "1h}\n" +
              base}});
  };
  const std::string without_first = "clocks:\n- {name: first, remove: true}\n";
  CHECK(errors(without_first,
               "- {name: third, starts: first.missed, stops: assigned, target: "
               "1h}\n") ==
        "base.yaml:4:25: unknown clock 'first' (policy.yaml:4 takes it out)");
  CHECK(errors(without_first,
               "reviews: [{when: {missed_clock: first}, reason: look}]\n") ==
        "base.yaml:4:33: unknown clock 'first' (policy.yaml:4 takes it out)");
  CHECK(errors(without_first,
               "outcomes: [{name: said, on: {breach_explained: first}}]\n") ==
        "base.yaml:4:48: unknown clock 'first' (policy.yaml:4 takes it out)");
  CHECK(errors("clocks:\n- {name: first, ladder: [\n"
               "{name: late, remove: true}]}\n",
               "outcomes: [{name: lost, on: first.late}]\n") ==
        "base.yaml:4:29: unknown trigger 'first.late' (policy.yaml:5 takes it "
        "out)");
  CHECK(errors("outcomes:\n- {name: born, remove: true}\n",
               "outcomes: [{name: born, on: lead_created}, {name: kept, on: "
               "assigned, when: {outcome: born}}]\n") ==
        "base.yaml:4:87: unknown outcome 'born' (policy.yaml:4 takes it out)");
}

TEST_CASE("A file that cannot be read is told where it is named") {
  CHECK(Errors({{"policy.yaml", "version: 1\nextends: bas.yaml"}}) ==
        "policy.yaml:2:10: bas.yaml: no such file");
  CHECK(Errors({{"policy.yaml", "extends: shared/base.yaml"},
                {"shared/base.yaml", "version: 1\nextends: ../common.yaml"}}) ==
        "policy.yaml:1:1: missing field 'version' in the policy\n"
        "shared/base.yaml:2:10: ../common.yaml: no such file");
}

TEST_CASE("Without its base a policy is told what is wrong in any case") {
  CHECK(Errors({{"policy.yaml",
                 "version: one\nextends: bas.yaml\ncalender_for: []\n"
                 "calendars: {a: {zone: Europe/Pari, hours: {mon: "
                 "09:00-10:00}}}\n"
                 "clocks: [{name: second, target: 1h}]"}}) ==
        "policy.yaml:1:10: 'version' is a whole number, 1 or greater, not "
        "'one'\n"
        "policy.yaml:2:10: bas.yaml: no such file\n"
        "policy.yaml:3:1: unknown field 'calender_for' in the policy; did you "
        "mean 'calendar_for'?\n"
        "policy.yaml:4:23: unknown zone 'Europe/Pari'; did you mean "
        "'Europe/Paris'?");
}

TEST_CASE("A slip in 'default' is told, and the rest is checked over it") {
  CHECK(Errors({{"policy.yaml",
                 "version: 1\nextends: defualt\n"
                 "clocks: [{name: first_respons, target: 1h}]"}}) ==
        "policy.yaml:2:10: defualt: no such file; did you mean 'default', "
        "which is built in?\n"
        "policy.yaml:3:10: the base has no clock 'first_respons' to change; "
        "did you mean 'first_response'? (a new one has starts, stops, target "
        "as well)");
}

TEST_CASE("Policies do not extend each other in a circle, nor without end") {
  CHECK(Errors({{"policy.yaml", "version: 1\nextends: a.yaml"},
                {"a.yaml", "extends: ./b.yaml"},
                {"b.yaml", "\nextends: a.yaml"}}) ==
        "b.yaml:2:10: policies extend each other in a circle: a.yaml, b.yaml, "
        "a.yaml; let one of them stand alone");
  CHECK(Errors({{"policy.yaml", "version: 1\nextends: policy.yaml"}}) ==
        "policy.yaml:2:10: policies extend each other in a circle: "
        "policy.yaml, policy.yaml; let one of them stand alone");

  Files chain = {{"policy.yaml", "version: 8\nextends: 2.yaml"}};
  for (int i = 2; i < 8; ++i) {
    chain[absl::StrCat(i, ".yaml")] = absl::StrCat("extends: ", i + 1, ".yaml");
  }
  chain["8.yaml"] = kBase;
  CHECK(Says(chain) == Says(kBase));
  chain["8.yaml"] = "extends: 9.yaml";
  CHECK(Errors(chain) ==
        "8.yaml:1:10: a chain of more than 8 policies that extend one another; "
        "write some of them as one");
}

TEST_CASE("Layers stand over one another in the order of the chain") {
  CHECK(
      Says({{"policy.yaml",
             "version: 8\nextends: middle.yaml\n"
             "clocks: [{name: first, target: [{when: {source: web}, is: 1h}]}, "
             "{name: second, remove: true}]"},
            {"middle.yaml",
             "extends: base.yaml\n"
             "clocks: [{name: first, target: [{when: {market: uk}, is: 2h}]}, "
             "{name: second, target: 9h}]"},
            {"base.yaml", kBase}}) ==
      BaseWith({{"target:\n",
                 "target:\n"
                 "  - {when: {source: web}, is: 1h}\n"
                 "  - {when: {market: uk}, is: 2h}\n"},
                {"- {name: second, starts: first.answered, stops: call, "
                 "target: 2h}\n",
                 ""}}));
}

TEST_CASE(
    "What a base says is a part of the policy's hash, as is what it "
    "names") {
  const std::string holidays =
      "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\n"
      "END:VEVENT\nEND:VCALENDAR\n";
  Files files = {
      {"policy.yaml", "version: 8\nextends: shared/base.yaml"},
      {"shared/base.yaml",
       "calendars: {london: {zone: Europe/London, hours: {mon: 09:00-17:00}, "
       "holidays: [holidays/gb.ics]}}\n"
       "calendar_for: [{otherwise: london}]\n"
       "clocks: [{name: first, starts: lead_created, stops: assigned, target: "
       "1h}]"},
      {"shared/holidays/gb.ics", holidays}};
  const auto policy = Parsed(files);
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  CHECK(policy->files == Files{{"shared/base.yaml", files["shared/base.yaml"]},
                               {"shared/holidays/gb.ics", holidays}});
  files["shared/base.yaml"] += "\n";
  CHECK(Parsed(files)->hash != policy->hash);
}

TEST_CASE("A policy of one line extends the default") {
  const auto policy = Parsed({{"policy.yaml", "version: 3\nextends: default"}});
  INFO(policy.status().message());
  REQUIRE(policy.ok());
  CHECK(policy->version == 3);
  CHECK(policy->clocks.size() == 3);
  const auto text =
      ReadYamlFile(LEADCLOCK_SOURCE_DIR "/examples/policies/default.yaml");
  REQUIRE(text.ok());
  CHECK(policy->files == Files{{"default (built in)", *text}});
  CHECK(Says("version: 3\nextends: default") == Says(*text));
}

TEST_CASE("A mistake that involves the default says so") {
  CHECK(Errors({{"policy.yaml",
                 "version: 3\nextends: default\n"
                 "responses: {owned_touch: {by: ownr}}\n"
                 "clocks: [{name: first_response, remove: true}]"}}) ==
        "policy.yaml:3:31: unknown role 'ownr'; did you mean 'owner'?\n"
        "default (built in):57:13: unknown clock 'first_response' "
        "(policy.yaml:4 takes it out)");
}

TEST_CASE("A policy file is extended from its own folder") {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "leadclock_layers_test";
  std::filesystem::create_directories(folder / "shared");
  const auto write = [&folder](const char* name, const std::string& text) {
    std::ofstream(folder / name) << text;
  };
  write("policy.yaml", "version: 8\nextends: shared/base.yaml\n");
  write("shared/base.yaml", kBase);
  const std::string path = (folder / "policy.yaml").string();
  CHECK(LoadPolicy(path).ok());
  write("shared/base.yaml", "clock: 1");
  CHECK(LoadPolicy(path).status().message() ==
        path + ":1:1: missing field 'clocks' in the policy\n" +
            (folder / "shared/base.yaml").string() +
            ":1:1: unknown field 'clock' in the policy; did you mean "
            "'clocks'?");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace leadclock
