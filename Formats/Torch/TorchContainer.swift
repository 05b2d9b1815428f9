// Which of PyTorch's three containers a file is, from its first bytes. Not here: reading any of them.

/// The containers that `torch.save` has written over the years.
public enum TorchContainer: String, Sendable, Equatable {
    /// A zip archive of a pickle and one record for each storage (torch ≥ 1.6).
    case zip
    /// Five pickles one after another, then the storages (torch 0.1.10 to 1.5, and on request ever since).
    case legacy
    /// A tar archive (torch ≤ 0.1.9).
    case tar

    /// How many first bytes `init(head:)` wants to see; fewer will do where the file is shorter.
    public static let headLength = 512

    /// The magic number 0x1950a86a20f9469cfc6c as a pickle spells it: LONG1, ten bytes, little-endian.
    static let legacyMagic: [UInt8] = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

    /// The container that a file with this head can only be, or nil.
    ///
    /// A zip archive may still turn out to be something else; `TorchCheckpoint` decides.
    public init?(head: [UInt8]) {
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            self = .zip
        } else if TorchContainer.isLegacy(head) {
            self = .legacy
        } else if head.count >= 262, Array(head[257..<262]) == Array("ustar".utf8) {
            self = .tar
        } else {
            return nil
        }
    }

    private static func isLegacy(_ head: [UInt8]) -> Bool {
        guard head.count >= 14, head[0] == 0x80 else { return false }
        // Protocols 4 and 5 may put a frame of nine bytes before the number.
        let start = head[2] == 0x95 ? 11 : 2
        return head.dropFirst(start).starts(with: legacyMagic)
    }
}
