#ifndef LEADCLOCK_PROCESSOR_POLICY_NEAR_WORDS_H_
#define LEADCLOCK_PROCESSOR_POLICY_NEAR_WORDS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// Words that people write, as messages show them, and what they meant.
namespace leadclock {

// A word of the file as messages show it: in quotes, shortened if long, with
// what cannot be printed escaped.
std::string Quoted(absl::string_view text);

// What to add to a message on a word that is not known: "; did you mean
// 'target'?" if one of `known` is near it, "; did you mean the list [a, b]?" if
// it is several of them in one text, else "; known: a, b, c".
std::string DidYouMean(absl::string_view word,
                       absl::Span<const absl::string_view> known);

// The same of the name of a field, of which others have other names: `when`,
// for "if".
std::string FieldMeant(absl::string_view word,
                       absl::Span<const absl::string_view> known);

// The word of `known` that is near `word`, if there is one.
std::optional<absl::string_view> Nearest(
    absl::string_view word, absl::Span<const absl::string_view> known);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_NEAR_WORDS_H_
