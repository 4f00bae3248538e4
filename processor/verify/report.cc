#include "processor/verify/report.h"

namespace leadclock {
namespace {

void AddAll(const std::map<std::string, int64_t>& from,
            std::map<std::string, int64_t>& to) {
  for (const auto& [name, count] : from) to[name] += count;
}

}  // namespace

void VerifyReport::Add(const VerifyReport& other) {
  differences.insert(differences.end(), other.differences.begin(),
                     other.differences.end());
  owed.insert(owed.end(), other.owed.begin(), other.owed.end());
  read += other.read;
  events += other.events;
  repeated += other.repeated;
  AddAll(other.ignored, ignored);
  AddAll(other.quarantined, quarantined);
  leads += other.leads;
  too_large += other.too_large;
  returned += other.returned;
  said += other.said;
  retracted += other.retracted;
  corrected += other.corrected;
  AddAll(other.facts, facts);
  for (const auto& [name, sums] : other.clocks) {
    ClockSums& mine = clocks[name];
    mine.started += sums.started;
    mine.met += sums.met;
    mine.missed += sums.missed;
    mine.stopped += sums.stopped;
    mine.running += sums.running;
  }
  not_judged += other.not_judged;
}

}  // namespace leadclock
