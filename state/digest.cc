#include "state/digest.h"

#include <openssl/evp.h>

#include <array>

namespace leadclock {

std::string Sha256(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  // To look it up costs more than to apply it.
  static EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  // Cannot fail: SHA-256 is always there, and the memory is ours.
  EVP_Digest(text.data(), text.size(), digest.data(), &length, kSha256,
             nullptr);
  std::string digits;
  digits.reserve(size_t{2} * length);
  for (unsigned i = 0; i < length; ++i) {
    digits.push_back(kDigits[digest[i] >> 4]);
    digits.push_back(kDigits[digest[i] & 0xf]);
  }
  return digits;
}

}  // namespace leadclock
