/* The device side of a framed serial protocol.
 *
 *   frame   = flag, escaped(body), flag
 *   body    = sequence, command, payload of 0 to 64 bytes, crc high, crc low
 *   flag    = 0x7e; two frames may share one
 *   escaped = each 0x7e or 0x7d becomes 0x7d and the byte xor 0x20
 *
 * The CRC is CRC-16/CCITT (polynomial 0x1021, start 0xffff) over the body before it. The parser
 * takes one byte at a time and resynchronises at the next flag after any error. A reply has the
 * sequence number and command of its request, the command with the top bit set, and starts its
 * payload with a result code.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
  k_flag = 0x7e,
  k_escape = 0x7d,
  k_escape_xor = 0x20,
  k_max_payload = 64,
  k_header_bytes = 2,
  k_crc_bytes = 2,
  k_max_body = k_header_bytes + k_max_payload + k_crc_bytes,
  k_max_wire = 2 * k_max_body + 2,
  k_reply_bit = 0x80,
  k_registers = 16,
};

typedef enum ParserState { k_hunting, k_in_frame, k_in_escape } ParserState;

typedef enum ParserEvent {
  k_event_none,
  k_event_frame,
  k_event_bad_crc,
  k_event_too_long,
  k_event_too_short,
  k_event_bad_escape,
} ParserEvent;

typedef enum ResultCode {
  k_result_ok,
  k_result_unknown_command,
  k_result_bad_length,
  k_result_bad_address,
  k_result_read_only,
} ResultCode;

typedef struct FrameParser {
  ParserState state;
  size_t length;
  uint8_t body[k_max_body];
} FrameParser;

typedef struct Message {
  uint8_t sequence;
  uint8_t command;
  size_t length;
  uint8_t payload[k_max_payload];
} Message;

typedef struct Device {
  FrameParser parser;
  uint16_t registers[k_registers];
  uint32_t frames, errors;
} Device;

/* One step of the CRC, four bits at a time. */
static uint16_t crc16_update(uint16_t crc, uint8_t byte) {
  static const uint16_t steps[16] = {
      0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
      0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef,
  };
  crc = (uint16_t)(crc << 4 ^ steps[crc >> 12 ^ byte >> 4]);
  return (uint16_t)(crc << 4 ^ steps[crc >> 12 ^ (byte & 15)]);
}

static uint16_t crc16(const uint8_t *data, size_t size) {
  uint16_t crc = 0xffff;
  for (size_t i = 0; i < size; i++) crc = crc16_update(crc, data[i]);
  return crc;
}

static uint16_t read_u16(const uint8_t *bytes) { return (uint16_t)(bytes[0] << 8 | bytes[1]); }

static void write_u16(uint8_t *bytes, uint16_t value) {
  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
}

/* Judges a body at its closing flag. An empty one is just the gap between two flags. */
static ParserEvent finish_frame(const FrameParser *parser, Message *message) {
  if (parser->length == 0) return k_event_none;
  if (parser->length < k_header_bytes + k_crc_bytes) return k_event_too_short;
  size_t covered = parser->length - k_crc_bytes;
  if (crc16(parser->body, covered) != read_u16(parser->body + covered)) return k_event_bad_crc;
  message->sequence = parser->body[0];
  message->command = parser->body[1];
  message->length = covered - k_header_bytes;
  memcpy(message->payload, parser->body + k_header_bytes, message->length);
  return k_event_frame;
}

static ParserEvent store_byte(FrameParser *parser, uint8_t byte) {
  if (parser->length == k_max_body) {
    parser->state = k_hunting;
    return k_event_too_long;
  }
  parser->body[parser->length++] = byte;
  parser->state = k_in_frame;
  return k_event_none;
}

/* Takes the next byte of the line. `*message` is set only with k_event_frame. */
static ParserEvent parser_feed(FrameParser *parser, uint8_t byte, Message *message) {
  ParserEvent event = k_event_none;
  if (byte == k_flag) {
    if (parser->state == k_in_frame) event = finish_frame(parser, message);
    if (parser->state == k_in_escape) event = k_event_bad_escape;
    parser->state = k_in_frame;
    parser->length = 0;
    return event;
  }
  switch (parser->state) {
  case k_hunting: break;
  case k_in_frame:
    if (byte == k_escape)
      parser->state = k_in_escape;
    else
      event = store_byte(parser, byte);
    break;
  case k_in_escape:
    byte ^= k_escape_xor;
    if (byte == k_flag || byte == k_escape) {
      event = store_byte(parser, byte);
    } else {
      parser->state = k_hunting;
      event = k_event_bad_escape;
    }
    break;
  }
  return event;
}

static size_t put_escaped(uint8_t *wire, size_t at, uint8_t byte) {
  if (byte == k_flag || byte == k_escape) {
    wire[at++] = k_escape;
    byte ^= k_escape_xor;
  }
  wire[at++] = byte;
  return at;
}

/* Writes the frame of a message. `wire` has room for k_max_wire bytes. Returns the length. */
static size_t encode_frame(const Message *message, uint8_t *wire) {
  uint8_t body[k_max_body] = {message->sequence, message->command};
  size_t length = k_header_bytes + message->length, at = 0;
  memcpy(body + k_header_bytes, message->payload, message->length);
  write_u16(body + length, crc16(body, length));
  wire[at++] = k_flag;
  for (size_t i = 0; i < length + k_crc_bytes; i++) at = put_escaped(wire, at, body[i]);
  wire[at++] = k_flag;
  return at;
}

/* A handler reads the request and appends to the reply, which holds the result code already. */
typedef ResultCode (*Handler)(Device *device, const Message *request, Message *reply);

static ResultCode handle_echo(Device *device, const Message *request, Message *reply) {
  (void)device;
  memcpy(reply->payload + 1, request->payload, request->length);
  reply->length += request->length;
  return k_result_ok;
}

static ResultCode handle_read(Device *device, const Message *request, Message *reply) {
  unsigned first = request->payload[0], count = request->payload[1];
  if (first + count > k_registers) return k_result_bad_address;
  for (unsigned i = 0; i < count; i++, reply->length += 2)
    write_u16(reply->payload + reply->length, device->registers[first + i]);
  return k_result_ok;
}

/* Register 0 holds the device type and cannot be written. */
static ResultCode handle_write(Device *device, const Message *request, Message *reply) {
  (void)reply;
  unsigned address = request->payload[0];
  if (address >= k_registers) return k_result_bad_address;
  if (address == 0) return k_result_read_only;
  device->registers[address] = read_u16(request->payload + 1);
  return k_result_ok;
}

static ResultCode handle_statistics(Device *device, const Message *request, Message *reply) {
  (void)request;
  write_u16(reply->payload + 1, (uint16_t)device->frames);
  write_u16(reply->payload + 3, (uint16_t)device->errors);
  reply->length += 4;
  return k_result_ok;
}

static const struct CommandRow {
  uint8_t command;
  uint8_t min_length, max_length;
  Handler handler;
} k_commands[] = {
    {0x01, 0, k_max_payload - 1, handle_echo},
    {0x02, 2, 2, handle_read},
    {0x03, 3, 3, handle_write},
    {0x04, 0, 0, handle_statistics},
};

static ResultCode dispatch(Device *device, const Message *request, Message *reply) {
  for (size_t i = 0; i < sizeof k_commands / sizeof k_commands[0]; i++) {
    const struct CommandRow *row = &k_commands[i];
    if (row->command != request->command) continue;
    if (request->length < row->min_length || request->length > row->max_length)
      return k_result_bad_length;
    return row->handler(device, request, reply);
  }
  return k_result_unknown_command;
}

static void device_reset(Device *device) {
  memset(device, 0, sizeof *device);
  device->registers[0] = 0x4c43;
}

/* Takes one byte from the line. Returns the length of the reply in `wire`, or 0 for none. */
static size_t device_receive(Device *device, uint8_t byte, uint8_t *wire) {
  Message request, reply;
  ParserEvent event = parser_feed(&device->parser, byte, &request);
  if (event == k_event_none) return 0;
  if (event != k_event_frame) {
    device->errors++;
    return 0;
  }
  device->frames++;
  reply = (Message){request.sequence, request.command | k_reply_bit, 1, {0}};
  ResultCode result = dispatch(device, &request, &reply);
  if (result != k_result_ok) reply.length = 1;
  reply.payload[0] = (uint8_t)result;
  return encode_frame(&reply, wire);
}

#define CHECK(number, condition)                                                                   \
  if (!(condition))                                                                                \
  return fprintf(stderr, "protocol: check %d failed: %s\n", (number), #condition), (number)

/* Feeds a whole buffer and returns the last event that was not none. */
static ParserEvent feed_all(const uint8_t *bytes, size_t count, Message *message) {
  FrameParser parser = {k_hunting, 0, {0}};
  ParserEvent last = k_event_none;
  for (size_t i = 0; i < count; i++) {
    ParserEvent event = parser_feed(&parser, bytes[i], message);
    if (event != k_event_none) last = event;
  }
  return last;
}

/* Sends a request to the device and decodes its reply; false if there was none. */
static bool ask(Device *device, const Message *request, Message *reply) {
  uint8_t wire[k_max_wire], answer[k_max_wire];
  size_t length = encode_frame(request, wire), answered = 0;
  for (size_t i = 0; i < length; i++) {
    size_t now = device_receive(device, wire[i], answer);
    if (now != 0) answered = now;
  }
  return answered != 0 && feed_all(answer, answered, reply) == k_event_frame &&
         reply->sequence == request->sequence && reply->command == (request->command | k_reply_bit);
}

static int check_framing(void) {
  Message message = {0x7e, 0x7d, 0, {0}}, decoded;
  uint8_t wire[k_max_wire] = {0};
  CHECK(1, crc16((const uint8_t *)"123456789", 9) == 0x29b1 && crc16(wire, 0) == 0xffff);
  for (size_t length = 0; length <= k_max_payload; length++) {
    message.length = length;
    for (size_t i = 0; i < length; i++) message.payload[i] = (uint8_t)(0x70 + i * length);
    size_t bytes = encode_frame(&message, wire);
    CHECK(2, bytes <= sizeof wire && feed_all(wire, bytes, &decoded) == k_event_frame);
    CHECK(3, decoded.sequence == 0x7e && decoded.command == 0x7d && decoded.length == length);
    CHECK(4, memcmp(decoded.payload, message.payload, length) == 0);
    for (size_t i = 1; i + 1 < bytes; i++) {
      wire[i] ^= 0x01;
      CHECK(5, feed_all(wire, bytes, &decoded) != k_event_frame);
      wire[i] ^= 0x01;
    }
  }
  return 0;
}

static int check_line_errors(void) {
  static const uint8_t too_short[] = {0x7e, 1, 2, 3, 0x7e};
  static const uint8_t bad_crc[] = {0x7e, 1, 2, 0, 0, 0x7e};
  static const uint8_t cut_escape[] = {0x7e, 1, 0x7d, 0x7e};
  static const uint8_t wrong_escape[] = {0x7e, 1, 0x7d, 0x41, 2, 0x7e};
  uint8_t noise[2 * k_max_body] = {0x7e};
  Message message;
  CHECK(20, feed_all(too_short, sizeof too_short, &message) == k_event_too_short);
  CHECK(21, feed_all(bad_crc, sizeof bad_crc, &message) == k_event_bad_crc);
  CHECK(22, feed_all(cut_escape, sizeof cut_escape, &message) == k_event_bad_escape);
  CHECK(23, feed_all(wrong_escape, sizeof wrong_escape, &message) == k_event_bad_escape);
  CHECK(24, feed_all(noise, sizeof noise, &message) == k_event_too_long);
  CHECK(25, feed_all(noise + 1, sizeof noise - 1, &message) == k_event_none);
  return 0;
}

static int check_commands(void) {
  Device device;
  Message reply;
  device_reset(&device);
  CHECK(40, ask(&device, &(Message){1, 0x01, 3, {0x7e, 0x7d, 9}}, &reply) && reply.length == 4);
  CHECK(41, reply.payload[0] == k_result_ok && memcmp(reply.payload + 1, "\x7e\x7d\x09", 3) == 0);
  CHECK(42, ask(&device, &(Message){2, 0x03, 3, {5, 0xbe, 0xef}}, &reply) && reply.length == 1);
  CHECK(43, ask(&device, &(Message){3, 0x02, 2, {4, 2}}, &reply) && reply.length == 5);
  CHECK(44, read_u16(reply.payload + 1) == 0 && read_u16(reply.payload + 3) == 0xbeef);
  static const struct {
    Message request;
    ResultCode result;
  } refused[] = {
      {{4, 0x03, 3, {0, 1, 2}}, k_result_read_only},
      {{5, 0x03, 3, {16, 1, 2}}, k_result_bad_address},
      {{6, 0x02, 2, {15, 2}}, k_result_bad_address},
      {{7, 0x02, 1, {0}}, k_result_bad_length},
      {{8, 0x01, k_max_payload, {0}}, k_result_bad_length},
      {{9, 0x55, 0, {0}}, k_result_unknown_command},
  };
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    CHECK(45, ask(&device, &refused[i].request, &reply) && reply.length == 1);
    CHECK(46, reply.payload[0] == refused[i].result);
  }
  /* A broken frame is counted, and the next good one answered. */
  uint8_t unused[k_max_wire];
  for (int i = 0; i < 4; i++) device_receive(&device, (uint8_t)i, unused);
  CHECK(47, ask(&device, &(Message){10, 0x04, 0, {0}}, &reply) && reply.length == 5);
  CHECK(48, read_u16(reply.payload + 1) == 10 && read_u16(reply.payload + 3) == 1);
  return 0;
}

int main(void) {
  int failed = check_framing();
  if (failed == 0) failed = check_line_errors();
  return failed != 0 ? failed : check_commands();
}
