#ifndef LEADCLOCK_PROCESSOR_VERIFY_REPORT_H_
#define LEADCLOCK_PROCESSOR_VERIFY_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace leadclock {

// Something that is not as it must be.
struct Difference {
  std::string lead;   // empty: it is about no lead
  std::string place;  // "sla.breaches[3]@17"; empty: about what is not there
  std::string text;   // one sentence that says all, also lead and place
};

// How the runs of one clock ended. started = met + missed + stopped + running.
struct ClockSums {
  int64_t started = 0;
  int64_t met = 0;
  int64_t missed = 0;
  int64_t stopped = 0;
  int64_t running = 0;  // no verdict could be said yet
};

// What a verification found, of one partition or of several.
struct VerifyReport {
  std::vector<Difference> differences;
  // Facts that time has decided and that are still to be said: the lead was
  // not asked since, or it waits for what may be on its way. Right only for a
  // while; a caller that knows that the job has done all it can counts them as
  // differences.
  std::vector<std::string> owed;

  // Of the input, up to where it is judged.
  int64_t read = 0;
  int64_t events = 0;    // in the histories of leads
  int64_t repeated = 0;  // another record has the same source and id
  std::map<std::string, int64_t> ignored;      // by reason
  std::map<std::string, int64_t> quarantined;  // by code
  int64_t leads = 0;
  // Leads so large that a part of their history may have been given up: only
  // the numbers and ids of their events are checked.
  int64_t too_large = 0;
  // Leads that came back after they had been forgotten: what is said of their
  // second life is not checked.
  int64_t returned = 0;

  // Of the output, up to where it is judged.
  int64_t said = 0;
  int64_t retracted = 0;
  int64_t corrected = 0;
  std::map<std::string, int64_t> facts;  // that stand, by kind
  std::map<std::string, ClockSums> clocks;
  // Written later: found true, but not held against what is owed.
  int64_t not_judged = 0;

  void Add(const VerifyReport& other);
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_VERIFY_REPORT_H_
