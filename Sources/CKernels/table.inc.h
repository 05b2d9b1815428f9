// One row of the table of kernels, from the functions that the files before this one gave names to.

static const ck_kernels CK_NAME(ck_row) = {
    .isa = CK_ISA,
#if defined(CK_DOT_AVX2)
    .has_order = 1,
#endif
    .f32_gemm = CK_NAME(ck_f32_gemm),
    .f32_pack = CK_NAME(ck_f32_pack),
    .f32_layer_norm = CK_NAME(ck_f32_layer_norm),
    .f32_softmax = CK_NAME(ck_f32_softmax),
    .f32_scale_add = CK_NAME(ck_f32_scale_add),
    .f32_add_distances = CK_NAME(ck_f32_add_distances),
    .f32_sum_distances = CK_NAME(ck_f32_sum_distances),
    .f32_adamw = CK_NAME(ck_f32_adamw),
    .f32_adamw_replay = CK_NAME(ck_f32_adamw_replay),
    .f32_sum_of_squares = CK_NAME(ck_f32_sum_of_squares),
    .f32_activate = CK_NAME(ck_f32_activate),
    .f32_add3 = CK_NAME(ck_f32_add3),
    .f32_outer = CK_NAME(ck_f32_outer),
    .f32_add_rows = CK_NAME(ck_f32_add_rows),
    .f32_layer_norm_backward = CK_NAME(ck_f32_layer_norm_backward),
    .f32_activate_backward = CK_NAME(ck_f32_activate_backward),
    .f32_softmax_backward = CK_NAME(ck_f32_softmax_backward),
    .f32_dropout = CK_NAME(ck_f32_dropout),
    .i8_gemm = CK_NAME(ck_i8_gemm),
    .i8_pack = CK_NAME(ck_i8_pack),
    .i8_quantize = CK_NAME(ck_i8_quantize),
    .i8_restore = CK_NAME(ck_i8_restore),
    .limit = CK_NAME(ck_limit),
};
