#ifndef LEADCLOCK_APP_DEV_CRM_H_
#define LEADCLOCK_APP_DEV_CRM_H_

#include <cstdint>
#include <map>

#include "absl/time/time.h"
#include "app/dev/company.h"
#include "app/dev/dice.h"
#include "leadclock/v1/lead_event.pb.h"
#include "processor/job/wire_input.h"

namespace leadclock {

// A CRM with customers who ask and sales people who answer at once, late or
// never, each after their own habit: they have not read the policy. Sales
// people work in the hours of their market; customers ask at any hour.
//
// Deterministic: the records follow from the company and the options alone.
class SyntheticCrm {
 public:
  struct Options {
    uint64_t seed = 1;
    absl::Time start;
    // New leads while every market is open; there are fewer while some sleep.
    double leads_per_minute = 1;
  };

  struct Record {
    // When the CRM passes it on: usually at once, seldom long after.
    absl::Time sent_at;
    LeadInput topic = LeadInput::kActivity;
    v1::LeadEvent event;
  };

  SyntheticCrm(Company company, const Options& options);

  // The records in the order in which they are sent, without an end.
  Record Next();

 private:
  void AddLead();

  const Company company_;
  const Options options_;
  Dice dice_;
  absl::Time next_lead_at_;
  int leads_ = 0;
  std::multimap<absl::Time, Record> planned_;  // by sent_at
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_DEV_CRM_H_
