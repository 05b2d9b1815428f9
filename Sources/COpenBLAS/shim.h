// What Swift sees of OpenBLAS: the C interface of BLAS.
#include <cblas.h>
