#ifndef LEADCLOCK_PROCESSOR_RUNTIME_ERRANDS_H_
#define LEADCLOCK_PROCESSOR_RUNTIME_ERRANDS_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace leadclock {

// Runs what waits for an answer in a thread of its own, one errand at a time:
// for calls that cannot be made without waiting.
template <typename Question, typename Answer>
class Errands {
 public:
  using Runner = std::function<Answer(const Question&)>;
  using Waker = std::function<void(const Question&)>;

  // Both are called in that thread; `wake` once the answer can be taken.
  explicit Errands(
      Runner run, Waker wake = [](const Question&) {})
      : run_(std::move(run)),
        wake_(std::move(wake)),
        thread_([this] { Run(); }) {}

  // Waits for an errand that is under way.
  ~Errands() {
    {
      const std::scoped_lock lock(mutex_);
      stop_ = true;
    }
    asked_.notify_one();
    thread_.join();
  }
  Errands(const Errands&) = delete;
  Errands& operator=(const Errands&) = delete;

  // Does not wait. Takes the place of a question that was not begun yet.
  void Ask(Question question) {
    {
      const std::scoped_lock lock(mutex_);
      question_ = std::move(question);
    }
    asked_.notify_one();
  }

  // The newest answer, once.
  std::optional<Answer> Take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(answer_, std::nullopt);
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      asked_.wait(lock, [this] { return stop_ || question_.has_value(); });
      if (stop_) return;
      const Question question = *std::exchange(question_, std::nullopt);
      lock.unlock();
      Answer answer = run_(question);
      lock.lock();
      answer_ = std::move(answer);
      lock.unlock();
      wake_(question);
      lock.lock();
    }
  }

  const Runner run_;
  const Waker wake_;
  // Guards the next three; `asked_` says that there is work.
  std::mutex mutex_;
  std::condition_variable asked_;
  bool stop_ = false;
  std::optional<Question> question_;
  std::optional<Answer> answer_;
  std::thread thread_;
};

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_RUNTIME_ERRANDS_H_
