#include "tests/attack/feed.h"

#include <algorithm>
#include <exception>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/broker/lead_events.h"

namespace leadclock::attack {
namespace {

constexpr absl::Duration kConfirmEvery = absl::Seconds(1);
constexpr absl::Duration kUsualDelay = absl::Milliseconds(400);
constexpr absl::Duration kLateDelay = absl::Seconds(20);

}  // namespace

Feed::Feed(const broker::Job& job, uint64_t seed, int leads_per_second)
    : job_(job),
      plain_(job),
      dice_(seed),
      leads_per_second_(leads_per_second),
      next_leads_(absl::Now()) {
  thread_ = std::thread([this] { Run(); });
}

Feed::~Feed() {
  give_up_ = true;
  Finish();
}

void Feed::Finish() {
  finish_ = true;
  if (thread_.joinable()) thread_.join();
}

void Feed::Run() {
  producer_ = std::make_unique<broker::Producer>(job_.brokers());
  absl::Time next_confirm = absl::Now();
  while (!give_up_ && (!finish_ || !timetable_.empty())) {
    const absl::Time now = absl::Now();
    if (!finish_ && now >= next_leads_) AddLeads(now);
    SendDue(now);
    if (now >= next_confirm) {
      Confirm();
      next_confirm = absl::Now() + kConfirmEvery;
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
  Confirm();
}

absl::Duration Feed::UpTo(absl::Duration longest) {
  return absl::Milliseconds(dice_.Below(absl::ToInt64Milliseconds(longest)));
}

// Those of one second.
void Feed::AddLeads(absl::Time now) {
  const absl::Time birth = absl::FromUnixSeconds(absl::ToUnixSeconds(now) + 1);
  for (int i = 0; i < leads_per_second_; ++i) {
    const std::string lead = absl::StrCat("lead-", lives_.size());
    // One in four is of long ago.
    if (i % 4 == 3) {
      lives_.push_back(broker::SomeLife(lead, dice_));
      Add(lives_.back(), birth - now);
    } else {
      lives_.push_back(broker::SomeLiveLife(lead, birth, dice_));
      Add(lives_.back(), absl::ZeroDuration());
    }
  }
  if (dice_.Chance(50)) AddUnreadable(birth);
  next_leads_ += absl::Seconds(1);
}

void Feed::Add(const broker::Life& life, absl::Duration after) {
  for (const v1::LeadEvent& event : life.events) {
    const absl::Time at =
        std::max(broker::HappenedAt(event), absl::Now() + after) +
        UpTo(kUsualDelay);
    const absl::Duration late =
        dice_.Chance(10) ? UpTo(kLateDelay) : absl::ZeroDuration();
    timetable_.emplace(at + late, plain_.RecordOf(event));
    if (dice_.Chance(10)) {
      timetable_.emplace(at + UpTo(kLateDelay), plain_.RecordOf(event));
    }
  }
}

void Feed::AddUnreadable(absl::Time at) {
  const std::string key = absl::StrCat("wrong-", ++unreadable_);
  broker::RecordToSend record = {
      .topic = job_.Topic("leads.activity"), .key = key, .value = "not this"};
  switch (dice_.Below(5)) {
    case 0:
      record.key.reset();
      record.partition = 0;
      break;
    case 1:
      record.partition = (broker::PartitionOfKey(key, job_.partitions()) + 1) %
                         job_.partitions();
      break;
    case 2:
      record.headers = {{"content-type", "text/plain"}};
      break;
    case 3:
      record.topic = job_.Topic("leads.created");
      record.value = broker::Note("another", at).SerializeAsString();
      break;
    default:
      break;
  }
  timetable_.emplace(at + UpTo(absl::Seconds(1)), record);
}

void Feed::SendDue(absl::Time now) {
  while (!timetable_.empty() && timetable_.begin()->first <= now) {
    producer_->Send(timetable_.begin()->second);
    unconfirmed_.push_back(std::move(timetable_.begin()->second));
    timetable_.erase(timetable_.begin());
    ++records_;
  }
}

void Feed::Confirm() {
  while (!give_up_) {
    try {
      producer_->Flush();
      unconfirmed_.clear();
      return;
    } catch (const std::exception&) {
      producer_ = std::make_unique<broker::Producer>(job_.brokers());
      for (const auto& record : unconfirmed_) producer_->Send(record);
    }
  }
}

}  // namespace leadclock::attack
