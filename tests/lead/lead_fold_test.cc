#include "processor/lead/lead_fold.h"

#include <catch2/catch.hpp>
#include <set>

#include "state/codec.h"
#include "tests/lead/story.h"

namespace leadclock {
namespace {

using namespace story;  // NOLINT: the story language is made for this

const AttributeChanges kHighIntent = {{"intent", "high"}};

TEST_CASE("A lead of Friday 21:40 is judged on Monday morning") {
  Listener listener(ExamplePolicy());
  CHECK(listener.Read({Created("2026-03-06 21:40", kHighIntent)},
                      "2026-03-06 21:41") == Lines{});
  CHECK(listener.Read({AssignedTo("2026-03-06 21:41", "owner-1")},
                      "2026-03-06 21:41") ==
        Lines{"2026-03-06 21:41 assignment met"});

  CHECK(listener.next_instant() == At("2026-03-09 09:10"));
  CHECK(listener.Wait("2026-03-09 09:09") == Lines{});
  CHECK(listener.Wait("2026-03-09 09:10") ==
        Lines{"2026-03-09 09:10 first_response remind_1 -> owner-1"});
  CHECK(listener.Wait("2026-03-09 09:15") ==
        Lines{"2026-03-09 09:15 first_response missed",
              "2026-03-09 09:15 first_response breach_1 -> owner-1 backup-1"});
  CHECK(listener.Wait("2026-03-09 09:20") ==
        Lines{"2026-03-09 09:20 first_response escalate_1 -> manager-1"});
  CHECK(listener.Wait("2026-03-09 09:30") ==
        Lines{"2026-03-09 09:30 first_response reassign_1 -> backup-1"});
  CHECK(listener.next_instant() == absl::InfiniteFuture());
  CHECK(listener.Read({CallBy("2026-03-09 09:41", "owner-1")},
                      "2026-03-09 09:42") ==
        Lines{"2026-03-09 09:41 first_response answered_late"});
}

TEST_CASE("An automatic reply does not stop the first-response clock") {
  const std::vector<Event> history = {Created("2026-03-02 09:00", kHighIntent),
                                      AssignedTo("2026-03-02 09:00", "owner-1"),
                                      AutoReply("2026-03-02 09:03")};

  CHECK(FactsAt(ExamplePolicy(), "2026-03-02 09:09", history) ==
        Lines{"2026-03-02 09:00 assignment met"});
  CHECK(FactsAt(ExamplePolicy(), "2026-03-02 09:15", history).size() == 4);
}

TEST_CASE("An answer exactly at due is met, and forestalls the rungs there") {
  const Lines facts = FactsAt(ExamplePolicy(), "2026-03-02 10:00",
                              {Created("2026-03-02 09:00", kHighIntent),
                               AssignedTo("2026-03-02 09:00", "owner-1"),
                               CallBy("2026-03-02 09:15", "owner-1")});
  CHECK(facts == Lines{"2026-03-02 09:00 assignment met",
                       "2026-03-02 09:10 first_response remind_1 -> owner-1, "
                       "not to be notified",
                       "2026-03-02 09:15 first_response met",
                       "2026-03-02 09:45 second_touch missed"});
}

TEST_CASE("A call logged late disproves the breach") {
  Listener listener(ExamplePolicy());
  listener.Read({Created("2026-03-02 10:00", kHighIntent),
                 AssignedTo("2026-03-02 10:00", "owner-1")},
                "2026-03-02 10:00");
  CHECK(listener.Wait("2026-03-02 10:16").size() == 3);

  CHECK(listener.Read({CallBy("2026-03-02 10:04", "owner-1")},
                      "2026-03-02 10:20") ==
        Lines{"2026-03-02 10:10 first_response remind_1 retracted -> owner-1",
              "2026-03-02 10:15 first_response missed retracted",
              "2026-03-02 10:15 first_response breach_1 retracted -> owner-1 "
              "backup-1",
              "2026-03-02 10:04 first_response met"});

  SECTION("and when that call is withdrawn, the breach comes back") {
    const Event call = CallBy("2026-03-02 10:04", "owner-1");
    // What was due before now waits until now has passed the reading.
    CHECK(listener.Read({WithdrawalOf(call, "2026-03-02 10:21")},
                        "2026-03-02 10:21", "2026-03-02 10:22") ==
          Lines{"2026-03-02 10:04 first_response met retracted"});
    CHECK(listener.next_instant() == At("2026-03-02 10:22"));
    CHECK(listener.Wait("2026-03-02 10:22") ==
          Lines{"2026-03-02 10:10 first_response remind_1 -> owner-1",
                "2026-03-02 10:15 first_response missed",
                "2026-03-02 10:15 first_response breach_1 -> owner-1 backup-1",
                "2026-03-02 10:20 first_response escalate_1 -> manager-1"});

    const Policy policy = ExamplePolicy();
    std::set<std::string> ids;
    for (const Utterance& utterance : listener.said()) {
      CHECK(ids.insert(UtteranceId(policy, "lead-1", utterance)).second);
    }
  }
}

TEST_CASE("A pause stops the count, before due and after it") {
  const std::vector<Event> history = {
      Created("2026-03-02 09:00", kHighIntent),
      AssignedTo("2026-03-02 09:00", "owner-1"),
      Changed("2026-03-02 09:12", "status", "on_hold"),
      Changed("2026-03-02 11:12", "status", "working"),
      Changed("2026-03-02 11:16", "status", "waiting_on_customer"),
      Changed("2026-03-02 12:16", "status", "working")};
  CHECK(FactsAt(ExamplePolicy(), "2026-03-02 12:21", history) ==
        Lines{"2026-03-02 09:00 assignment met",
              "2026-03-02 09:10 first_response remind_1 -> owner-1",
              "2026-03-02 11:15 first_response missed",
              "2026-03-02 11:15 first_response breach_1 -> owner-1 backup-1",
              "2026-03-02 12:20 first_response escalate_1 -> manager-1"});
}

TEST_CASE("A target that falls below what was counted is due at once") {
  const std::vector<Event> history = {
      Created("2026-03-02 09:00"), AssignedTo("2026-03-02 09:00", "owner-1"),
      Changed("2026-03-02 10:00", "intent", "high")};
  CHECK(FactsAt(ExamplePolicy(), "2026-03-02 10:06", history) ==
        Lines{"2026-03-02 09:00 assignment met",
              "2026-03-02 09:10 first_response remind_1 -> owner-1",
              "2026-03-02 10:00 first_response missed",
              "2026-03-02 10:00 first_response breach_1 -> owner-1 backup-1",
              "2026-03-02 10:05 first_response escalate_1 -> manager-1"});
}

TEST_CASE("Existing customers start no clock; a lost consent stops them") {
  CHECK(FactsAt(ExamplePolicy(), "2026-03-03 09:00",
                {Created("2026-03-02 09:00", {{"customer", "existing"}})})
            .empty());
  CHECK(FactsAt(ExamplePolicy(), "2026-03-03 09:00",
                {Created("2026-03-02 09:00", kHighIntent),
                 AssignedTo("2026-03-02 09:00", "owner-1"),
                 Changed("2026-03-02 09:05", "consent", "withdrawn")}) ==
        Lines{"2026-03-02 09:00 assignment met",
              "2026-03-02 09:05 first_response stopped (consent)"});
}

TEST_CASE("Activities that come before their lead wait for it") {
  Listener listener(ExamplePolicy());
  CHECK(listener
            .Read({AssignedTo("2026-03-02 09:01", "owner-1"),
                   CallBy("2026-03-02 08:58", "owner-1")},
                  "2026-03-02 09:02")
            .empty());
  // A call from before the lead was keyed in is an answer at the start, once
  // somebody owns it: here nobody did yet.
  CHECK(listener.Read({Created("2026-03-02 09:00", kHighIntent)},
                      "2026-03-02 09:03") ==
        Lines{"2026-03-02 09:01 assignment met"});
}

TEST_CASE("What an event decides waits for what time decides before it") {
  Listener listener(ExamplePolicy());
  listener.Read({Created("2026-03-02 09:00", kHighIntent),
                 AssignedTo("2026-03-02 09:00", "owner-1")},
                "2026-03-02 09:00");
  // A call dated after now: the reminder of 09:10 stands before it.
  CHECK(
      listener.Read({CallBy("2026-03-02 09:11", "owner-1")}, "2026-03-02 09:09")
          .empty());
  CHECK(listener.next_instant() == At("2026-03-02 09:10"));
  CHECK(listener.Wait("2026-03-02 09:10") ==
        Lines{"2026-03-02 09:10 first_response remind_1 -> owner-1, not to be "
              "notified",
              "2026-03-02 09:11 first_response met"});
}

TEST_CASE("An owner found out late is corrected, not said twice") {
  Listener listener(ExamplePolicy());
  listener.Read({Created("2026-03-02 09:00", kHighIntent)}, "2026-03-02 09:00");
  CHECK(listener.Wait("2026-03-02 09:10") ==
        Lines{"2026-03-02 09:02 assignment missed",
              "2026-03-02 09:10 first_response remind_1 -> nobody"});
  CHECK(listener.Read({AssignedTo("2026-03-02 09:05", "owner-1")},
                      "2026-03-02 09:11") ==
        Lines{"2026-03-02 09:05 assignment answered_late",
              "2026-03-02 09:10 first_response remind_1 corrected -> "
              "owner-1"});
}

TEST_CASE("A lead's stored form is read back as it was") {
  Listener listener(ExamplePolicy());
  listener.Read({Created("2026-03-02 09:00", kHighIntent),
                 AssignedTo("2026-03-02 09:00", "owner-1"),
                 Changed("2026-03-02 09:12", "status", "on_hold"),
                 AutoReply("2026-03-02 09:13")},
                "2026-03-02 09:11");
  const std::string bytes = EncodeLead(listener.lead());
  const absl::StatusOr<Lead> lead = DecodeLead(bytes);
  REQUIRE(lead.ok());
  CHECK(EncodeLead(*lead) == bytes);
  CHECK(lead->history == listener.lead().history);
  CHECK(*lead->progress == *listener.lead().progress);

  SECTION("and damaged bytes are refused") {
    for (size_t size = 0; size < bytes.size(); ++size) {
      CHECK(!DecodeLead(bytes.substr(0, size)).ok());
    }
    CHECK(!DecodeLead(bytes + "x").ok());
  }
}

}  // namespace
}  // namespace leadclock
