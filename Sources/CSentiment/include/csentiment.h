// The sentiment classifier that ships inside: the bytes of its .adze file, as part of the program. Not here: what they
// mean, which is the native format's, and how the file was made, which is sentiment.md beside it.

#ifndef ADZE_CSENTIMENT_H
#define ADZE_CSENTIMENT_H

#include <stddef.h>

// The first byte of the file, and how many there are.
const unsigned char *adze_sentiment_bytes(void);
size_t adze_sentiment_byte_count(void);

#endif
