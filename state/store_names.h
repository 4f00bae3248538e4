#ifndef LEADCLOCK_STATE_STORE_NAMES_H_
#define LEADCLOCK_STATE_STORE_NAMES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/time/time.h"

// Under which names the store keeps things, by first byte. Numbers in names are
// big-endian and not negative, so that byte order is their order: 4 bytes for a
// partition, 8 for milliseconds since 1970, rounded up.
//
//   'L' partition key             -> due_millis state
//   'D' partition due_millis key  -> nothing; exactly one for each 'L' that
//                                    has a due
//   'P' partition                 -> progress, as text
//
// due_millis stands in front of a state so that the timer can be found when
// the state changes. kNever: no timer.
namespace leadclock::store_names {

inline constexpr char kState = 'L';
inline constexpr char kTimer = 'D';
inline constexpr char kProgress = 'P';
inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
inline constexpr size_t kPrefixBytes = 1 + 4;
inline constexpr size_t kDueBytes = 8;

template <typename Number>
void AppendBigEndian(std::string& to, Number number) {
  for (size_t shift = sizeof(Number) * 8; shift > 0; shift -= 8) {
    to.push_back(static_cast<char>((number >> (shift - 8)) & 0xff));
  }
}

inline int64_t ReadBigEndian64(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes.substr(0, kDueBytes)) {
    number = (number << 8) | static_cast<unsigned char>(byte);
  }
  return static_cast<int64_t>(number);
}

inline int64_t ToMillisUp(absl::Time due) {
  if (due == absl::InfiniteFuture()) return kNever;
  return std::max(int64_t{0},
                  absl::ToInt64Milliseconds(absl::Ceil(due - absl::UnixEpoch(),
                                                       absl::Milliseconds(1))));
}

inline absl::Time FromMillis(int64_t millis) {
  return millis == kNever ? absl::InfiniteFuture()
                          : absl::FromUnixMillis(millis);
}

inline std::string Prefix(char kind, int32_t partition) {
  std::string prefix(1, kind);
  AppendBigEndian(prefix, partition);
  return prefix;
}

// The first name after all that have this prefix.
inline std::string End(char kind, int32_t partition) {
  return Prefix(kind, partition + 1);
}

inline std::string OfState(int32_t partition, std::string_view key) {
  return Prefix(kState, partition).append(key);
}

inline int32_t PartitionOf(std::string_view state_name) {
  uint32_t partition = 0;
  for (const char byte : state_name.substr(1, kPrefixBytes - 1)) {
    partition = (partition << 8) | static_cast<unsigned char>(byte);
  }
  return static_cast<int32_t>(partition);
}

// The timer of the state that has this name.
inline std::string OfTimer(std::string_view state_name, int64_t due) {
  std::string timer(1, kTimer);
  timer.append(state_name.substr(1, kPrefixBytes - 1));
  AppendBigEndian(timer, due);
  timer.append(state_name.substr(kPrefixBytes));
  return timer;
}

inline int64_t DueOf(std::string_view timer_name) {
  return ReadBigEndian64(timer_name.substr(kPrefixBytes));
}
inline std::string_view KeyOf(std::string_view timer_name) {
  return timer_name.substr(kPrefixBytes + kDueBytes);
}
inline std::string StateOf(std::string_view timer_name) {
  std::string name(1, kState);
  name.append(timer_name.substr(1, kPrefixBytes - 1));
  name.append(KeyOf(timer_name));
  return name;
}

}  // namespace leadclock::store_names

#endif  // LEADCLOCK_STATE_STORE_NAMES_H_
