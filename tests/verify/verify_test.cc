#include "processor/verify/verify.h"

#include <catch2/catch.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/verify/fact_text.h"
#include "tests/lead/story.h"
#include "tests/verify/small_job.h"

namespace leadclock::small {
namespace {

std::string TextOf(const VerifyReport& report) {
  std::string text;
  for (const Difference& difference : report.differences) {
    absl::StrAppend(&text, difference.text, "\n");
  }
  for (const std::string& owed : report.owed) {
    absl::StrAppend(&text, "owed: ", owed, "\n");
  }
  return text;
}

// Whether one of the differences says all of this.
bool Says(const VerifyReport& report, const std::vector<std::string>& parts) {
  for (const Difference& difference : report.differences) {
    bool all = true;
    for (const std::string& part : parts) {
      all = all && absl::StrContains(difference.text, part);
    }
    if (all) return true;
  }
  return false;
}

// A lead that is answered in time, as it turns out later; one that is answered
// late; and one whose owner changes after the fact.
Job ADay() {
  Job job;
  job.Send(Created("amy", "2026-03-02 09:00"));
  job.Send(Created("bea", "2026-03-02 09:00"));
  job.Read("2026-03-02 09:01");
  job.Wait("2026-03-02 09:10");
  job.Wait("2026-03-02 09:16");
  // It took place in time.
  job.Send(CallBy("amy", "2026-03-02 09:12", "ann"));
  InputRecord wrong;
  wrong.input = 1;
  wrong.key = "cid";
  wrong.value = "no message";
  job.Send(wrong);
  job.Send(AssignedTo("bea", "2026-03-02 09:05", "bob"));
  job.Read("2026-03-02 09:20");
  job.Send(CallBy("bea", "2026-03-02 09:22", "bob"));
  job.Send(CallBy("bea", "2026-03-02 09:22", "bob"));
  job.SendHeartbeat("2026-03-02 09:24");
  job.Read("2026-03-02 09:25");
  return job;
}

}  // namespace

TEST_CASE("What a job says of a day is found true, and counted") {
  const VerifyReport report = ADay().Verify();

  CHECK(TextOf(report) == "");
  CHECK(report.read == 8);
  CHECK(report.events == 5);
  CHECK(report.repeated == 1);
  CHECK(report.ignored == std::map<std::string, int64_t>{{"HEARTBEAT", 1}});
  CHECK(report.quarantined == std::map<std::string, int64_t>{{"DECODE", 1}});
  CHECK(report.leads == 2);
  CHECK(report.retracted >= 2);
  CHECK(report.corrected >= 1);
  CHECK(report.facts.at("answered_late") == 1);
  const ClockSums& response = report.clocks.at("first_response");
  CHECK(response.started == 2);
  CHECK(response.met == 1);
  CHECK(response.missed == 1);
  CHECK(report.not_judged == 0);
}

// One whose clocks have tasks, repeat and count attempts, and whose leads come
// to something.
Job ADayOfWork() {
  Job job(story::PolicyOf(R"(
  - {name: first, starts: lead_created, stops: call, target: 1h, kpi: speed,
     responsible: manager, at_risk: never, task: {kind: call_back, to: owner}}
  - {name: follow_up, starts: first.answered, target: 2h, repeats: each,
     at_risk: never, attempts: {of: call, at_least: 2, apart: 10m}}
)",
                          R"(
reviews:
  - {when: {missed_clock: first}, reason: late, to: manager}
outcomes:
  - {name: contacted, on: first.answered}
  - {name: late, on: first.missed}
)"));
  job.Send(Created("amy", "2026-03-02 09:00"));
  job.Send(Created("bea", "2026-03-02 09:00"));
  job.Read("2026-03-02 09:01");
  job.Send(AssignedTo("bea", "2026-03-02 09:05", "bob"));
  job.Send(CallBy("amy", "2026-03-02 09:10", "ann"));
  job.Send(CallBy("amy", "2026-03-02 09:30", "ann"));
  job.Read("2026-03-02 09:40");
  job.Wait("2026-03-02 10:01");
  // In between, and so too soon before the one after it.
  job.Send(CallBy("amy", "2026-03-02 09:25", "ann"));
  job.Send(CallBy("bea", "2026-03-02 10:05", "bob"));
  // Who was on leave.
  job.Send(AssignedTo("bea", "2026-03-02 09:02", "cid"));
  job.Read("2026-03-02 10:10");
  return job;
}

TEST_CASE("What is said of tasks, attempts and outcomes is found true") {
  const VerifyReport report = ADayOfWork().Verify();
  CHECK(TextOf(report) == "");
  CHECK(report.facts.at("task_opened") == 3);
  CHECK(report.facts.at("task_done") == 2);
  CHECK(report.facts.at("task_changed") == 2);
  CHECK(report.facts.at("attempt") == 2);
  CHECK(report.facts.at("outcome") == 3);
  CHECK(report.retracted >= 1);
}

TEST_CASE("An outcome or a task that tells other than is true is found") {
  Job job = ADayOfWork();
  job.Change(job.Find("late"),
             [](v1::SlaEvent& event) { event.set_outcome("early"); });
  CHECK(Says(job.Verify(), {"lead bea: sla.outcomes[3]@", "is not true"}));
  Job other = ADayOfWork();
  auto& tasks = other.log().outputs[4];
  v1::SlaEvent opened;
  REQUIRE(opened.ParseFromString(*tasks.front().value));
  opened.mutable_task()->set_owner_id("eve");
  tasks.front().value = opened.SerializeAsString();
  CHECK(Says(other.Verify(), {"sla.tasks[3]@0", "owner_id", "eve"}));
}

TEST_CASE("A fact that is missing is found") {
  Job job = ADay();
  job.Remove(job.Find("answered_late"));
  CHECK(Says(job.Verify(),
             {"lead bea: first_response answered_late at 2026-03-02T09:22:00Z",
              "for owner bob", "is true by what was read below leads.created@2",
              "is not said"}));
}

TEST_CASE("A fact too many is found, with its place") {
  Job job = ADay();
  // The call is taken back, and nobody says so.
  const v1::LeadEvent call = CallBy("bea", "2026-03-02 09:22", "bob");
  job.Send(WithdrawalOf(call, "2026-03-02 09:26"));
  job.log().judged.next[1] = job.log().committed.next[1] = 7;
  CHECK(Says(job.Verify(), {"lead bea: sla.outcomes[3]@", "answered_late",
                            "still stands, and is not true"}));
}

TEST_CASE("A fact that was never true is found where it was said") {
  Job job = ADay();
  job.Change(job.Find("answered_late"),
             [](v1::SlaEvent& event) { event.set_at_ms(event.at_ms() - 1); });
  CHECK(Says(job.Verify(), {"lead bea: sla.outcomes[3]@", "answered_late",
                            "which is not true by what was read below"}));
}

TEST_CASE("A breach that what was read by then disproves is found") {
  Job job = ADay();
  // Amy's breach was true when it was said, and is taken back later on: as if
  // it had been said with the call at hand.
  const Job::Place breach = job.Find("breach_1");
  job.Change(breach, [](v1::SlaEvent& event) {
    REQUIRE(event.lead_id() == "amy");
    event.mutable_read_up_to(1)->set_next_offset(1);
  });
  CHECK(Says(job.Verify(), {"lead amy: sla.breaches[3]@0", "breach_1",
                            "not true by what was read below leads.created@2, "
                            "leads.activity@1"}));
}

TEST_CASE("A reminder that is said before its time is found") {
  Job job = ADay();
  job.Change(job.Find("remind_1"),
             [](v1::SlaEvent& event) { event.set_now_ms(event.at_ms() - 1); });
  CHECK(Says(job.Verify(), {"sla.warnings[3]@0", "not true by what was read"}));
}

TEST_CASE("An event that is written twice is found") {
  Job job = ADay();
  auto& outcomes = job.log().outputs[3];
  outcomes.push_back(outcomes.back());
  outcomes.back().offset = 99;
  const VerifyReport report = job.Verify();
  CHECK(Says(report, {"sla.outcomes[3]@99", "said twice"}));
  CHECK(Says(report, {"has the number"}));
}

TEST_CASE("A gap in the numbers of a lead is found") {
  Job job = ADay();
  job.Change(job.Find("answered_late"), [](v1::SlaEvent& event) {
    event.set_lead_seq(event.lead_seq() + 1);
  });
  CHECK(Says(job.Verify(), {"lead bea", "has the number", "comes next"}));
}

TEST_CASE("A retraction of nothing is found") {
  Job job = ADay();
  job.Change(job.Find("breach_1", v1::SlaEvent::RETRACTED),
             [](v1::SlaEvent& event) { event.set_corrects("nobody"); });
  CHECK(Says(job.Verify(), {"lead amy: sla.breaches[3]@", "the event nobody",
                            "no such event stands"}));
}

TEST_CASE("A retraction of what is true is found") {
  Job job = ADay();
  // As if the call had not been read when it took the breach back.
  job.Change(job.Find("breach_1", v1::SlaEvent::RETRACTED),
             [](v1::SlaEvent& event) {
               event.mutable_read_up_to(1)->set_next_offset(0);
             });
  CHECK(Says(job.Verify(), {"lead amy: sla.breaches[3]@", "takes back",
                            "which is true by what was read below"}));
}

TEST_CASE("A fact that names the wrong people in the end is found") {
  Job job = ADay();
  const Job::Place correction = job.Find("breach_1", v1::SlaEvent::CORRECTED);
  job.Change(correction,
             [](v1::SlaEvent& event) { event.set_owner_id("zoe"); });
  const VerifyReport report = job.Verify();
  CHECK(Says(report,
             {"in the end with people owner zoe", "in place of owner bob"}));
  CHECK(Says(report, {"tells other things", "owner_id"}));
}

TEST_CASE("A fact that is for the wrong recipient in the end is found") {
  Job job = ADay();
  job.Change(job.Find("breach_1", v1::SlaEvent::CORRECTED),
             [](v1::SlaEvent& event) {
               event.mutable_recipients(1)->clear_fell_to();
               event.mutable_recipients(1)->set_id("zoe");
             });
  CHECK(Says(job.Verify(),
             {"in the end with recipients the owner bob, to the backup zoe",
              "in place of the owner bob, to the backup max (the manager)"}));
}

TEST_CASE("A review of no clock is known by its reason") {
  v1::SlaEvent event;
  event.set_kind(v1::SlaEvent::REVIEW);
  event.set_rung("review");
  event.add_reasons("conflict");
  const std::optional<Fact> fact =
      FactOf(PolicyBook(story::ExamplePolicy()), event);
  REQUIRE(fact);
  CHECK(fact->kind == FactKind::kLeadReview);
  CHECK(fact->clock == kNoClock);
  event.set_reasons(0, "another");
  CHECK_FALSE(
      SameIdentity(*fact, *FactOf(PolicyBook(story::ExamplePolicy()), event)));
}

TEST_CASE("What an event tells beside the fact is checked too") {
  const auto spoil = GENERATE(
      as<std::function<void(v1::SlaEvent&)>>{},
      [](v1::SlaEvent& event) { event.set_due_ms(1); },
      [](v1::SlaEvent& event) { event.set_notify(!event.notify()); },
      [](v1::SlaEvent& event) { event.set_market("mars"); },
      [](v1::SlaEvent& event) { event.set_policy_hash("0"); },
      [](v1::SlaEvent& event) { event.mutable_recipients(0)->set_id("zoe"); },
      [](v1::SlaEvent& event) { event.mutable_recipients(1)->clear_fell_to(); },
      [](v1::SlaEvent& event) { event.set_id("0"); });
  Job job = ADay();
  job.Change(job.Find("breach_1"), spoil);
  CHECK(Says(job.Verify(), {"sla.breaches[3]@0", "tells other things"}));
}

TEST_CASE("An event on the wrong topic, or with another key, is found") {
  Job job = ADay();
  const Job::Place breach = job.Find("breach_1");
  job.log().outputs[4].push_back(job.At(breach));
  job.log().outputs[4].back().key = "eve";
  job.Remove(breach);
  const VerifyReport report = job.Verify();
  CHECK(Says(report, {"sla.tasks[3]@0", "belongs on sla.breaches"}));
  CHECK(Says(report, {"sla.tasks[3]@0", "has the key \"eve\""}));
}

TEST_CASE("An event whose headers say something else is found") {
  Job job = ADay();
  job.At(job.Find("breach_1")).headers[1].second = "another id";
  CHECK(Says(job.Verify(), {"has no header ce_id"}));
}

TEST_CASE("An event that goes beyond what is committed is found") {
  Job job = ADay();
  job.Change(job.Find("answered_late"), [](v1::SlaEvent& event) {
    event.mutable_read_up_to(1)->set_next_offset(99);
  });
  CHECK(Says(job.Verify(), {"answered_late", "is not said"}));
  CHECK(Says(job.Verify(), {"leads.activity@99", "has committed only"}));
}

TEST_CASE("Now must not go back from one event of a lead to the next") {
  Job job = ADay();
  job.Change(job.Find("answered_late"), [](v1::SlaEvent& event) {
    event.set_now_ms(absl::ToUnixMillis(story::At("2026-03-02 09:19")));
  });
  CHECK(Says(job.Verify(), {"lead bea", "and the one before it at"}));
}

TEST_CASE("An event that says what no policy knows is found") {
  Job job = ADay();
  job.Change(job.Find("answered_late"),
             [](v1::SlaEvent& event) { event.set_clock("third_response"); });
  CHECK(Says(job.Verify(), {"third_response", "the policy does not know"}));
  job.At(job.Find("met")).value = "no message";
  CHECK(Says(job.Verify(), {"is not a message leadclock.v1.SlaEvent"}));
}

TEST_CASE("A record that is missing in quarantine is found") {
  Job job = ADay();
  job.log().quarantine.clear();
  const VerifyReport report = job.Verify();
  CHECK(Says(report,
             {"\"cid\": leads.activity[3]@1 must be in quarantine", "DECODE"}));
  CHECK(Says(report, {"of 8 records read", "another sum"}));
}

TEST_CASE("A record that is twice in quarantine is found") {
  Job job = ADay();
  job.log().quarantine.push_back(job.log().quarantine.front());
  CHECK(Says(job.Verify(), {"leads.activity[3]@1 for a second time"}));
}

TEST_CASE("A record that does not belong into quarantine is found") {
  Job job = ADay();
  auto& headers = job.log().quarantine.front().headers;
  SECTION("as it can be read") {
    for (Header& header : headers) {
      if (header.first == "__connect.errors.offset") header.second = "0";
    }
    CHECK(Says(job.Verify(), {"leads.activity[3]@0, which can be read"}));
  }
  SECTION("as nobody has passed it") {
    for (Header& header : headers) {
      if (header.first == "__connect.errors.offset") header.second = "70";
    }
    CHECK(Says(job.Verify(), {"which no committed offset has passed"}));
  }
  SECTION("as it does not say which record it is") {
    headers.clear();
    CHECK(Says(job.Verify(), {"does not say which record"}));
  }
  SECTION("for the reason that it gives") {
    headers.back().second = "FIELD";
    CHECK(Says(job.Verify(), {"has FIELD, and DECODE"}));
  }
  SECTION("with these bytes") {
    job.log().quarantine.front().value = "other";
    CHECK(Says(job.Verify(), {"other bytes"}));
  }
}

TEST_CASE("A state that is missing, put away or damaged is found") {
  Job job = ADay();
  auto& changelog = job.log().changelog;
  SECTION("missing") {
    changelog.erase(
        std::remove_if(changelog.begin(), changelog.end(),
                       [](const WrittenRecord& r) { return r.key == "bea"; }),
        changelog.end());
    CHECK(Says(job.Verify(), {"lead bea: has no state on sla.leads"}));
  }
  SECTION("put away") {
    changelog.push_back(
        {.offset = 50, .key = "bea", .value = {}, .headers = {}});
    CHECK(Says(job.Verify(), {"lead bea: sla.leads[3]@50", "put away"}));
  }
  SECTION("of nobody") {
    changelog.push_back(changelog.front());
    changelog.back().key = "eve";
    CHECK(Says(job.Verify(), {"lead eve", "nothing was read"}));
  }
  SECTION("damaged") {
    job.ChangeState("bea", [](v1::LeadState& state) {
      state.set_internal("0123456789abcdef");
    });
    CHECK(Says(job.Verify(), {"lead bea: sla.leads[3]@"}));
  }
}

TEST_CASE("A state that shows the lead as it does not stand is found") {
  const auto spoil = GENERATE(
      as<std::function<void(v1::LeadStatus&)>>{},
      [](v1::LeadStatus& s) { s.set_standing(v1::LeadStatus::AT_RISK); },
      [](v1::LeadStatus& s) { s.set_owner_id("zoe"); },
      [](v1::LeadStatus& s) { s.set_lead_seq(s.lead_seq() - 1); },
      [](v1::LeadStatus& s) { s.mutable_clocks(0)->set_due_ms(1); });
  Job job = ADay();
  job.ChangeState(
      "bea", [&](v1::LeadState& state) { spoil(*state.mutable_status()); });
  CHECK(Says(job.Verify(), {"lead bea: sla.leads[3]@",
                            "shows the lead other than it stands"}));
}

TEST_CASE("A state that is one commit behind is found") {
  Job job = ADay();
  std::string older;
  for (const WrittenRecord& record : job.log().changelog) {
    if (record.key != "bea") continue;
    v1::LeadState state;
    state.ParseFromString(*record.value);
    if (state.internal() != older && older.empty()) older = state.internal();
  }
  job.ChangeState("bea",
                  [&](v1::LeadState& state) { state.set_internal(older); });
  const VerifyReport report = job.Verify();
  CHECK(Says(report, {"lead bea: sla.leads[3]@", "remembers 1 events"}));
  CHECK(Says(report, {"does not remember that first_response answered_late"}));
}

TEST_CASE("What time has decided since a lead was asked is owed, no more") {
  Job job;
  job.Send(Created("amy", "2026-03-02 09:00"));
  job.Read("2026-03-02 09:01");
  job.log().judged.now = job.log().committed.now =
      story::At("2026-03-02 09:16");
  const VerifyReport report = job.Verify();
  CHECK(report.differences.empty());
  REQUIRE(report.owed.size() == 3);
  CHECK(report.owed[0] ==
        "lead amy: first_response remind_1 at 2026-03-02T09:10:00Z, begun by "
        "crm event created 2026-03-02 09:00");
  CHECK(report.clocks.at("first_response").running == 1);
}

TEST_CASE("What time had decided when the lead was asked is not owed") {
  Job job;
  job.Send(Created("amy", "2026-03-02 09:00"));
  job.Read("2026-03-02 09:01");
  job.Wait("2026-03-02 09:16");
  job.Remove(job.Find("breach_1"));
  const VerifyReport report = job.Verify();
  CHECK(report.owed.empty());
  CHECK(Says(report, {"breach_1", "is not said"}));
}

TEST_CASE("A late burst that waits for what may be on its way is owed") {
  Job job;
  job.Send(Created("amy", "2026-03-02 09:00"));
  // Due lies before now, and now has not passed the moment of reading.
  job.Read("2026-03-02 09:30", "2026-03-02 09:31");
  VerifyReport report = job.Verify();
  CHECK(report.differences.empty());
  CHECK(report.owed.size() == 5);

  job.Wait("2026-03-02 09:31");
  CHECK(TextOf(job.Verify()) == "");
}

TEST_CASE("What a running job says later is found true, and not counted") {
  Job job = ADay();
  const Standpoint judged = job.log().judged;
  job.Send(Created("fay", "2026-03-02 09:26"));
  job.Read("2026-03-02 09:27");
  job.Wait("2026-03-02 09:50");
  job.log().judged = judged;
  const VerifyReport report = job.Verify();
  CHECK(TextOf(report) == "");
  CHECK(report.leads == 2);
  CHECK(report.read == 8);
  CHECK(report.not_judged >= 3);
  // But it must be true.
  job.Change({1, job.log().outputs[1].size() - 1},
             [](v1::SlaEvent& event) { event.set_now_ms(event.at_ms() - 1); });
  CHECK(Says(job.Verify(), {"lead fay", "not true by what was read"}));
}

// ---- Leads that are no longer kept ----

namespace {

// Amy is erased while she waits; a straggler comes after her.
Job AnErasure() {
  Job job;
  job.Send(Created("amy", "2026-03-02 09:00"));
  job.Send(Created("bea", "2026-03-02 09:00"));
  job.Read("2026-03-02 09:01");
  job.SendTombstone("amy", "2026-03-02 09:12");
  job.Read("2026-03-02 09:13");
  job.Send(CallBy("amy", "2026-03-02 09:14", "ann"));
  job.Read("2026-03-02 09:15");
  job.Wait("2026-03-02 09:15");
  return job;
}

constexpr char kDeparture[] = "";

}  // namespace

TEST_CASE("A lead that was erased is found right, and its stragglers ignored") {
  const VerifyReport report = AnErasure().Verify();
  CHECK(TextOf(report) == "");
  CHECK(report.events == 3);
  CHECK(report.ignored == std::map<std::string, int64_t>{{"ERASED", 1}});
  CHECK(report.clocks.at("first_response").stopped == 1);
}

TEST_CASE("A lead that was to be erased, and is not, is found") {
  Job job = AnErasure();
  job.Remove(job.Find(kDeparture));
  CHECK(Says(job.Verify(),
             {"lead amy: sla.leads[3]@", "put away, and it is not"}));
  CHECK(Says(job.Verify(), {"the lead must be put away as of",
                            "2026-03-02T09:12:00", "nothing says so"}));
}

TEST_CASE("A lead that nobody erased, and is put away, is found") {
  Job job = AnErasure();
  job.Change(job.Find(kDeparture), [](v1::SlaEvent& event) {
    event.mutable_read_up_to(1)->set_next_offset(0);
  });
  CHECK(Says(job.Verify(), {"lead amy: sla.outcomes[3]@",
                            "which nothing says that was read"}));
}

TEST_CASE("A lead that is said to retire while a clock runs is found") {
  Job job = AnErasure();
  job.Change(job.Find(kDeparture),
             [](v1::SlaEvent& event) { event.set_reasons(0, "retired"); });
  CHECK(Says(job.Verify(), {"lead amy", "too early"}));
}

TEST_CASE("What is said of a lead that was put away is found") {
  Job job = AnErasure();
  const Job::Place departure = job.Find(kDeparture);
  WrittenRecord again = job.At(departure);
  again.offset = 70;
  job.log().outputs[departure.output].push_back(again);
  job.Change({departure.output, job.log().outputs[departure.output].size() - 1},
             [](v1::SlaEvent& event) {
               event.set_lead_seq(event.lead_seq() + 1);
               event.set_id("another");
             });
  CHECK(Says(job.Verify(), {"lead amy: sla.outcomes[3]@70", "second time"}));
}

TEST_CASE("What is left of a lead that was put away is checked") {
  Job job = AnErasure();
  auto& changelog = job.log().changelog;
  SECTION("its hash is missing") {
    std::erase_if(changelog, [](const WrittenRecord& record) {
      return absl::StartsWith(*record.key, "forgotten/");
    });
    CHECK(Says(job.Verify(), {"lead amy", "nothing on sla.leads remembers"}));
  }
  SECTION("its state is still there") {
    std::erase_if(changelog, [](const WrittenRecord& record) {
      return record.key == "amy" && !record.value;
    });
    CHECK(Says(job.Verify(), {"lead amy", "a state of a lead that was put"}));
  }
  SECTION("a hash is of nobody") {
    changelog.push_back(
        {.offset = 60, .key = "forgotten/0", .value = "x", .headers = {}});
    CHECK(Says(job.Verify(), {"sla.leads[3]@60", "never known"}));
  }
}

TEST_CASE("A closed lead retires a month later, and not before") {
  Job job;
  job.Send(Created("amy", "2026-03-02 09:00"));
  job.Send(CallBy("amy", "2026-03-02 09:05", "ann"));
  job.Send(CallBy("amy", "2026-03-02 09:06", "ann"));
  job.Read("2026-03-02 09:10");
  job.Wait("2026-03-31 09:10");
  CHECK(TextOf(job.Verify()) == "");

  job.log().judged.now = job.log().committed.now =
      story::At("2026-04-01 11:00");
  REQUIRE(job.Verify().owed.size() == 1);
  CHECK_THAT(job.Verify().owed[0], Catch::Contains("must be put away"));

  job.Wait("2026-04-01 11:00");
  CHECK(TextOf(job.Verify()) == "");
}

TEST_CASE("What comes again keeps no lead, what is new keeps it") {
  const bool is_new = GENERATE(false, true);
  const auto sent = [](const v1::LeadEvent& event, const std::string& at) {
    InputRecord record;
    record.input = event.has_lead_created() ? 0 : 1;
    record.key = event.lead_id();
    record.value = event.SerializeAsString();
    record.timestamp = story::At(at);
    return record;
  };
  Job job;
  job.Send(sent(Created("amy", "2026-03-02 09:00"), "2026-03-02 09:00"));
  const v1::LeadEvent call = CallBy("amy", "2026-03-02 09:05", "ann");
  job.Send(sent(call, "2026-03-02 09:05"));
  job.Send(sent(CallBy("amy", "2026-03-02 09:06", "ann"), "2026-03-02 09:06"));
  job.Read("2026-03-02 09:10");
  const v1::LeadEvent later = CallBy("amy", "2026-03-20 09:05", "ann");
  job.Send(sent(is_new ? later : call, "2026-03-20 09:05"));
  // A job that does not notice that it is new.
  job.Read("2026-03-20 09:10",
           is_new ? "2026-03-02 09:10" : "2026-03-20 09:10");
  job.Wait("2026-04-02 11:00");

  if (is_new) {
    CHECK(Says(job.Verify(), {"lead amy", "too early"}));
  } else {
    CHECK(TextOf(job.Verify()) == "");
  }
}

}  // namespace leadclock::small
