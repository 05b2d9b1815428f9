// What Swift sees of libzstd: the frame functions and their error codes.
#include <zstd.h>
#include <zstd_errors.h>
