// In which order the groups of a packed int8 matrix lie, where the kernels of an instruction set choose one. Not here: how
// they choose, which is i8_order.inc.h.

internal import AdzeBytes
internal import CKernels

/// The order of each panel's groups; read by the kernels alone. Immutable once `finish` has run.
@safe final class PanelOrder: @unchecked Sendable {
    // @safe: keeps the memory that its pointers are into, sized for its panels and their groups.
    // @unchecked: written by `PackedInt8Matrix.pack` alone, before the matrix is shared.
    let panels: UnsafeMutablePointer<ck_i8_panel>
    let places: UnsafeMutablePointer<UInt16>
    /// The masks of the mixed groups, of which there are as many as the weights ask for.
    private(set) var masks: UnsafeMutablePointer<UInt32>?
    private let groups: Int
    private var collected: [UInt32] = []
    private var memory: [BufferMemory]

    /// Memory for some panels of `groups` groups each.
    init(panels count: Int, groups: Int) {
        self.groups = groups
        memory = [count * MemoryLayout<ck_i8_panel>.stride, count * groups * 2].map { BufferMemory(byteCount: $0) }
        unsafe panels = memory[0].base.bindMemory(to: ck_i8_panel.self, capacity: count)
        unsafe places = memory[1].base.bindMemory(to: UInt16.self, capacity: count * groups)
    }

    deinit { for part in memory { part.free() } }

    /// Runs `pack` with memory for the order of panels from `first` on, and takes what it wrote there.
    func collect(
        first: Int, count: Int,
        _ pack: (UnsafeMutablePointer<ck_i8_panel>, UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt32>) -> Void
    ) {
        let start = Int32(collected.count)
        collected += unsafe [UInt32](unsafeUninitializedCapacity: count * groups) { buffer, used in
            guard let base = buffer.baseAddress else { return }
            unsafe pack(panels + first, places + first * groups, base)
            for panel in first..<first + count {
                used += unsafe Int(panels[panel].mixed)
                unsafe panels[panel].first_mask += start
            }
        }
    }

    /// Brings the masks to where the kernels read them.
    func finish() {
        let store = BufferMemory(byteCount: collected.count * 4)
        memory.append(store)
        let base = unsafe store.base.bindMemory(to: UInt32.self, capacity: collected.count)
        unsafe base.update(from: collected, count: collected.count)
        unsafe masks = base
        collected = []
    }
}
