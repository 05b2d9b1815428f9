// Which kernels run: the best that the processor has, or what ADZE_FORCE_ISA names. Not here: the kernels.

public import AdzeBytes
internal import CKernels

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// An instruction set that kernels are compiled for.
public enum InstructionSet: String, Sendable, CaseIterable {
    case scalar
    case avx2
    /// AVX2 with the 8-bit dot products of AVX-VNNI.
    case avx2vnni
    case avx512
    /// AVX-512 with the 8-bit dot products of VNNI.
    case avx512vnni
    case neon
    /// NEON with the dot products of ARMv8.2.
    case neondot
    /// NEON with the 8-bit matrix products of ARMv8.6.
    case neoni8mm

    /// The instruction sets that this processor can run, the plainest first.
    public static var available: [InstructionSet] {
        allCases.filter { unsafe ck_supports($0.code) != 0 && ck_table($0.code) != nil }
    }

    /// The best instruction set of this processor.
    public static var best: InstructionSet {
        allCases.first { $0.code == ck_best_isa() } ?? .scalar
    }

    /// What `ADZE_FORCE_ISA` asks for, else the best; throws for a name that is unknown or that the processor lacks, and
    /// where `ADZE_GUARD_PAGES` names no end of a buffer.
    public static func chosen() throws(InstructionSetError) -> InstructionSet {
        if let name = GuardSide.misnamed { throw InstructionSetError(variable: .guardPages, name: name) }
        guard let value = unsafe getenv("ADZE_FORCE_ISA") else { return best }
        let name = unsafe String(cString: value)
        guard !name.isEmpty else { return best }
        guard let wanted = InstructionSet(rawValue: name), available.contains(wanted) else {
            throw InstructionSetError(variable: .forcedSet, name: name)
        }
        return wanted
    }

    var code: ck_isa {
        switch self {
        case .scalar: CK_SCALAR
        case .avx2: CK_AVX2
        case .avx2vnni: CK_AVX2VNNI
        case .avx512: CK_AVX512
        case .avx512vnni: CK_AVX512VNNI
        case .neon: CK_NEON
        case .neondot: CK_NEONDOT
        case .neoni8mm: CK_NEONI8MM
        }
    }
}

/// `ADZE_FORCE_ISA` names an instruction set that cannot be had, or `ADZE_GUARD_PAGES` no end of a buffer.
public struct InstructionSetError: AdzeFailure, Equatable {
    /// A variable of the environment that chooses kernels or their memory.
    public enum Variable: String, Sendable {
        case forcedSet = "ADZE_FORCE_ISA"
        case guardPages = "ADZE_GUARD_PAGES"
    }

    /// The variable.
    public let variable: Variable
    /// What it says.
    public let name: String

    /// A request of the user's: exit 64.
    public var kind: FailureKind { .usage }

    /// One line with what may stand there.
    public var description: String {
        let choices =
            switch variable {
            case .forcedSet: "this processor runs \(InstructionSet.available.map(\.rawValue).joined(separator: ", "))"
            case .guardPages: "expected \(GuardSide.allCases.map(\.rawValue).joined(separator: " or "))"
            }
        return "\(variable.rawValue) is \(quoted(name)); \(choices)"
    }
}
