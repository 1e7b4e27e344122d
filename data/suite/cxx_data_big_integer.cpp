// Signed integers of many words: carries and borrows, school multiplication, long division with its rare corrections,
// shifts, powers modulo and decimal text, checked by identities between the operations.
#include "checksum.h"

struct Big {
  static constexpr int limit = 20;
  static int corrections;
  Big(long value = 0) {
    unsigned long rest = value < 0 ? 0ul - (unsigned long)value : (unsigned long)value;
    for (; rest; rest >>= 32) push((unsigned)rest);
    negative_ = value < 0;
  }
  bool zero() const { return size_ == 0; }
  friend bool operator<(const Big &a, const Big &b) {
    return a.negative_ != b.negative_ ? a.negative_ : (a.negative_ ? compare(b, a) : compare(a, b)) < 0;
  }
  friend bool operator==(const Big &a, const Big &b) { return a.negative_ == b.negative_ && compare(a, b) == 0; }
  Big operator-() const { Big r(*this); return r.finish(!negative_); }
  friend Big operator+(const Big &a, const Big &b) {
    if (compare(a, b) < 0) return b + a;  // Now a has the larger magnitude.
    Big r;
    long carry = 0, sign = a.negative_ == b.negative_ ? 1 : -1;
    for (int i = 0; i < a.size_; ++i, carry >>= 32) {
      carry += (long)a.words_[i] + sign * (long)b.word(i);
      r.push((unsigned)carry);
    }
    if (carry) r.push((unsigned)carry);
    return r.finish(a.negative_);
  }
  friend Big operator-(const Big &a, const Big &b) { return a + -b; }
  friend __attribute__((noinline)) Big operator*(const Big &a, const Big &b) {
    Big r;
    for (int i = 0; i < a.size_ + b.size_; ++i) r.push(0);
    for (int i = 0; i < a.size_; ++i) {
      unsigned long carry = 0;
      for (int j = 0; j < b.size_; ++j, carry >>= 32) {
        carry += (unsigned long)a.words_[i] * b.words_[j] + r.words_[i + j];
        r.words_[i + j] = (unsigned)carry;
      }
      r.words_[i + b.size_] = (unsigned)carry;
    }
    return r.finish(a.negative_ != b.negative_);
  }
  Big operator<<(int n) const {
    Big r;
    for (int i = 0; i < n / 32; ++i) r.push(0);
    for (int i = 0; i <= size_; ++i) r.push((unsigned)((((unsigned long)word(i) << 32 | word(i - 1)) << (n % 32)) >> 32));
    return r.finish(negative_);
  }
  Big operator>>(int n) const {
    Big r;
    for (int i = n / 32; i < size_; ++i) r.push((unsigned)(((unsigned long)word(i + 1) << 32 | word(i)) >> (n % 32)));
    return r.finish(negative_);
  }
  // Rounds to zero; the remainder has the sign of the dividend.
  Big divide(const Big &by, Big *remainder) const {
    if (by.zero()) throw size_;
    int shift = __builtin_clz(by.words_[by.size_ - 1]), n = by.size_;
    Big a = *this << shift, b = by << shift, q;
    while (a.size_ <= size_ || a.size_ <= n) a.push(0);
    while (q.size_ < a.size_ - n) q.push(0);
    for (int i = q.size_ - 1; i >= 0; --i) {
      unsigned long guess = ((unsigned long)a.words_[i + n] << 32 | a.words_[i + n - 1]) / b.words_[n - 1];
      if (guess >> 32) guess = 0xffffffff;
      for (long borrow = a.subtract(b, i, guess); borrow; borrow += a.subtract(b, i, -1ul)) { --guess; ++corrections; }
      q.words_[i] = (unsigned)guess;
    }
    *remainder = a.finish(negative_) >> shift;
    return q.finish(negative_ != by.negative_);
  }
  Big operator/(const Big &b) const { Big r; return divide(b, &r); }
  Big operator%(const Big &b) const { Big r; divide(b, &r); return r; }
  void mix_text() const {
    Big rest(*this), digit;
    for (mix(negative_); !rest.zero(); mix(digit.word(0))) rest = rest.divide(1000000007, &digit);
  }
  // a -= b * factor * 2^(32 at) over n + 1 words; a factor of -1 adds. The result is 1 if that went below zero.
  long subtract(const Big &b, int at, unsigned long factor) {
    long carry = 0;
    unsigned long product = 0;
    for (int j = 0; j <= b.size_; ++j, carry >>= 32, product >>= 32) {
      if (factor != -1ul) product += factor * b.word(j);
      carry += (long)words_[at + j] + (factor == -1ul ? (long)b.word(j) : -(long)(unsigned)product);
      words_[at + j] = (unsigned)carry;
    }
    return -carry;
  }
  unsigned word(int i) const { return i >= 0 && i < size_ ? words_[i] : 0; }
  void push(unsigned w) { words_[size_ == limit ? throw (long)size_ : size_++] = w; }
  Big &finish(bool negative) {
    while (size_ > 0 && words_[size_ - 1] == 0) --size_;
    negative_ = negative && size_ > 0;
    return *this;
  }
  static int compare(const Big &a, const Big &b) {
    for (int i = (a.size_ > b.size_ ? a.size_ : b.size_) - 1; i >= 0; --i)
      if (a.word(i) != b.word(i)) return a.word(i) < b.word(i) ? -1 : 1;
    return 0;
  }
  unsigned words_[limit];
  int size_ = 0;
  bool negative_ = false;
};
int Big::corrections = 0;
static void check(const Big &a, const Big &b) {
  Big rest, q = a.divide(b, &rest);
  mix((q * b + rest == a) * 4 + (rest < (b < 0 ? -b : b)) * 2 + (a < b) + q.size_ * 8);
  mix((a - b) * (a + b) == a * a - b * b);
  mix(((a << 37) >> 37) == a);
  mix(a * b / b == a);
  (q - rest).mix_text();
  Big result = 1, base = a % b;
  for (Big power = b >> 3; !power.zero(); power = power >> 1, base = base * base % b)
    if (power.word(0) & 1) result = result * base % b;
  result.mix_text();
}

int main() {
  Big a = (long)opaque(0x7fffffffffffffff), b = -3;
  for (int i = 0; i < 14; ++i) {
    a = i % 3 == 2 ? a / b + i : a * (i % 2 ? -0xffffffffL : 0x100000001L) - b;
    b = i % 4 == 1 ? (b << opaque_int(31)) + 1 : b * 0xfffffffeL + a % 1000;
    try { check(a, b);
    } catch (long size) { mix(size); a = a >> 300; b = b >> 200; }
    try { check((a << 64) - 1, (Big(1) << opaque_int(63 + i)) - 1); check(a, Big(i % 5 == 0 ? 0 : i));
    } catch (int size) { mix(size); }
  }
  mix(Big::corrections);
  return report();
}
