#ifndef LEADCLOCK_BENCH_LIVES_H_
#define LEADCLOCK_BENCH_LIVES_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "leadclock/v1/lead_event.pb.h"
#include "leadclock/v1/sla_event.pb.h"

// What happens to the leads of the benchmarks, and what bench/policy.yaml says
// of them.
namespace leadclock::bench {

// Decides the lead's target; the values are those of bench/policy.yaml.
enum class Sort {
  kLive,     // a target of 10 s
  kPreload,  // a target that is far away
  kBurst,    // a target of 30 s
};

// Instants are milliseconds since 1970; 0: it did not happen.
struct Life {
  std::string lead;  // its id
  int64_t number = 0;
  Sort sort = Sort::kLive;
  int64_t created = 0;
  int64_t held = 0;     // on hold: the clock stands
  int64_t resumed = 0;  // on it goes
  int64_t answered = 0;
};

// The beginning of a life. Leads of different runs share no id.
Life Begin(std::string_view run, Sort sort, int64_t number, int64_t created);

// What its id says.
Sort SortOf(std::string_view lead);

// What identifies a fact, however it is worded and whoever says it.
struct BareFact {
  std::string_view lead;
  v1::SlaEvent::Kind kind;
  int64_t at = 0;

  template <typename H>
  friend H AbslHashValue(H h, const BareFact& fact) {
    return H::combine(std::move(h),
                      absl::string_view(fact.lead.data(), fact.lead.size()),
                      static_cast<int>(fact.kind), fact.at);
  }
};

// At what count of its clock each rung stands, in milliseconds.
std::array<int64_t, 3> RungMarks(int64_t target);

// Whether time decides it, not an event.
bool IsTimed(v1::SlaEvent::Kind kind);

// The facts of a life, by bench/policy.yaml: a derivation so plain that it can
// be checked by eye. Whatever is measured must agree with it.
//
// Those that a benchmark sees at all: of a target that is far away only `met`.
std::vector<BareFact> FactsOf(const Life& life);

// Writes events: one message, used again for each record.
class EventWriter {
 public:
  // Events of different runs share no id either.
  explicit EventWriter(std::string_view run) : run_(run) {}

  // The bytes hold until the next call.
  std::string_view Created(const Life& life, int64_t at);
  std::string_view Assigned(const Life& life, int64_t at);
  std::string_view Status(const Life& life, int64_t at, const char* status);
  std::string_view Answer(const Life& life, int64_t at);
  // Something that no clock asks about: a workflow's mail, a score.
  std::string_view Chatter(const Life& life, int64_t at, uint64_t dice);

 private:
  v1::LeadEvent& Begin(const Life& life, int64_t at);
  std::string_view Serialize();

  const std::string run_;
  int64_t events_ = 0;
  v1::LeadEvent event_;
  std::string bytes_;
};

}  // namespace leadclock::bench

#endif  // LEADCLOCK_BENCH_LIVES_H_
