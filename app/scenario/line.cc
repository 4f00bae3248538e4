#include "app/scenario/line.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace leadclock {

Line::Line(const YamlValue& value)
    : value_(value), text_(value.Text().value_or("")) {
  size_t byte = 0;
  while (byte < text_.size()) {
    if (absl::ascii_isspace(static_cast<unsigned char>(text_[byte]))) {
      ++byte;
      continue;
    }
    size_t end = byte;
    while (end < text_.size() &&
           !absl::ascii_isspace(static_cast<unsigned char>(text_[end]))) {
      ++end;
    }
    words_.push_back({text_.substr(byte, end - byte), byte});
    byte = end;
  }
}

absl::string_view Line::Peek(size_t behind) const {
  const size_t place = next_ + behind;
  return place < words_.size() ? absl::string_view(words_[place].text) : "";
}

absl::string_view Line::Take() {
  return done() ? absl::string_view() : words_[next_++].text;
}

bool Line::TakeIf(absl::string_view words) {
  const std::vector<absl::string_view> all = absl::StrSplit(words, ' ');
  for (size_t i = 0; i < all.size(); ++i) {
    if (Peek(i) != all[i]) return false;
  }
  next_ += all.size();
  return true;
}

std::string Line::Rest() const {
  return done() ? "" : text_.substr(words_[next_].byte);
}

std::string Line::TakeRest() {
  std::string rest = Rest();
  next_ = words_.size();
  return rest;
}

void Line::Error(absl::string_view message) const {
  is_wrong_ = true;
  value_.ErrorAt(done() ? text_.size() : words_[next_].byte, message);
}

void Line::ErrorBefore(absl::string_view message) const {
  is_wrong_ = true;
  value_.ErrorAt(next_ == 0 ? 0 : words_[next_ - 1].byte, message);
}

void Line::NothingElse(absl::string_view hint) const {
  if (done() || is_wrong_) return;
  Error(absl::StrCat(Quoted(Rest()), " is not understood here", hint));
}

}  // namespace leadclock
