#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "processor/lead/lead_fold.h"
#include "state/codec.h"
#include "tests/lead/story.h"

// What is kept of a lead, and for how long.
namespace leadclock {
namespace {

using namespace story;  // NOLINT: the story language is made for this

const AttributeChanges kHighIntent = {{"intent", "high"}};
constexpr absl::Duration kMonth = absl::Hours(24 * 30);

std::vector<Event> Answered() {
  return {Created("2026-03-02 09:00", kHighIntent),
          AssignedTo("2026-03-02 09:01", "owner-1"),
          CallBy("2026-03-02 09:05", "owner-1"),
          CallBy("2026-03-02 09:20", "owner-1")};
}

TEST_CASE("A closed lead retires a month after its last record was read") {
  Listener listener(ExamplePolicy(), kMonth);
  // Told long after it happened: a lead that is imported stays a month, too.
  listener.Read(Answered(), "2026-06-01 12:00");
  REQUIRE(listener.lead().progress->runs.size() == 3);
  CHECK_FALSE(listener.departure());
  const absl::Time retires = listener.next_instant();
  CHECK(retires >= At("2026-07-01 12:00"));
  CHECK(retires < At("2026-07-01 12:01"));

  listener.Wait("2026-07-01 11:59");
  CHECK_FALSE(listener.departure());
  listener.Wait("2026-07-01 12:01");
  REQUIRE(listener.departure());
  CHECK(listener.departure()->reason == Departure::Reason::kRetired);
  CHECK(listener.departure()->at == retires);
  CHECK(listener.departure()->lead_seq ==
        static_cast<int64_t>(listener.said().size()) + 1);
}

TEST_CASE("A further record puts off that a lead retires, a duplicate not") {
  Listener listener(ExamplePolicy(), kMonth);
  listener.Read(Answered(), "2026-03-02 12:00");
  const absl::Time retires = listener.next_instant();
  listener.Read(Answered(), "2026-03-10 12:00");
  CHECK(listener.next_instant() == retires);
  listener.Read({CallBy("2026-03-11 12:00", "owner-1")}, "2026-03-11 12:00");
  CHECK(listener.next_instant() == retires + absl::Hours(24 * 9));
}

TEST_CASE("A lead that somebody still owes an answer never retires") {
  Listener listener(ExamplePolicy(), kMonth);
  listener.Read({Created("2026-03-02 09:00", kHighIntent),
                 AssignedTo("2026-03-02 09:01", "owner-1")},
                "2026-03-02 09:01");
  listener.Wait("2027-03-02 09:00");
  CHECK_FALSE(listener.departure());
  CHECK(listener.next_instant() == absl::InfiniteFuture());
}

TEST_CASE("A lead that an event may bring back never retires") {
  const auto retires = [](const std::string& returns) {
    Listener listener(
        PolicyOf("  - {name: first, starts: lead_created, stops: call, target: "
                 "1h}\n",
                 "reentry: {ends: {disposition: recycled}, returns: " +
                     returns + "}\n"),
        kMonth);
    listener.Read({Created("2026-03-02 09:00"),
                   Happened("2026-03-02 09:10", ActivityKind::kDisposition,
                            {{"outcome", "recycled"}})},
                  "2026-03-02 09:10");
    listener.Wait("2027-03-02 09:00");
    return listener.departure().has_value();
  };
  CHECK_FALSE(retires("[{milestone: trial}, {date: return}]"));
  CHECK(retires("{date: return}"));
}

TEST_CASE("A lead that is never born retires, too") {
  Listener listener(ExamplePolicy(), kMonth);
  listener.Read({CallBy("2026-03-02 09:05", "owner-1")}, "2026-03-02 09:05");
  listener.Wait("2026-04-01 10:06");
  REQUIRE(listener.departure());
  CHECK(listener.said().empty());
}

TEST_CASE("Erasure closes the clocks at its instant, and nothing is left") {
  Listener listener(ExamplePolicy());
  listener.Read({Created("2026-03-02 09:00", kHighIntent),
                 AssignedTo("2026-03-02 09:01", "owner-1")},
                "2026-03-02 09:01");
  SECTION("before due") {
    // It is said at once, and carried out when now has come there.
    CHECK(listener.Read({Erasure("2026-03-02 09:04")}, "2026-03-02 09:03") ==
          Lines{"2026-03-02 09:04 first_response stopped (erased)"});
    CHECK_FALSE(listener.departure());
    CHECK(listener.next_instant() == At("2026-03-02 09:04"));
    CHECK(listener.Wait("2026-03-02 09:04") == Lines{});
  }
  SECTION("after due, with what was still to be said") {
    CHECK(listener.Read({Erasure("2026-03-02 09:16")}, "2026-03-02 09:01",
                        "2026-03-02 09:16") == Lines{});
    CHECK(listener.Wait("2026-03-02 09:16") ==
          Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1, not to "
                "be notified",
                "2026-03-02 09:15 first_response missed, not to be notified",
                "2026-03-02 09:15 first_response breach_1 -> owner-1 backup-1, "
                "not to be notified",
                "2026-03-02 09:16 first_response closed (erased)"});
  }
  SECTION("and cannot be withdrawn") {
    const Event erasure = Erasure("2026-03-02 09:04");
    listener.Read({erasure, WithdrawalOf(erasure, "2026-03-02 09:04")},
                  "2026-03-02 09:04");
    CHECK(listener.said().back().fact.kind == FactKind::kStopped);
  }
  REQUIRE(listener.departure());
  CHECK(listener.departure()->reason == Departure::Reason::kErased);
}

TEST_CASE("Two leads, or two reasons, have two ids of departure") {
  const Departure retired = {Departure::Reason::kRetired,
                             At("2026-03-02 09:00"), 3};
  Departure erased = retired;
  erased.reason = Departure::Reason::kErased;
  CHECK(DepartureId("a", retired) != DepartureId("a", erased));
  CHECK(DepartureId("a", retired) != DepartureId("b", retired));
  CHECK(DepartureId("a", retired).size() == 32);
}

// ---- A history that becomes too large ----

// A lead whose owner changes again and again, and is called at last.
std::vector<Event> LongStory() {
  std::vector<Event> story = {Created("2026-03-02 09:00", kHighIntent)};
  for (int minute = 1; minute < 40; ++minute) {
    const std::string at =
        absl::StrCat("2026-03-02 09:", minute < 10 ? "0" : "", minute);
    story.push_back(AssignedTo(at, absl::StrCat("owner-", minute)));
    story.push_back(Changed(at, "stage", absl::StrCat("stage ", minute)));
  }
  story.push_back(CallBy("2026-03-02 09:41", "owner-39"));
  story.push_back(CallBy("2026-03-02 09:50", "owner-39"));
  return story;
}

std::string NowAfter(const Event& event) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S",
                          event.occurred_at + absl::Seconds(1),
                          absl::UTCTimeZone());
}

TEST_CASE("A history that is made smaller again and again says the same") {
  Listener whole(ExamplePolicy());
  Listener smaller(ExamplePolicy());
  size_t most = 0;
  for (const Event& event : LongStory()) {
    const std::string now = NowAfter(event);
    CHECK(smaller.Read({event}, now) == whole.Read({event}, now));
    CHECK(smaller.next_instant() == whole.next_instant());
    if (smaller.lead().history.size() > 6) CHECK(smaller.Collapse(now));
    most = std::max(most, smaller.lead().history.size());
  }
  CHECK(*smaller.lead().progress == *whole.lead().progress);
  CHECK(most <= 8);
  CHECK(EncodeLead(smaller.lead()).size() < EncodeLead(whole.lead()).size());
  CHECK(smaller.Wait("2026-03-03 17:30") == whole.Wait("2026-03-03 17:30"));

  // It is kept as it is.
  const auto read = DecodeLead(EncodeLead(smaller.lead()));
  REQUIRE(read.ok());
  CHECK(EncodeLead(*read) == EncodeLead(smaller.lead()));
  CHECK(read->collapsed->up_to == smaller.lead().collapsed->up_to);
}

TEST_CASE("What is late for the collapsed part is ignored, the rest is not") {
  Listener listener(ExamplePolicy());
  for (const Event& event : LongStory()) {
    listener.Read({event}, NowAfter(event));
  }
  REQUIRE(listener.Collapse("2026-03-02 10:00"));
  REQUIRE(listener.lead().collapsed->up_to > At("2026-03-02 09:15"));

  // It would have disproved the breach.
  CHECK(listener.Read({CallBy("2026-03-02 09:14", "owner-14")},
                      "2026-03-02 10:00") == Lines{});
  CHECK(listener.intakes() == std::vector<Intake>{Intake::kCollapsed});
  // This one is still known: the answer is another.
  const Lines lines = listener.Read({CallBy("2026-03-02 09:40", "owner-39")},
                                    "2026-03-02 10:00");
  REQUIRE(lines.size() >= 2);
  CHECK(lines[0] == "2026-03-02 09:41 first_response answered_late retracted");
}

TEST_CASE("Nothing is collapsed that is not yet said") {
  Listener listener(ExamplePolicy());
  std::vector<Event> story = LongStory();
  // All at once, when now is behind: the reminder is not said yet.
  listener.Read(story, "2026-03-02 09:05", "2026-03-02 10:00");
  while (listener.Collapse("2026-03-02 09:05")) {
  }
  if (listener.lead().collapsed) {
    CHECK(listener.lead().collapsed->up_to <= At("2026-03-02 09:10"));
  }
  Listener whole(ExamplePolicy());
  whole.Read(story, "2026-03-02 09:05", "2026-03-02 10:00");
  CHECK(listener.Wait("2026-03-02 10:00") == whole.Wait("2026-03-02 10:00"));
}

TEST_CASE("A withdrawal of what is still to come survives") {
  Listener listener(ExamplePolicy());
  const Event call = CallBy("2026-03-02 09:50", "owner-39");
  std::vector<Event> story = LongStory();
  story.pop_back();
  listener.Read(story, "2026-03-02 10:00");
  listener.Read({WithdrawalOf(call, "2026-03-02 09:02")}, "2026-03-02 10:00");
  REQUIRE(listener.Collapse("2026-03-02 10:00"));
  const size_t said = listener.said().size();
  listener.Read({call}, "2026-03-02 10:00");
  CHECK(listener.said().size() == said);
}

}  // namespace
}  // namespace leadclock
