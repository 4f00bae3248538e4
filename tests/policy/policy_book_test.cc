#include "processor/policy/policy_book.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>

namespace leadclock {
namespace {

absl::Time Day(int day) {
  return absl::FromCivil(absl::CivilDay(2026, 3, day), absl::UTCTimeZone());
}

Policy Version(int64_t version, absl::Time effective,
               const std::string& hash = "") {
  Policy policy;
  policy.version = version;
  policy.effective = effective;
  policy.hash = hash.empty() ? "hash of " + std::to_string(version) : hash;
  policy.fallback = {policy.hash};
  return policy;
}

PolicyBook Book(std::vector<Policy> versions) {
  absl::StatusOr<PolicyBook> book = PolicyBook::Create(std::move(versions));
  INFO(book.status().message());
  REQUIRE(book.ok());
  return *std::move(book);
}

std::string Refusal(std::vector<Policy> versions) {
  const absl::StatusOr<PolicyBook> book =
      PolicyBook::Create(std::move(versions));
  CHECK(book.status().code() == absl::StatusCode::kInvalidArgument);
  return std::string(book.status().message());
}

TEST_CASE("A version is in force from its instant on, the first one always") {
  const PolicyBook book =
      Book({Version(3, Day(20)), Version(1, Day(1)), Version(2, Day(10))});
  CHECK(book.InForce(absl::InfinitePast()).version == 1);
  CHECK(book.InForce(Day(1)).version == 1);
  CHECK(book.InForce(Day(10) - absl::Milliseconds(1)).version == 1);
  CHECK(book.InForce(Day(10)).version == 2);
  CHECK(book.InForce(Day(20)).version == 3);
  CHECK(book.InForce(absl::InfiniteFuture()).version == 3);
  CHECK(book.newest().version == 3);
}

TEST_CASE("A version with the rules of the one before stays out of force") {
  Policy same = Version(2, Day(10));
  same.fallback = Version(1, Day(1)).fallback;
  const PolicyBook book = Book({Version(1, Day(1)), same, Version(3, Day(20))});
  CHECK(book.InForce(Day(10)).version == 1);
  CHECK(book.InForce(Day(20)).version == 3);
}

TEST_CASE("What a version says of leads is a rule like those of clocks") {
  const Policy policy = Version(1, Day(1), "same");
  const auto says_so_with = [&](const std::function<void(Policy&)>& change) {
    Policy changed = policy;
    change(changed);
    return SayTheSame(policy, changed);
  };
  CHECK(says_so_with([](Policy& other) { other.version = 2; }));
  CHECK_FALSE(says_so_with([](Policy& other) {
    other.reviews.push_back({.when = {}, .reason = "look", .to = {"owner"}});
  }));
  CHECK_FALSE(
      says_so_with([](Policy& other) { other.reentry.ends.emplace_back(); }));
  CHECK_FALSE(says_so_with([](Policy& other) {
    other.outcomes.push_back({"won", {}});
  }));
  CHECK_FALSE(says_so_with(
      [](Policy& other) { other.notify_within = absl::Hours(1); }));
}

TEST_CASE("Runs go over to the next version that carries them") {
  const auto carrying = [](Policy policy) {
    policy.open_clocks = Policy::OpenClocks::kCarry;
    return policy;
  };
  Policy again = carrying(Version(4, Day(20)));
  again.fallback = Version(3, Day(15)).fallback;
  const PolicyBook book =
      Book({Version(1, Day(1)), carrying(Version(2, Day(10))),
            Version(3, Day(15)), again});
  CHECK(book.NextCarry(1)->at == Day(10));
  CHECK(book.NextCarry(1)->to->version == 2);
  // Version 4 says what version 3 says, and that it is for open clocks too.
  CHECK(book.NextCarry(2)->at == Day(20));
  CHECK(book.NextCarry(2)->to->version == 3);
  CHECK(!book.NextCarry(3));
  CHECK(!PolicyBook(Version(1, Day(1))).NextCarry(1));
}

TEST_CASE("What was known before a version was") {
  const PolicyBook book = Book({Version(1, Day(1)), Version(2, Day(10))});
  CHECK(book.UpTo(1).InForce(Day(11)).version == 1);
  CHECK(book.UpTo(2).InForce(Day(11)).version == 2);
  CHECK(book.CountFromTo(1, 2) == 2);
  CHECK(book.CountFromTo(2, 7) == 1);
}

TEST_CASE("Versions are found and counted by their numbers") {
  const PolicyBook book =
      Book({Version(2, Day(1)), Version(3, Day(2)), Version(7, Day(3))});
  CHECK(book.Find(2)->version == 2);
  CHECK(book.Find(7)->version == 7);
  for (const int64_t number :
       {INT64_MIN, int64_t{0}, int64_t{1}, int64_t{4}, int64_t{8}, INT64_MAX}) {
    CHECK(book.Find(number) == nullptr);
  }
  CHECK(book.CountFromTo(2, 7) == 3);
  CHECK(book.CountFromTo(3, 6) == 1);
  CHECK(book.CountFromTo(4, 6) == 0);
  CHECK(book.CountFromTo(7, 2) == 0);
  CHECK(book.CountFromTo(0, INT64_MAX) == 3);
  CHECK(book.UpTo(6).newest().version == 3);
}

TEST_CASE("A version that is named twice is one version") {
  const PolicyBook book =
      Book({Version(2, Day(10)), Version(1, Day(1)), Version(2, Day(10))});
  CHECK(book.versions().size() == 2);
  CHECK(book.Find(2)->effective == Day(10));
  CHECK(book.Find(3) == nullptr);
}

TEST_CASE("Versions that contradict each other are no book") {
  CHECK(Refusal({}) == "there is no policy");
  CHECK(Refusal({Version(2, Day(1), "a"), Version(2, Day(1), "b")}) ==
        "there are two policies of version 2, with the hashes a and b; what "
        "changed must have a number of its own");
  CHECK(Refusal({Version(2, Day(1)), Version(3, Day(1))}) ==
        "version 3 of the policy takes effect at 2026-03-01T00:00:00Z, which "
        "is not after version 2 does (2026-03-01T00:00:00Z); a greater number "
        "must take effect later");
  CHECK(Refusal({Version(2, Day(1)), Version(3, absl::InfinitePast())}) ==
        "version 3 of the policy does not say when it takes effect; write an "
        "'effective' that is after that of version 2 (2026-03-01T00:00:00Z)");
}

TEST_CASE("A policy is published in time, or for correction") {
  const PolicyBook book = Book({Version(1, absl::InfinitePast())});
  const Publishing in_time = {.now = Day(10), .lead_time = absl::Hours(1)};
  const Publishing for_correction = {
      .now = Day(10), .lead_time = absl::Hours(1), .correct = true};
  const Policy soon = Version(2, Day(10) + absl::Minutes(59));
  CHECK(MayBePublished(Version(2, Day(10) + absl::Hours(1)), &book, in_time)
            .ok());
  CHECK(MayBePublished(soon, &book, for_correction).ok());
  const absl::Status refused = MayBePublished(soon, &book, in_time);
  CHECK(refused.code() == absl::StatusCode::kFailedPrecondition);
  CHECK(refused.message() ==
        "version 2 would take effect at 2026-03-10T00:59:00Z, and a version "
        "must be published 1h before that, so that every worker knows it in "
        "time; write 'effective: 2026-03-10T01:05:00Z' or later, or say "
        "--correct if what was said since then may be taken back and said "
        "anew");
  // Nothing was said yet that could be wrong.
  CHECK(MayBePublished(soon, nullptr, in_time).ok());
}

TEST_CASE("A version far ahead is published only if that is meant") {
  const PolicyBook book = Book({Version(1, absl::InfinitePast())});
  Publishing publishing = {.now = Day(10), .lead_time = absl::Hours(1)};
  const Policy in_a_year = Version(2, Day(10) + absl::Hours(366 * 24));
  CHECK(MayBePublished(in_a_year, &book, publishing).ok());
  const Policy mistyped = Version(
      2, absl::FromCivil(absl::CivilDay(2206, 3, 10), absl::UTCTimeZone()));
  const absl::Status refused = MayBePublished(mistyped, &book, publishing);
  CHECK(refused.code() == absl::StatusCode::kFailedPrecondition);
  CHECK(refused.message() ==
        "version 2 would take effect at 2206-03-10T00:00:00Z, more than a year "
        "from now, and no later version could take effect before that; write "
        "an earlier 'effective', or say --far-ahead if it is meant");
  // Nothing could come before the first one either.
  CHECK_FALSE(MayBePublished(mistyped, nullptr, publishing).ok());
  publishing.correct = true;
  CHECK_FALSE(MayBePublished(mistyped, &book, publishing).ok());
  publishing.far_ahead = true;
  CHECK(MayBePublished(mistyped, &book, publishing).ok());
}

TEST_CASE("What is published is not published again") {
  const Publishing correcting = {
      .now = Day(10), .lead_time = absl::Hours(1), .correct = true};
  const PolicyBook book =
      Book({Version(1, absl::InfinitePast()), Version(4, Day(1))});
  CHECK(MayBePublished(Version(4, Day(1)), &book,
                       {.now = Day(10), .lead_time = absl::Hours(1)})
            .code() == absl::StatusCode::kAlreadyExists);
  CHECK(MayBePublished(Version(4, Day(20), "another"), &book, correcting)
            .message() ==
        "version 4 is published with another content (hash hash of 4, not "
        "another); give this one the number 5");
  // Nothing comes between two versions that were judged by.
  const absl::Status late =
      MayBePublished(Version(3, Day(1) - absl::Hours(1)), &book, correcting);
  CHECK(late.code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(late.message()),
             Catch::Contains("version 3 comes too late: version 4 is "
                             "published") &&
                 Catch::Contains("give it 5"));
}

}  // namespace
}  // namespace leadclock
