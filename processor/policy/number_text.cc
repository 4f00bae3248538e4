#include "processor/policy/number_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace leadclock {

std::string NumberText(double number) {
  constexpr double kSmallest = 1e-6;
  constexpr double kGreatest = 1e15;
  const double size = std::abs(number);
  const bool is_plain = number == 0 || (size >= kSmallest && size < kGreatest);
  // Fewer than 7 + 17 characters, or an exponent.
  std::array<char, 64> text = {};
  char* const end = text.data() + text.size();
  const std::to_chars_result written =
      is_plain
          ? std::to_chars(text.data(), end, number, std::chars_format::fixed)
          : std::to_chars(text.data(), end, number);
  return std::string(text.data(), written.ptr);
}

}  // namespace leadclock
