// The bytes of sentiment.adze as read-only data of the program: pages that nobody reads stay on disk.

#include "csentiment.h"

// C23's #embed, which Clang has in every C.
#pragma clang diagnostic ignored "-Wc23-extensions"

// The compiler copies the file as it is; a list of numbers in Swift would take it minutes.
static const unsigned char bytes[] __attribute__((aligned(64))) = {
#embed "sentiment.adze"
};

const unsigned char *adze_sentiment_bytes(void) { return bytes; }

size_t adze_sentiment_byte_count(void) { return sizeof bytes; }
