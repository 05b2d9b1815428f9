// The rows of the table, one function for each isa_*.c; null where the file compiles to nothing on this processor.
#pragma once

#include "ckernels.h"

const ck_kernels *ck_table_scalar(void);
const ck_kernels *ck_table_avx2(void);
const ck_kernels *ck_table_avx512(void);
const ck_kernels *ck_table_neon(void);
const ck_kernels *ck_table_avx2vnni(void);
const ck_kernels *ck_table_avx512vnni(void);
const ck_kernels *ck_table_neondot(void);
const ck_kernels *ck_table_neoni8mm(void);
