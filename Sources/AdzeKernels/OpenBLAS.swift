// OpenBLAS's matrix products, looked for when they are first wanted. Not here: who wants them, and how work is cut.

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// OpenBLAS as we use it: one thread a product, so that our own blocks alone decide who computes what.
enum OpenBLAS {
    /// output = input · B, where row k of B begins at rows[k · stride].
    ///
    /// Shapes: (M, N), (M, K), (K, N); none is empty.
    static func multiply(_ output: MatrixView, _ input: MatrixView, _ rows: UnsafePointer<Float>, stride: Int) {
        unsafe product(
            rowMajor, asItIs, asItIs, Int32(output.rows), Int32(output.columns), Int32(input.columns), 1, input.base,
            Int32(input.stride), rows, Int32(stride), 0, output.base, Int32(output.stride))
    }

    /// sums += leftᵀ · right; shapes (M, N), (T, M), (T, N).
    static func addOuter(_ sums: MatrixView, _ left: MatrixView, _ right: MatrixView) {
        guard sums.rows > 0, sums.columns > 0, left.rows > 0 else { return }
        unsafe product(
            rowMajor, transposed, asItIs, Int32(sums.rows), Int32(sums.columns), Int32(left.rows), 1, left.base,
            Int32(left.stride), right.base, Int32(right.stride), 1, sums.base, Int32(sums.stride))
    }

    /// Whether the library can be loaded; it is, by asking.
    static var isInstalled: Bool { unsafe loaded != nil }

    /// What the library is called.
    static var names: [String] {
        #if canImport(Darwin)
        ["libopenblas.dylib"]
        #else
        ["libopenblas.so.0"]
        #endif
    }

    // MARK: The library

    /// `cblas_sgemm`, whose enumerations are C's ints.
    private typealias Product =
        @convention(c) (
            _ order: Int32, _ transA: Int32, _ transB: Int32, _ m: Int32, _ n: Int32, _ k: Int32, _ alpha: Float,
            _ a: UnsafePointer<Float>, _ lda: Int32, _ b: UnsafePointer<Float>, _ ldb: Int32, _ beta: Float,
            _ c: UnsafeMutablePointer<Float>, _ ldc: Int32
        ) -> Void

    private static var product: Product {
        guard let loaded = unsafe loaded else {
            preconditionFailure("nobody multiplies by a library that is not installed")
        }
        return unsafe loaded
    }

    private static let loaded: Product? = unsafe withOneThread {
        for name in names {
            guard let library = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL),
                let product = unsafe dlsym(library, "cblas_sgemm"),
                let limit = unsafe dlsym(library, "openblas_set_num_threads")
            else { continue }
            // The two functions' types are those of OpenBLAS's cblas.h. One that was here before us has its threads.
            unsafe unsafeBitCast(limit, to: (@convention(c) (Int32) -> Void).self)(1)
            return unsafe unsafeBitCast(product, to: Product.self)
        }
        return nil
    }

    /// The library starts a thread for each processor as it is loaded, and lets them spin, unless a variable says better.
    private static func withOneThread<Result>(_ body: () -> Result) -> Result {
        let variable = "OPENBLAS_NUM_THREADS"
        let before = unsafe getenv(variable).map { unsafe String(cString: $0) }
        unsafe setenv(variable, "1", 1)
        defer { if let before { unsafe setenv(variable, before, 1) } else { unsafe unsetenv(variable) } }
        return body()
    }

    /// CblasRowMajor.
    private static let rowMajor: Int32 = 101
    /// CblasNoTrans.
    private static let asItIs: Int32 = 111
    /// CblasTrans.
    private static let transposed: Int32 = 112
}
