// Ends or delays this process at a step of the commit that the environment
// names. Linked into a copy of the product that only the attack runs: the
// linker puts these functions around those that the product calls (see
// CMakeLists.txt), so that the product itself knows nothing of it.
//
//   LEADCLOCK_FAIL_POINT="WHERE STEP COUNT ACTION"
//     WHERE   before or after
//     STEP    begin, produce, offsets, commit or store
//     COUNT   which call of it, from 1
//     ACTION  kill, or a delay in milliseconds

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "state/store.h"

namespace {

struct FailPoint {
  std::string where;
  std::string step;
  int count = 0;
  bool kill = false;
  absl::Duration delay;
};

FailPoint ReadFailPoint() {
  FailPoint point;
  const char* text = std::getenv("LEADCLOCK_FAIL_POINT");
  if (text == nullptr) return point;
  char where[16] = "";
  char step[16] = "";
  char action[16] = "";
  if (std::sscanf(text, "%15s %15s %d %15s", where, step, &point.count,
                  action) != 4) {
    std::fprintf(stderr, "LEADCLOCK_FAIL_POINT is wrong: %s\n", text);
    std::abort();
  }
  point.where = where;
  point.step = step;
  point.kill = std::strcmp(action, "kill") == 0;
  point.delay = absl::Milliseconds(std::atoi(action));
  return point;
}

void Pass(const char* where, const char* step) {
  static const FailPoint& point = *new FailPoint(ReadFailPoint());
  static std::atomic<int> count = 0;
  if (point.where != where || point.step != step) return;
  if (++count != point.count) return;
  std::fprintf(stderr, "FAIL POINT %s %s\n", where, step);
  if (point.kill) kill(getpid(), SIGKILL);
  absl::SleepFor(point.delay);
}

// Around a call.
class Step {
 public:
  explicit Step(const char* name) : name_(name) { Pass("before", name_); }
  ~Step() { Pass("after", name_); }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  const char* const name_;
};

}  // namespace

// The names are the linker's.
extern "C" {

rd_kafka_error_t* __real_rd_kafka_begin_transaction(rd_kafka_t*);
rd_kafka_error_t* __wrap_rd_kafka_begin_transaction(rd_kafka_t* client) {
  const Step step("begin");
  return __real_rd_kafka_begin_transaction(client);
}

rd_kafka_error_t* __real_rd_kafka_produceva(rd_kafka_t*, const rd_kafka_vu_t*,
                                            size_t);
rd_kafka_error_t* __wrap_rd_kafka_produceva(rd_kafka_t* client,
                                            const rd_kafka_vu_t* fields,
                                            size_t count) {
  const Step step("produce");
  return __real_rd_kafka_produceva(client, fields, count);
}

rd_kafka_error_t* __real_rd_kafka_send_offsets_to_transaction(
    rd_kafka_t*, const rd_kafka_topic_partition_list_t*,
    const rd_kafka_consumer_group_metadata_t*, int);
rd_kafka_error_t* __wrap_rd_kafka_send_offsets_to_transaction(
    rd_kafka_t* client, const rd_kafka_topic_partition_list_t* offsets,
    const rd_kafka_consumer_group_metadata_t* group, int timeout) {
  const Step step("offsets");
  return __real_rd_kafka_send_offsets_to_transaction(client, offsets, group,
                                                     timeout);
}

rd_kafka_error_t* __real_rd_kafka_commit_transaction(rd_kafka_t*, int);
rd_kafka_error_t* __wrap_rd_kafka_commit_transaction(rd_kafka_t* client,
                                                     int timeout) {
  const Step step("commit");
  return __real_rd_kafka_commit_transaction(client, timeout);
}

}  // extern "C"

namespace leadclock {

// A member function takes its object as its first argument. That the name
// fits the signature is seen when it is linked.
#define STORE_WRITE                                                         \
  "_ZN9leadclock5Store5WriteESt4spanIKNS0_6ChangeELm18446744073709551615EE" \
  "RKSt3mapIiNS0_8ProgressESt4lessIiESaISt4pairIKiS6_EEE"

absl::Status RealWrite(Store* store, std::span<const Store::Change> changes,
                       const std::map<int32_t, Store::Progress>&
                           progress) asm("__real_" STORE_WRITE);
absl::Status WrapWrite(Store* store, std::span<const Store::Change> changes,
                       const std::map<int32_t, Store::Progress>&
                           progress) asm("__wrap_" STORE_WRITE);

absl::Status WrapWrite(Store* store, std::span<const Store::Change> changes,
                       const std::map<int32_t, Store::Progress>& progress) {
  const Step step("store");
  return RealWrite(store, changes, progress);
}

}  // namespace leadclock
