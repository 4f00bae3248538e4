#ifndef LEADCLOCK_PROCESSOR_JOB_EMPTY_MESSAGE_H_
#define LEADCLOCK_PROCESSOR_JOB_EMPTY_MESSAGE_H_

namespace leadclock {

// A message to fill and to serialize at once: the next call in this thread
// empties it. It keeps the memory of its texts, so that most of them cost no
// allocation.
template <typename Message>
Message& EmptyMessage() {
  thread_local Message message;
  message.Clear();
  return message;
}

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_JOB_EMPTY_MESSAGE_H_
