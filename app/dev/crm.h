#ifndef LEADCLOCK_APP_DEV_CRM_H_
#define LEADCLOCK_APP_DEV_CRM_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "calendars/business_calendar.h"
#include "leadclock/v1/lead_event.pb.h"

namespace leadclock {

// A record that the synthetic CRM writes, and when it does so. A call that is
// logged late happened before that.
struct CrmRecord {
  absl::Time logged_at;
  bool created = false;  // for the topic of created leads
  v1::LeadEvent event;
};

struct CrmOptions {
  uint64_t seed = 1;
  absl::Time start;
  double leads_per_minute = 0.5;
  // Where the sales people of each market work; at least one.
  struct Market {
    std::string name;
    BusinessCalendar calendar;
  };
  std::vector<Market> markets;
};

// A company that exists only for the demonstration. Leads come in day and
// night; its sales people work in the hours of their market, and are of
// different diligence: some answer at once, some late, some never. A desk
// assigns leads within seconds, or minutes. Automatic replies go out that do
// not count, leads are put on hold, calls are logged long after they took
// place, and now and then somebody withdraws consent.
//
// A pure function of its options: equal ones give equal records.
class Crm {
 public:
  explicit Crm(CrmOptions options);

  // What is logged after the last call, up to and including `now`, in order.
  std::vector<CrmRecord> Until(absl::Time now);

  int64_t leads() const { return leads_; }

 private:
  void CreateLead(absl::Time at);
  void Assign(const std::string& lead, const CrmOptions::Market& market,
              absl::Time at);
  void Answer(const std::string& lead, const std::string& owner,
              const CrmOptions::Market& market, absl::Time assigned_at);
  void Call(const std::string& lead, const std::string& owner,
            const char* channel, absl::Time at, absl::Time logged_at);
  void Hold(const std::string& lead, const CrmOptions::Market& market,
            absl::Time from);
  v1::LeadEvent& Log(const std::string& lead, absl::Time at,
                     absl::Time logged_at);

  bool Chance(int percent);
  // Not std::uniform_int_distribution: its numbers differ between libraries.
  uint64_t Below(uint64_t limit) { return random_() % limit; }
  absl::Duration Between(absl::Duration least, absl::Duration most);
  template <typename T>
  const T& OneOf(const std::vector<T>& choices) {
    return choices[Below(choices.size())];
  }

  const CrmOptions options_;
  std::mt19937_64 random_;
  absl::Time next_lead_;
  int64_t leads_ = 0;
  int64_t events_ = 0;
  // Not yet written, by when they are.
  std::multimap<absl::Time, CrmRecord> pending_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_CRM_H_
