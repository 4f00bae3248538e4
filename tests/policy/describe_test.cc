#include "processor/policy/describe.h"

#include <catch2/catch.hpp>
#include <string>

#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

std::string Described(const std::string& text) {
  const absl::StatusOr<Policy> policy = ParsePolicy(text, "policy.yaml");
  if (!policy.ok()) FAIL(policy.status().message());
  return Describe(*policy);
}

// What is said of a rule of `eligible`.
std::string Outcome(const std::string& then) {
  return Described(
      "version: 1\n"
      "eligible: [{when: {customer: existing}, then: " +
      then +
      ", reason: known}]\n"
      "clocks: [{name: first, starts: lead_created, stops: assigned, "
      "target: 1h}]\n");
}

TEST_CASE("Whatever takes a lead out is said to end its open clocks") {
  CHECK_THAT(Outcome("exclude"),
             Catch::Contains("clocks end, and it counts as excluded"));
  CHECK_THAT(Outcome("stop"),
             Catch::Contains("clocks end, and it counts as stopped"));
  CHECK_THAT(Outcome("review"),
             Catch::Contains("clocks end, and review by manager"));
}

TEST_CASE("A version that takes open clocks over says so") {
  const std::string rest =
      "clocks: [{name: first, starts: lead_created, stops: assigned, "
      "target: 1h}]\n";
  const std::string date = "version: 2\neffective: 2026-03-01T00:00:00Z\n";
  CHECK_THAT(Described(date + "open_clocks: carry\n" + rest),
             Catch::StartsWith("Policy version 2, in force from 2026-03-01 "
                               "00:00:00 UTC; open clocks go over to it\n"));
  CHECK_THAT(Described(date + rest),
             Catch::StartsWith("Policy version 2, in force from 2026-03-01 "
                               "00:00:00 UTC\n"));
}

TEST_CASE("A ladder is told in the order in which its rungs are reached") {
  const std::string text = Described(
      "version: 1\n"
      "calendars: {office: {zone: UTC, hours: {mon-fri: 09:00-17:00}}}\n"
      "calendar_for: [{otherwise: office}]\n"
      "clocks:\n"
      "- name: first\n"
      "  starts: lead_created\n"
      "  stops: assigned\n"
      "  target: 1h\n"
      "  acknowledge: {when: closed, to: owner}\n"
      "  ladder:\n"
      "  - {at: due + 5m, do: escalate, to: manager}\n"
      "  - {at: 10m, do: remind, to: owner}\n"
      "  - {at: due - 5m, do: remind, to: backup}\n"
      "  - {at: due, do: breach, to: owner}\n");
  CHECK(text.substr(text.find("  Ladder\n")) ==
        "  Ladder\n"
        "    at the start, if closed  acknowledge owner  acknowledge\n"
        "    after 10m                remind owner       remind_1\n"
        "    at 80% of the target     warn owner         at_risk\n"
        "    5m before due            remind backup      remind_2\n"
        "    when due                 breach owner       breach_1\n"
        "    5m after due             escalate manager   escalate_1\n");
}

// What is said of the clock `first`, from its row `from` on.
std::string OfFirst(const std::string& from, const std::string& text) {
  const std::string all = Described(text);
  const size_t begin = all.find("  " + from, all.find("Clock first\n"));
  return all.substr(begin, all.find("\n\n", begin) - begin);
}

TEST_CASE("Rungs for some leads stand together, in their own order") {
  CHECK(OfFirst("Ladder\n",
                "version: 1\n"
                "clocks:\n"
                "- name: first\n"
                "  starts: lead_created\n"
                "  stops: assigned\n"
                "  target: [{when: {flag: vip}, is: 3m}, {when: {market: uk}, "
                "is: 15m}, {otherwise: 1h}]\n"
                "  ladder:\n"
                "  - {at: 10m, do: reassign, to: backup, when: {flag: vip}}\n"
                "  - {at: due, do: breach, to: owner, when: {flag: vip}}\n"
                "  - {at: 4h, do: review, to: manager, when: {market: uk, "
                "flag: {not: vip}}}\n"
                "  - {at: due, do: breach, to: backup, when: {market: uk, "
                "flag: {not: vip}}}\n"
                "  - {at: 30m, do: remind, to: owner}\n"
                "  - {at: 0m, do: remind, to: backup}\n"
                "  - {at: due + 5m, do: request_alternate_owner, to: "
                "manager}\n"
                "  - {at: due + 6m, do: set_priority, priority: high}\n"
                "  - {at: due + 7m, do: set_priority, priority: high, to: "
                "owner}\n") ==
        "  Ladder\n"
        "    in the order that the target 1h gives:\n"
        "    at the start          remind backup                          "
        "remind_2\n"
        "    after 30m             remind owner                           "
        "remind_1\n"
        "    at 80% of the target  warn owner                             "
        "at_risk\n"
        "    5m after due          ask manager for another owner          "
        "request_alternate_owner_1\n"
        "    6m after due          set the priority high                  "
        "set_priority_1\n"
        "    7m after due          set the priority high, and tell owner  "
        "set_priority_2\n"
        "    if flag is vip:\n"
        "      when due            breach owner                           "
        "breach_1\n"
        "      after 10m           reassign backup                        "
        "reassign_1\n"
        "    if market is uk and flag is not vip:\n"
        "      when due            breach backup                          "
        "breach_2\n"
        "      after 4h            review manager                         "
        "review_1");
}

TEST_CASE("A response that a clock narrows is told by its name") {
  const auto stops_when = [](const std::string& stops) {
    const std::string row =
        OfFirst("stops when",
                "version: 1\n"
                "responses:\n"
                "  call: {direction: outbound, actor: human, channel: [phone, "
                "video]}\n"
                "  note: {direction: outbound, personalized: true}\n"
                "clocks:\n"
                "- {name: first, starts: call, target: 1h, stops: " +
                    stops + "}\n");
    return row.substr(15, row.find('\n') - 15);
  };
  CHECK(stops_when("{call: {channel: another}}") ==
        "call on another channel than the touch that started it");
  CHECK(stops_when("[{call: {channel: another}}, assigned, {note: {channel: "
                   "another}}]") ==
        "call or note, on another channel than the touch that started it, or "
        "somebody becomes its owner");
  CHECK(stops_when("[{call: {channel: phone}}, {note: {channel: sms}}]") ==
        "call on phone or note on sms");
  CHECK(stops_when("{note: {by: owner, channel: sms}}") ==
        "note that is by the owner, on sms");
}

TEST_CASE("Each target is told with those whom it is for") {
  CHECK(OfFirst("target",
                "version: 1\n"
                "clocks: [{name: first, starts: lead_created, stops: assigned, "
                "target: [{when: {owner: nobody}, is: 1h}, {otherwise: 4h}], "
                "at_risk: never}]\n") ==
        "  target       1h, if it has no owner\n"
        "  target       4h, otherwise\n"
        "  at risk      never\n");
}

TEST_CASE("A clock that is never closed counts day and night") {
  const std::string clock =
      "version: 1\n"
      "calendars: {office: {zone: UTC, hours: {mon-fri: 09:00-17:00}}}\n"
      "calendar_for: [{otherwise: office}]\n"
      "clocks: [{name: first, starts: lead_created, stops: assigned, target: "
      "1h, calendar: ";
  CHECK_THAT(Described(clock + "always}]\n"),
             Catch::Contains("  counts       day and night\n"));
  CHECK_THAT(
      Described(clock + "[{when: {owner: nobody}, use: always}, {when: "
                        "{owner_acted: no, autoresponder: yes}, use: "
                        "office}]}]\n"),
      Catch::Contains("  counts       day and night, if it has no owner; "
                      "otherwise the open time of office, if its owner has "
                      "not acted and an autoresponder has written; otherwise "
                      "the open time of the lead's calendar\n"));
}

TEST_CASE("All values that are compared letter by letter are told, once") {
  const std::string text = Described(
      "version: 1\n"
      "calendar_for: [{when: {market: [york, leeds]}, use: always}, "
      "{otherwise: always}]\n"
      "recipients: {desk: [{when: {any: [{market: york}, {custom.region: "
      "north}]}, is: u1}, {otherwise: u2}]}\n"
      "responses: {call: {channel: phone}}\n"
      "reentry: {ends: {disposition: [recycled, \"\"]}, returns: {milestone: "
      "back}}\n"
      "clocks:\n"
      "- name: first\n"
      "  starts: [lead_created, {flag_added: vip}]\n"
      "  stops: {call: {channel: phone}}\n"
      "  cancels: {meeting_held: {purpose: intro, no_show: true}}\n"
      "  pauses: [hold, {when: {available_channel: sms, reachable: no}}]\n"
      "  target: [{when: {company_size: \">= 50\"}, is: 1h}, {otherwise: "
      "2h}]\n"
      "  ladder: [{at: due, do: breach, to: owner, when: {flag: {not: "
      "junk}}}]\n");
  CHECK(text.substr(text.find("Values that")) ==
        "Values that this policy asks for, letter by letter\n"
        "  market         york, leeds\n"
        "  channel        phone, sms\n"
        "  custom.region  north\n"
        "  flag           vip, junk\n"
        "  purpose        intro\n"
        "  status         hold\n"
        "  disposition    recycled\n"
        "  milestone      back\n");
}

TEST_CASE("What a manager reads of a clock is all that it says") {
  const std::string text = Described(
      "version: 1\n"
      "reentry: {ends: {disposition: recycled}, returns: {date: return}}\n"
      "notify_within: 12h\n"
      "reviews: [{when: {any: [{flag: vip}, {market: uk, intent: high}], "
      "reachable: no}, reason: look}]\n"
      "responses: {try: {direction: outbound}, reply: {direction: inbound}}\n"
      "outcomes:\n"
      "- {name: tried, on: [first.answered, first.remind_1], when: {owner: "
      "somebody}}\n"
      "- {name: back, on: reentered, repeats: true}\n"
      "clocks:\n"
      "- name: first\n"
      "  starts: [lead_created, reentered, {date: term_ends, before: 90 days}]"
      "\n"
      "  when: {intent: {not: unclear}}\n"
      "  repeats: after_end\n"
      "  stops: {stage_changed: {stage: sal, handoff: accepted}}\n"
      "  attempts: {of: try, at_least: 6, channels: 2, apart: 4h}\n"
      "  cancels: {disposition: declined}\n"
      "  pauses: [on_hold, {when: {reachable: no}}]\n"
      "  resumes: reply\n"
      "  target: 1h\n"
      "  at_risk: never\n"
      "  task: {kind: call, to: backup, recommended_action: Ring twice}\n"
      "  responsible: manager\n"
      "  kpi: speed\n"
      "  ladder:\n"
      "  - {at: 24h wall, do: remind, to: owner}\n"
      "  - {at: due + 1h wall, do: remind, to: owner}\n");
  CHECK(text.substr(text.find("Who looks at")) ==
        "Who looks at a lead while its clocks go on\n"
        "  (flag is vip, or market is uk and intent is high) and it cannot be "
        "reached  review by manager  reason look\n"
        "\n"
        "Which touches count\n"
        "  try    outbound\n"
        "  reply  inbound\n"
        "\n"
        "Who is meant\n"
        "  a role that nobody holds  falls to manager\n"
        "\n"
        "What comes too late\n"
        "  a rung that could not be said for 12h  is recorded, and nobody is "
        "told\n"
        "\n"
        "Clock first\n"
        "  starts when        the lead comes in, the lead comes back or 90 "
        "days before its term ends\n"
        "  only if            intent is not unclear\n"
        "  repeats            again after it has ended\n"
        "  stops when         its stage becomes sal, with handoff accepted, or "
        "it has had 6 of try on 2 channels, at least 4h apart\n"
        "  is cancelled when  its disposition is declined\n"
        "  stands still       while status is on_hold, or while it cannot be "
        "reached\n"
        "  goes on when       reply\n"
        "  counts             the open time of the lead's calendar\n"
        "  target             1h\n"
        "  at risk            never\n"
        "  task               call for backup: Ring twice\n"
        "  responsible        manager\n"
        "  measured as        speed\n"
        "  Ladder\n"
        "    1h on the wall after due  remind owner  remind_2\n"
        "    after 24h on the wall     remind owner  remind_1\n"
        "\n"
        "Leads that go away and come back\n"
        "  recycled when  its disposition is recycled   its clocks end, and "
        "none starts\n"
        "  back when      the time of its return comes  a new cycle begins\n"
        "\n"
        "What becomes of leads\n"
        "  tried  once in a cycle  when first is answered or the rung remind_1 "
        "of first fires, if it has an owner\n"
        "  back   each time        when the lead comes back\n"
        "\n"
        "Values that this policy asks for, letter by letter\n"
        "  flag         vip\n"
        "  market       uk\n"
        "  intent       high, unclear\n"
        "  stage        sal\n"
        "  disposition  declined, recycled\n"
        "  status       on_hold\n");
}

// A clock of which this is one line.
std::string OfClock(const std::string& line) {
  return "version: 1\n"
         "responses: {call: {channel: phone}}\n"
         "clocks:\n"
         "- {name: first, starts: lead_created, stops: call, target: 1h}\n"
         "- name: second\n"
         "  starts: lead_created\n"
         "  stops: call\n"
         "  target: 1h\n  " +
         line + "\n";
}

TEST_CASE("A value that is not one plain word stands within quotes") {
  const std::string text = Described(
      OfClock("when: {market: \"uk, fr\", team: \"smb \", stage: mql-2.x_y}"));
  CHECK_THAT(text, Catch::Contains("market is 'uk, fr' and team is 'smb ' and "
                                   "stage is mql-2.x_y"));
  CHECK_THAT(text, Catch::Contains("'uk, fr' is one value; if several are "
                                   "meant, write [uk, fr]"));
  CHECK_THAT(Described(OfClock("pauses: on_hold, waiting")),
             Catch::Contains("while status is 'on_hold, waiting'"));
  CHECK_THAT(Described(OfClock("cancels: {disposition: [\"closed lost\"]}")),
             Catch::Contains("its disposition is 'closed lost'"));
}

TEST_CASE("What is not known is told as what it is") {
  const auto [test, words] = GENERATE(table<std::string, std::string>({
      {"market: \"\"", "market is not known"},
      {"market: {not: \"\"}", "market is known"},
      {"market: [uk, \"\"]", "market is uk or not known"},
      {"consent: {not: [granted, \"\"]}", "consent is known, but not granted"},
      {"lead_score: {not: [\"\", \">= 99.99999\"]}",
       "lead_score is known, but not at least 99.99999"},
      {"open_clock: first", "first is open"},
      {"open_clock: {not: [first, second]}", "none of first, second is open"},
      {"missed_clock: first", "first was missed"},
      {"escalated_clock: {not: first}", "first has not escalated"},
  }));
  CHECK_THAT(Described(OfClock("when: {" + test + "}")),
             Catch::Contains("  " + words + "\n"));
}

TEST_CASE("Of several triggers each stands for itself") {
  CHECK_THAT(
      Described(OfClock("cancels: [{stage_changed: {handoff: accepted}}, "
                        "{disposition: lost}]")),
      Catch::Contains("its stage changes, with handoff accepted; or its "
                      "disposition is lost\n"));
}

TEST_CASE("A clock that starts once, or is never at risk, says so") {
  const std::string once = "never: it starts once in a cycle";
  CHECK_THAT(Described(OfClock("at_risk: never")), !Catch::Contains(once));
  CHECK_THAT(Described(OfClock("at_risk: never")),
             Catch::Contains("at risk      never\n"));
  CHECK_THAT(Described("version: 1\n"
                       "clocks: [{name: first, starts: assigned, stops: "
                       "task_done, task: call, target: 1h}]\n"),
             Catch::Contains(once));
  CHECK_THAT(Described(OfClock("ladder: [{at: 10m, do: warn, to: owner, when: "
                               "{intent: high}}]")),
             Catch::Contains("at 80% of the target  warn owner, if no other "
                             "rung warns  at_risk"));
}

}  // namespace
}  // namespace leadclock
