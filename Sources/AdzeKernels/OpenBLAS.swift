// OpenBLAS's matrix product, looked for when it is first wanted. Only a processor without fma wants it, and its library
// starts spinning threads as soon as it is loaded, which every other process would pay for.

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// OpenBLAS as we use it: one thread, so that our own blocks alone decide who computes what.
enum OpenBLAS {
    /// `cblas_sgemm`, whose enumerations are C's ints.
    typealias Multiply =
        @convention(c) (
            _ order: Int32, _ transA: Int32, _ transB: Int32, _ m: Int32, _ n: Int32, _ k: Int32, _ alpha: Float,
            _ a: UnsafePointer<Float>, _ lda: Int32, _ b: UnsafePointer<Float>, _ ldb: Int32, _ beta: Float,
            _ c: UnsafeMutablePointer<Float>, _ ldc: Int32
        ) -> Void

    /// The product, or nil where the library is not installed.
    static let multiply: Multiply? = {
        for name in ["libopenblas.so.0", "libopenblas.dylib"] {
            guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL), let product = dlsym(library, "cblas_sgemm"),
                let limit = dlsym(library, "openblas_set_num_threads")
            else { continue }
            // The two functions' types are those of OpenBLAS's cblas.h.
            unsafeBitCast(limit, to: (@convention(c) (Int32) -> Void).self)(1)
            return unsafeBitCast(product, to: Multiply.self)
        }
        return nil
    }()

    /// CblasRowMajor.
    static let rowMajor: Int32 = 101
    /// CblasNoTrans.
    static let asItIs: Int32 = 111
}
