// One row of the table of kernels, from the functions that the files before this one gave names to.

static const ck_kernels CK_NAME(ck_row) = {
    .isa = CK_ISA,
    .f32_gemm = CK_NAME(ck_f32_gemm),
    .f32_pack = CK_NAME(ck_f32_pack),
    .f32_layer_norm = CK_NAME(ck_f32_layer_norm),
    .f32_softmax = CK_NAME(ck_f32_softmax),
    .f32_activate = CK_NAME(ck_f32_activate),
    .f32_add3 = CK_NAME(ck_f32_add3),
    .i8_gemm = CK_NAME(ck_i8_gemm),
    .i8_pack = CK_NAME(ck_i8_pack),
    .i8_quantize = CK_NAME(ck_i8_quantize),
    .i8_limit = CK_NAME(ck_i8_limit),
    .f32_limit = CK_NAME(ck_f32_limit),
};
