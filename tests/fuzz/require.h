#ifndef LEADCLOCK_TESTS_FUZZ_REQUIRE_H_
#define LEADCLOCK_TESTS_FUZZ_REQUIRE_H_

#include <cstdlib>
#include <iostream>

#include "absl/strings/string_view.h"

namespace leadclock::fuzz {

// What must hold for every input. Ends the process if it does not, in every
// kind of build, so that the fuzzer keeps the input. `seen` helps to see why.
inline void Require(bool holds, absl::string_view what,
                    absl::string_view seen = "") {
  if (holds) return;
  std::cerr << "does not hold: " << what << "\n" << seen << "\n";
  std::abort();
}

// An error says what is wrong, in characters that can be printed.
inline void RequireReadable(absl::string_view error) {
  Require(!error.empty(), "an error says what is wrong");
  for (const char byte : error) {
    Require(static_cast<unsigned char>(byte) >= 0x20 && byte != 0x7f,
            "an error can be printed", error);
  }
}

}  // namespace leadclock::fuzz

#endif  // LEADCLOCK_TESTS_FUZZ_REQUIRE_H_
