#include "processor/policy/response_of.h"

#include <algorithm>
#include <vector>

namespace leadclock {
namespace {

// What is asked for in addition to a response, and how much that is.
struct Further {
  TouchTest touch;
  int tests = 0;
};

// Whether what is asked for comes of the response; then `further` gets what the
// response does not ask for itself.
template <typename T>
bool IsOf(const std::optional<T>& response, const std::optional<T>& asked,
          std::optional<T>& further, int& tests) {
  if (response == asked) return true;
  if (response.has_value()) return false;
  further = asked;
  ++tests;
  return true;
}

template <typename T>
bool IsOf(const std::vector<T>& response, const std::vector<T>& asked,
          std::vector<T>& further, int& tests) {
  if (response == asked) return true;
  const bool is_narrower =
      !asked.empty() &&
      std::all_of(asked.begin(), asked.end(), [&](const T& value) {
        return std::find(response.begin(), response.end(), value) !=
               response.end();
      });
  if (!response.empty() && !is_narrower) return false;
  further = asked;
  ++tests;
  return true;
}

std::optional<Further> Beyond(const TouchTest& response,
                              const TouchTest& touch) {
  Further further;
  TouchTest& more = further.touch;
  int& tests = further.tests;
  const bool is_of =
      IsOf(response.direction, touch.direction, more.direction, tests) &&
      IsOf(response.actor_kind, touch.actor_kind, more.actor_kind, tests) &&
      IsOf(response.by, touch.by, more.by, tests) &&
      IsOf(response.meaningful, touch.meaningful, more.meaningful, tests) &&
      IsOf(response.personalized, touch.personalized, more.personalized,
           tests) &&
      IsOf(response.reply_path, touch.reply_path, more.reply_path, tests) &&
      IsOf(response.channels, touch.channels, more.channels, tests) &&
      IsOf(response.changes_terms, touch.changes_terms, more.changes_terms,
           tests) &&
      IsOf(response.apology, touch.apology, more.apology, tests);
  if (!is_of) return std::nullopt;
  more.another_channel = touch.another_channel;
  return further;
}

}  // namespace

std::optional<TouchName> ResponseOf(const Policy& policy,
                                    const TouchTest& touch) {
  std::optional<TouchName> name;
  int least = 0;
  for (const NamedResponse& response : policy.responses) {
    const std::optional<Further> further = Beyond(response.touch, touch);
    if (!further || (name && further->tests >= least)) continue;
    name = TouchName{response.name, further->touch};
    least = further->tests;
  }
  return name;
}

}  // namespace leadclock
