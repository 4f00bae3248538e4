// Whatever a correction changes is told.

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "app/lead/tell.h"
#include "processor/job/wire_output.h"
#include "tests/lead/story.h"

namespace leadclock {
namespace {

const PolicyBook& Policies() {
  static const auto* const book = new PolicyBook(story::PolicyOf(R"(
  - {name: first, starts: lead_created, stops: call, target: 1h, at_risk: never,
     task: {kind: call_back, to: owner},
     ladder: [{at: due, do: breach, to: owner}]}
)"));
  return *book;
}

// Facts of kinds that between them tell all that facts tell.
Fact FactOf(FactKind kind) {
  Fact fact;
  fact.kind = kind;
  fact.started_by = {"crm", "created"};
  fact.at = story::At("2026-03-02 10:30");
  fact.policy_version = Policies().newest().version;
  if (kind == FactKind::kBreach) fact.rung = 0;
  if (kind == FactKind::kOutcome) fact.clock = kNoClock;
  fact.started_at = story::At("2026-03-02 09:00");
  fact.due = story::At("2026-03-02 10:00");
  fact.target = absl::Hours(1);
  fact.counted = absl::Minutes(90);
  fact.counted_at_due = absl::Hours(1);
  fact.attributes = std::make_shared<const Attributes>();
  return fact;
}

v1::SlaEvent Written(const Utterance& utterance) {
  const LeadId lead("lead-1");
  const Attributes none;
  Moment moment;
  moment.now = story::At("2026-03-06 12:00");
  const std::string no_trace;
  const OutputRecord record =
      WriteSlaEvent(utterance, {Policies(), lead, &none, moment, no_trace}, {});
  return *ReadSlaEvent(record.value, record.headers, WireFormat::kProtobuf);
}

LeadFile CorrectionOf(const Fact& from, const Fact& to) {
  LeadFile file;
  file.lead_id = "lead-1";
  file.said = {Written({.form = Form::kSaid, .fact = from, .lead_seq = 1}),
               Written({.form = Form::kCorrected,
                        .fact = to,
                        .corrections = 1,
                        .lead_seq = 2})};
  REQUIRE(file.said[1].corrects() == file.said[0].id());
  return file;
}

v1::LeadStory StoryOf(const LeadFile& file) {
  return TellStory(Policies(), file, story::At("2026-03-06 12:00"));
}

// What the story tells of a correction, and whether the events differ at all.
struct Told {
  bool differ = false;
  std::vector<std::string> changes;
};

Told ToldOf(const Fact& from, const Fact& to) {
  const LeadFile file = CorrectionOf(from, to);
  Told told;
  const v1::LeadStory story = StoryOf(file);
  REQUIRE(story.said_size() == 2);
  for (const v1::LeadStory::Change& change : story.said(1).changes()) {
    CHECK(change.from() != change.to());
    told.changes.push_back(change.what());
  }
  v1::SlaEvent said = file.said[0];
  v1::SlaEvent corrected = file.said[1];
  for (v1::SlaEvent* event : {&corrected, &said}) {
    event->clear_id();
    event->clear_form();
    event->clear_corrects();
    event->clear_lead_seq();
  }
  told.differ = corrected.SerializeAsString() != said.SerializeAsString();
  return told;
}

// One for each type that facts tell something of.
void Change(bool& yes) { yes = !yes; }
void Change(uint32_t& number) { number += 7; }
void Change(absl::Duration& length) { length += absl::Minutes(1); }
void Change(absl::Time& at) { at += absl::Minutes(1); }
void Change(std::optional<absl::Time>& at) {
  at = at.value_or(story::At("2026-03-02 09:30")) + absl::Minutes(1);
}
void Change(std::string& text) { text += "else"; }
void Change(PersonId& person) { person = PersonId("eve"); }
void Change(People& people) { people.backup = PersonId("eve"); }
void Change(EventRef& event) { event = {"phone", "call"}; }
void Change(std::vector<Recipient>& recipients) {
  recipients.push_back(
      {.role = "manager", .fell_to = "", .id = PersonId("eve")});
}
void Change(std::optional<Recipient>& recipient) {
  recipient = {.role = "backup", .fell_to = "manager", .id = PersonId("eve")};
}

constexpr FactKind kKinds[] = {FactKind::kBreach, FactKind::kTaskOpened,
                               FactKind::kOutcome};

TEST_CASE("A correction of anything that a fact tells says what changed") {
  const auto check = [](const std::string& what, const auto member) {
    bool is_told = false;
    for (const FactKind kind : kKinds) {
      const Fact from = FactOf(kind);
      Fact to = from;
      Change(to.*member);
      // Or else it is another fact.
      if (!SameIdentity(from, to)) continue;
      const Told told = ToldOf(from, to);
      INFO(what << " of a fact of the kind " << static_cast<int>(kind));
      CHECK(told.differ == !told.changes.empty());
      is_told |= told.differ;
    }
    INFO(what);
    CHECK(is_told);
  };
  std::apply(
      [&](const auto&... told) { (check(told.first, told.second), ...); },
      kTold);
}

TEST_CASE("A correction of one part of what is told says what changed") {
  const auto changes = [](FactKind kind,
                          const std::function<void(Fact&)>& change) {
    Fact from = FactOf(kind);
    from.responsible = {.role = "owner", .fell_to = "", .id = PersonId("eve")};
    from.by = {"crm", "call"};
    Fact to = from;
    change(to);
    return ToldOf(from, to).changes;
  };
  using Changes = std::vector<std::string>;
  CHECK(changes(FactKind::kBreach, [](Fact& fact) {
          fact.responsible->role = "manager";
        }) == Changes{"responsible"});
  CHECK(changes(FactKind::kBreach, [](Fact& fact) {
          fact.responsible->fell_to = "manager";
        }) == Changes{"responsible"});
  CHECK(changes(FactKind::kBreach, [](Fact& fact) {
          fact.by.source = "phone";
        }) == Changes{"event"});
  CHECK(changes(FactKind::kBreach, [](Fact& fact) {
          fact.counted_at_due -= absl::Minutes(1);
        }) == Changes{"overdue"});
  CHECK(changes(FactKind::kBreach, [](Fact& fact) {
          fact.answered_at = story::At("2026-03-02 10:20");
        }) == Changes{"answered"});
}

TEST_CASE("Instants that a correction changes are told in local time") {
  absl::TimeZone new_york;
  REQUIRE(absl::LoadTimeZone("America/New_York", &new_york));
  Fact to = FactOf(FactKind::kBreach);
  to.started_at = story::At("2026-03-02 09:01");
  to.due = story::At("2026-03-02 10:01");
  to.answered_at = story::At("2026-03-02 10:20");
  const std::string text = StoryText(
      StoryOf(CorrectionOf(FactOf(FactKind::kBreach), to)), {.zone = new_york});
  INFO(text);
  CHECK(text.find("mends 1: due Mon 2026-03-02 05:01:00, was Mon 2026-03-02 "
                  "05:00:00; answered Mon 2026-03-02 05:20:00, was none; "
                  "started Mon 2026-03-02 04:01:00, was Mon 2026-03-02 "
                  "04:00:00") != std::string::npos);
}

}  // namespace
}  // namespace leadclock
