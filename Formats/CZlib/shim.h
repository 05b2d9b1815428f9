// What Swift sees of zlib: the inflate functions and their codes.
#include <zlib.h>
