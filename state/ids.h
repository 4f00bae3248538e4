#ifndef LEADCLOCK_STATE_IDS_H_
#define LEADCLOCK_STATE_IDS_H_

#include <compare>
#include <string>
#include <utility>

namespace leadclock {

// A string that names one kind of thing: a LeadId cannot be passed where a
// PersonId is wanted, and neither is silently a string.
template <typename Kind>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Id&, const Id&) = default;
  friend auto operator<=>(const Id&, const Id&) = default;

  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.text_);
  }

 private:
  std::string text_;
};

using LeadId = Id<struct LeadKind>;
// Somebody who works for the company: owner, backup, manager. Empty: nobody.
using PersonId = Id<struct PersonKind>;

}  // namespace leadclock

#endif  // LEADCLOCK_STATE_IDS_H_
