#ifndef LEADCLOCK_APP_SHOW_JSON_H_
#define LEADCLOCK_APP_SHOW_JSON_H_

#include <google/protobuf/message.h>

#include <string>

namespace leadclock {

// The message as tools read it: one line, names as in the proto, and every
// field without a presence of its own.
std::string JsonOf(const google::protobuf::Message& message);

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SHOW_JSON_H_
